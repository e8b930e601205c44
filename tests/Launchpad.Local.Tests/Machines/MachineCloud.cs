using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core.Pipeline;
using Azure.ResourceManager;
using Launchpad.Local.Faults;
using Launchpad.Local.Machines;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Local.Tests.Machines;

/// <summary>The pocket cloud's machines in a process that can be killed, spoken to by the official client through the product's gateways.
/// Removes what is left at its end, and fails the run when something was.</summary>
[CollectionDefinition(Collection)]
public sealed class MachineCloud : IAsyncLifetime, ICollectionFixture<MachineCloud>
{
    public const string Collection = "machines";

    private static readonly string MachineCache = Environment.GetEnvironmentVariable("LAUNCHPAD_CACHE")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "launchpad");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("launchpad-machines-");
    private Process? _process;

    public MachineCloud()
    {
        var home = new Home(_directory.FullName, MachineCache);
        Context = new CloudContext(home, TestCloud.FreePorts(), TimeProvider.System, NullLoggerFactory.Instance);
        Docker = new DockerEngine(Context.Docker.Socket);
        Http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Trust.Accepts(certificate, chain, errors, Context),
            },
            // As a browser does for every name under localhost.
            ConnectCallback = (target, stop) => Loopback.ConnectAsync(target.DnsEndPoint.Port, stop),
        });
        Options = new AzureOptions
        {
            ArmEndpoint = TestCloud.Address(Context.Ports.ResourceManager, https: true),
            SubscriptionId = ResourceManager.Arm.Subscription,
            DnsZone = ResourceManager.Arm.Zone,
            ImageId = "launchpad:machine:debian-12:latest",
            Timeout = TimeSpan.FromSeconds(5),
        };
        Ports = MachinePorts.Choose(Context.Ports);
    }

    public CloudContext Context { get; }

    public DockerEngine Docker { get; }

    /// <summary>Trusts the pocket CA and nothing else.</summary>
    public HttpClient Http { get; }

    public AzureOptions Options { get; }

    public MachinePorts Ports { get; }

    /// <summary>The official client, as the gateways use it.</summary>
    public ArmClient Arm { get; private set; } = null!;

    public VmGateway Vms => new(Arm, new OptionsWrapper<AzureOptions>(Options));

    public DnsGateway Dns => new(Arm, new OptionsWrapper<AzureOptions>(Options));

    public async Task InitializeAsync()
    {
        var image = new MachineImage(Context.Home, Context.Docker.Socket, NullLogger.Instance);
        await image.EnsureAsync(CancellationToken.None);
        await StartAsync();
        var options = Options.Client();
        options.Transport = new HttpClientTransport(Http);
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        Arm = new ArmClient(new EndpointCredential(Context, Http), Options.SubscriptionId, options);
    }

    public async Task StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Launchpad.Local.Process.dll");
        _process = Process.Start(new ProcessStartInfo(
            "dotnet", [program, Context.Home.Root, Context.Home.Cache, JsonSerializer.Serialize(Context.Ports)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = _process.StandardError.ReadToEndAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "started")
            {
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        await _process.WaitForExitAsync();
        throw new InvalidOperationException($"The pocket cloud ended at its start with {_process.ExitCode}: {await errors}");
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>As Ctrl-C does.</summary>
    public async Task StopAsync()
    {
        using (Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    public async Task<VmState> RunningAsync(string name)
    {
        var state = await Eventually.Async(
            () => Vms.FindAsync(name, CancellationToken.None), found => found?.ProvisioningState is "Succeeded" or "Failed");
        Assert.Equal(("Succeeded", "running"), (state!.ProvisioningState, state.PowerState));
        return state;
    }

    public Task GoneAsync(string name) => Eventually.Async(() => Vms.FindAsync(name, CancellationToken.None), found => found is null);

    public Task<IReadOnlyList<string>> ContainersAsync() => Docker.ListAsync($"launchpad.home={Context.Home.Root}", CancellationToken.None);

    public async Task FaultAsync(params FaultRule[] rules)
    {
        using var response = await Http.PutAsJsonAsync(
            TestCloud.Address(Context.Ports.Admin, "/faults"),
            new
            {
                seed = 1,
                rules = rules.Select(one => new { one.Service, fault = Camel(one.Fault), one.Method, one.Count, one.RetryAfterSeconds }),
            });
        response.EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        var left = await ContainersAsync();
        using var hypervisor = new Hypervisor(Context, Docker, new MachineImage(Context.Home, Context.Docker.Socket, NullLogger.Instance));
        await hypervisor.RemoveAllExceptAsync(() => [], CancellationToken.None);
        Docker.Dispose();
        Http.Dispose();
        Context.Certificates.Dispose();
        _directory.Delete(recursive: true);
        Assert.Empty(left);
    }

    private static string Camel(FaultKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
}
