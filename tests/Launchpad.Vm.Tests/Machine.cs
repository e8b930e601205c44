using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Launchpad.Vm.Tests;

/// <summary>
/// A real VM of the pocket cloud, booted with our cloud-init, reached as the control plane reaches it. Inside it, at 10.254.0.1:9000 and
/// 127.0.0.1:5055, are a server that answers anything and a registry, as the cloud around a VM offers them.
/// </summary>
public class Machine : IAsyncLifetime
{
    public const int MemoryMb = 4096;
    public const string Model = "10.254.0.1:9000";
    public const string Id = "vm_01MACHINE";

    private const string Capabilities =
        "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST "
        + "NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_CHROOT SYS_PTRACE SYS_ADMIN SYS_NICE SYS_TTY_CONFIG MKNOD LEASE "
        + "AUDIT_WRITE SETFCAP SYSLOG";

    internal static readonly string Root = typeof(Machine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == "RepositoryRoot").Value!;

    private static readonly TimeSpan s_bootMax = TimeSpan.FromMinutes(2);

    private readonly string _name = $"launchpad-vm-tests-{Guid.NewGuid():n}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("launchpad-vm-tests-");
    private readonly SshKeyPair _host = SshKeyPair.Generate();
    private WebApplication? _cloud;

    /// <summary>What the machine told by itself, newest last.</summary>
    public ConcurrentQueue<(string Key, string Time, string Signature, byte[] Body)> Heartbeats { get; } = new();

    public SshKeyPair Client { get; } = SshKeyPair.Generate();
    public TinyImage Image { get; } = new("one");
    public TinyImage OtherImage { get; } = new("two");
    public VmEndpoint Endpoint { get; private set; } = null!;

    public VmOptions Options { get; } = new() { ProgramPath = Path.Combine(AppContext.BaseDirectory, "program", "launchpad-vm") };

    public VmProgram Program => field ??= new VmProgram(Microsoft.Extensions.Options.Options.Create(Options));

    public async Task InitializeAsync()
    {
        await StartCloudAsync();
        var seed = _folder.CreateSubdirectory("seed");
        await File.WriteAllTextAsync($"{seed}/user-data", UserData(CloudInit.UserData(
            _host.PrivateKeyPem, _host.PublicKey, Client.PublicKey, new(Id, $"http://{Model}/api/machines/{Id}/heartbeat"))));
        await File.WriteAllTextAsync($"{seed}/meta-data", $"instance-id: {_name}\nlocal-hostname: {_name}\n");
        var image = (await RunAsync($"{Root}/infra/local/machine/build.sh")).Trim();
        await RunAsync("docker", [.. RunArguments(seed.FullName), image]);
        await LocateAsync();
        await UntilUpAsync();
    }

