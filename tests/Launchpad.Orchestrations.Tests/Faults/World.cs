using System.Net;
using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.ResourceManager;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;
using Launchpad.Functions;
using Launchpad.Local;
using Launchpad.Local.KeyVault;
using Launchpad.Local.Machines;
using Launchpad.Local.ResourceManager;
using Launchpad.Local.Stripe;
using Launchpad.Local.Tests;
using Launchpad.Processes;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Everything that the product speaks to, in this process or beside it: Azurite, the pocket cloud's vault, Resource Manager and
/// Stripe, a registry with signed images, machines behind sshd. The product meets all of it over <see cref="Wire"/>.</summary>
public sealed class World : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("world-");
    private readonly Azurite azurite = new() { IsAlone = true };
    private readonly int sshPort = FreePort.Take();
    private readonly StripeService stripe;
    private readonly ResourceManagerService resources;
    private readonly List<IAsyncDisposable> parts = [];
    private readonly SocketsHttpHandler trusting;
    private ServiceDescriptor[] gateways = [];
    private IConfiguration settings = null!;

    public World()
    {
        Context = new CloudContext(
            new Home(Path.Combine(directory.FullName, "home"), Path.Combine(directory.FullName, "cache")),
            new Ports
            {
                // Machines have addresses by the slot; a stack has one of ten.
                Slot = FreePort.TakeNumber(20, 250),
                Stripe = FreePort.Take(),
                KeyVault = FreePort.Take(),
                ResourceManager = FreePort.Take(),
                ControlPlane = FreePort.Take(),
            },
            TimeProvider.System, NullLoggerFactory.Instance);
        Machines = new(Context, sshPort, () => new(Wire, (deployment, there) => IsSick(deployment, there), job => LooksOf(job), Clock));
        stripe = new(Context);
        resources = new(Context, Machines);
        Machines.NumberOf = name => Cloud.Read().Machine(name)!.Number;
        trusting = new()
        {
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Trust.Accepts(certificate, chain, errors, Context),
            },
        };
    }

    internal Wire Wire { get; } = new();

    internal CloudContext Context { get; }

    internal SshHypervisor Machines { get; }

    internal StateFile<ArmState> Cloud => resources.State;

    internal StripeBooks Books => stripe.Books;

    /// <summary>The pocket cloud's own ways to machines, which nobody takes here: they would keep an address from the next one.</summary>
    internal MachineAddresses Ways => resources.Addresses;

    internal MovingClock Clock { get; } = new();

    /// <summary>The tables without the wire, for whoever looks.</summary>
    internal Tables Tables { get; private set; } = null!;

    internal TableReader Reader { get; } = new();

    internal BlobServiceClient Blobs { get; private set; } = null!;

    /// <summary>What does not come up, under the name of which deployment.</summary>
    internal Func<string, Tenant, bool> IsSick { get; set; } = (_, _) => false;

    /// <summary>How many looks find a job still at work, by its name.</summary>
    internal Func<string, int> LooksOf { get; set; } = _ => 0;

    internal Uri StripeAddress => new($"http://127.0.0.1:{Context.Ports.Stripe}");

    public async Task InitializeAsync()
    {
        await azurite.InitializeAsync();
        Context.Vault.Seed("platform-model-key", () => "sk-platform");
        parts.Add(await Local.Cloud.StartAsync(Context, [new KeyVaultService(Context), stripe, resources], CancellationToken.None));
        var registry = await SignedRegistry.StartAsync(Wire);
        var way = await StripeWay.StartAsync(Wire, StripeAddress);
        parts.AddRange([registry, way, Machines]);
        settings = new ConfigurationBuilder().AddInMemoryCollection(Settings(registry, way)).Build();
        Tables = new(new(azurite.ConnectionString, Read(new())));
        Blobs = new(azurite.ConnectionString);
        await Tables.CreateAllAsync(CancellationToken.None);
        await Blobs.CreateBlobContainerAsync(BackupBlobs.Container);
        var vault = Vault();
        await using var first = Process();
        gateways =
        [
            .. new object[]
            {
                first.GetRequiredService<IOptions<VmOptions>>(),
                new VmProgram(first.GetRequiredService<IOptions<VmOptions>>()),
                new StripeConnection(first.GetRequiredService<IOptions<StripeOptions>>(), new(vault), TimeProvider.System),
                new Tables(new(azurite.ConnectionString, Read(Policed(new TableClientOptions(), "tables")))),
                new BlobServiceClient(azurite.ConnectionString, Policed(new BlobClientOptions(), "blobs")),
                vault,
                Arm(first.GetRequiredService<IOptions<AzureOptions>>().Value),
            }.Select(gateway => new ServiceDescriptor(Service(gateway), gateway)),
        ];
    }

    public async Task DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(parts))
        {
            await part.DisposeAsync();
        }

        await azurite.DisposeAsync();
        trusting.Dispose();
        Context.Certificates.Dispose();
        directory.Delete(recursive: true);
    }

    /// <summary>The product as a process that has just started: it remembers nothing. What costs a handshake is kept.</summary>
    internal ServiceProvider Process()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(Identity()).AddLaunchpad(settings)
            .AddSingleton<TimeProvider>(Clock);
        foreach (var gateway in gateways)
        {
            services.Add(gateway);
        }

        return services.BuildServiceProvider();
    }

    private Dictionary<string, string?> Settings(SignedRegistry registry, StripeWay way) => new()
    {
        ["Storage:ConnectionString"] = azurite.ConnectionString,
        ["KeyVault:Uri"] = $"https://localhost:{Context.Ports.KeyVault}/",
        ["KeyVault:DisableChallengeResourceVerification"] = "true",
        ["Azure:ArmEndpoint"] = $"https://localhost:{Context.Ports.ResourceManager}/",
        ["Azure:SubscriptionId"] = Local.ResourceManager.Arm.Subscription,
        ["Azure:ResourceGroup"] = Local.ResourceManager.Arm.Group,
        ["Azure:DnsZone"] = Local.ResourceManager.Arm.Zone,
        ["Azure:ImageId"] = "a:b:c:d",
        ["Routing:Domain"] = Local.ResourceManager.Arm.Zone,
        ["Health:PublicVia"] = $"127.0.0.1:{FreePort.Take()}",
        ["Images:Registry"] = registry.Address,
        ["Images:Scheme"] = "http",
        ["Images:Repository"] = SignedRegistry.Repository,
        ["Images:Tag"] = "1.0.0",
        ["Images:PublicKeyPem"] = registry.PublicKeyPem,
        ["Backups:StoreUri"] = $"{azurite.Blobs}",
        ["Rollouts:HealthWindow"] = "00:00:01",
        ["Stripe:ApiBase"] = way.Address,
        ["Vms:ProgramPath"] = typeof(World).Assembly.Location,
        ["Vms:SshPort"] = $"{sshPort}",
        ["Vms:User"] = Environment.UserName,
        ["Vms:KeepConnection"] = "00:10:00",
    };

    private TokenCredential Identity() => DelegatedTokenCredential.Create((asked, _) => new(
        Context.Tokens.Issue(asked.Scopes[0].Replace("/.default", "", StringComparison.Ordinal)).Token, DateTimeOffset.UtcNow.AddHours(1)));

    private SecretClient Vault() => new(
        new($"https://localhost:{Context.Ports.KeyVault}/"), Identity(),
        Policed(new SecretClientOptions { DisableChallengeResourceVerification = true, Transport = Transport() }, "vault"));

    private ArmClient Arm(AzureOptions options)
    {
        var client = options.Client();
        client.Transport = Transport();
        return new(Identity(), options.SubscriptionId, Policed(client, "arm"));
    }

    private HttpClientTransport Transport() => new(new HttpClient(trusting, disposeHandler: false) { Timeout = Patience });

    private T Policed<T>(T options, string service)
        where T : ClientOptions
    {
        options.AddPolicy(Wire.Into(service), HttpPipelinePosition.PerCall);
        return options;
    }

    private TableClientOptions Read(TableClientOptions options)
    {
        options.AddPolicy(Reader, HttpPipelinePosition.PerCall);
        return options;
    }

    private static Type Service(object gateway) => gateway is IOptions<VmOptions> ? typeof(IOptions<VmOptions>) : gateway.GetType();
}

/// <summary>The wall clock, which a test moves ahead; timers run on real time.</summary>
internal sealed class MovingClock : TimeProvider
{
    private long aheadTicks;
    private DateTimeOffset? stopped;

    public override DateTimeOffset GetUtcNow() => stopped ?? base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref aheadTicks));

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref aheadTicks, by.Ticks);
        stopped += by;
    }

    /// <summary>What is written from now on is written at the same time.</summary>
    public void Stop(DateTimeOffset at) => stopped = at;

    public void Go() => stopped = null;
}