    public async Task DisposeAsync()
    {
        await RunAsync("docker", "rm", "--force", "--volumes", _name);
        await _cloud!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>What it is booted with: what we make today, unless it is to be an older machine.</summary>
    protected virtual string UserData(string today) => today;

    public Task<TValue> AskAsync<TRequest, TValue>(VmVerb verb, TRequest request, Action<VmStep>? step = null) =>
        Program.RunAsync<TRequest, TValue>(
            Endpoint, Client.PrivateKeyPem, verb, request, step is null ? null : new Steps(step), CancellationToken.None);

    public async Task<(ApplyResult Result, List<VmStep> Steps)> ApplyAsync(ApplyRequest request)
    {
        var steps = new List<VmStep>();
        var result = await AskAsync<ApplyRequest, ApplyResult>(VmVerb.Apply, request, steps.Add);
        return (result, steps);
    }

    public Task<RemoveResult> RemoveAsync(string deployment, bool keepVolume = false) =>
        AskAsync<RemoveRequest, RemoveResult>(VmVerb.Remove, new RemoveRequest(deployment, keepVolume));

    public Task<HealthResult> HealthAsync(string deployment, int waitSeconds = 10) =>
        AskAsync<HealthRequest, HealthResult>(VmVerb.Health, new HealthRequest(deployment, waitSeconds));

    public static VmCall CallOf<TRequest>(VmVerb verb, TRequest request) =>
        new(verb, JsonSerializer.SerializeToElement(request, VmJson.Default.Options.GetTypeInfo(typeof(TRequest))));

    public Task<JobResult> AskJobAsync(JobRequest request, Action<VmStep>? step = null) =>
        AskAsync<JobRequest, JobResult>(VmVerb.Job, request, step);

    public Task<JobResult> StartJobAsync<TRequest>(string name, VmVerb verb, TRequest request) =>
        AskJobAsync(new(name, JobAction.Start, CallOf(verb, request)));

    /// <summary>From its start to its end, in one conversation when it is short: the last answer, with all of its steps.</summary>
    public async Task<(JobResult Job, List<VmStep> Steps)> JobAsync<TRequest>(string name, VmVerb verb, TRequest request)
    {
        var steps = new List<VmStep>();
        var begun = await AskJobAsync(new(name, JobAction.Start, CallOf(verb, request), WaitSeconds: 20), steps.Add);
        return begun.Ended ? (await CollectAsync(begun), steps) : await UntilEndedAsync(name);
    }

    public async Task<(JobResult Job, List<VmStep> Steps)> UntilEndedAsync(string name)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60);)
        {
            var steps = new List<VmStep>();
            if (await AskJobAsync(new(name, JobAction.Poll, WaitSeconds: 20), steps.Add) is { Ended: true } ended)
            {
                return (await CollectAsync(ended), steps);
            }
        }

        throw new TimeoutException($"The job {name} did not end.");
    }

    private async Task<JobResult> CollectAsync(JobResult ended)
    {
        await AskJobAsync(new(ended.Name, JobAction.Collect));
        return ended;
    }

    /// <summary>A shell script as root on the VM.</summary>
    public Task<string> OnVmAsync(string script) => RunAsync("docker", "exec", _name, "bash", "-c", script);

    /// <summary>A shell script in the tenant's container: output, then "exit N".</summary>
    public async Task<string> InsideAsync(string deployment, string script)
    {
        string[] enter = ["exec", _name, "docker", "exec", $"launchpad-{deployment}"];
        return (await RunAsync("docker", [.. enter, "sh", "-c", $"({script}) 2>&1; echo exit $?"])).TrimEnd();
    }

    public async Task<string> AddressOfAsync(string deployment) => (await OnVmAsync(
        $"docker inspect -f '{{{{range .NetworkSettings.Networks}}}}{{{{.IPAddress}}}}{{{{end}}}}' launchpad-{deployment}")).Trim();

    public async Task RestartAsync()
    {
        await RunAsync("docker", "restart", "--time", "20", _name);
        await LocateAsync();
    }

    public async Task UntilUpAsync()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var facts = await AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new FactsRequest());
                if (facts is { Docker: not null, Caddy: not null })
                {
                    return;
                }
            }
            catch (VmFailedException failure) when (failure.Retryable && clock.Elapsed < s_bootMax)
            {
                // Booting.
            }

            Assert.True(clock.Elapsed < s_bootMax, "the machine did not come up");
            await Task.Delay(200);
        }
    }

    // Docker may give another address at every start.
    private async Task LocateAsync()
    {
        var address = (await RunAsync("docker", "inspect", "-f", "{{.NetworkSettings.IPAddress}}", _name)).Trim();
        Endpoint = new VmEndpoint(address, 22, _host.Sha256);
    }

    private async Task StartCloudAsync()
    {
        var sockets = _folder.CreateSubdirectory("sockets");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket($"{sockets}/registry.sock");
            kestrel.ListenUnixSocket($"{sockets}/models.sock");
        });
        _cloud = builder.Build();
        _cloud.MapGet("/v2/", () => "{}");
        _cloud.MapMethods("/v2/launchpad/tiny/{kind}/{digest}", ["GET", "HEAD"], (string digest, HttpContext http) =>
        {
            if ((Image.Find(digest) ?? OtherImage.Find(digest)) is not { } blob)
            {
                var error = new { code = "MANIFEST_UNKNOWN", message = "manifest unknown" };
                return Results.Json(new { errors = new[] { error } }, statusCode: 404);
            }

            http.Response.Headers["Docker-Content-Digest"] = digest;
            return Results.Bytes(blob.Content, blob.Type);
        });
        _cloud.MapPost($"/api/machines/{Id}/heartbeat", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            string Header(string name) => request.Headers[name].ToString();
            Heartbeats.Enqueue((
                Header(HeartbeatProof.KeyHeader), Header(HeartbeatProof.TimeHeader), Header(HeartbeatProof.SignatureHeader),
                body.ToArray()));
        });
        _cloud.MapFallback(() => "cloud");
        await _cloud.StartAsync();
    }

    // Not --privileged: every capability but those that Docker's host does not have itself.
    private string[] RunArguments(string seed) =>
    [
        "run", "--detach", "--name", _name, "--hostname", "vm",
        "--cap-drop", "ALL",
        .. Capabilities.Split(' ').SelectMany(capability => new[] { "--cap-add", capability }),
        "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined", "--security-opt", "systempaths=unconfined",
        "--cgroupns", "private", "--device-cgroup-rule", "a *:* rwm", "--sysctl", "net.ipv4.ip_forward=1", "--memory", $"{MemoryMb}m",
        "--tmpfs", "/run:rw,exec,nosuid,nodev,mode=755", "--volume", "/var/lib/docker",
        "--volume", $"{seed}:/var/lib/cloud/seed/nocloud:ro", "--volume", $"{_folder}/sockets:/run/pocket:ro",
        "--env", "FORWARDS=127.0.0.1:5055=/run/pocket/registry.sock 10.254.0.1:9000=/run/pocket/models.sock",
    ];

    internal static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{await error}");
        return output;
    }

    private sealed class Steps(Action<VmStep> report) : IProgress<VmStep>
    {
        public void Report(VmStep value) => report(value);
    }
}

[CollectionDefinition(Name)]
public sealed class MachineCollection : ICollectionFixture<Machine>
{
    public const string Name = "machine";
}
