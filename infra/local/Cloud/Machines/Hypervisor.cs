using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Machines;

/// <summary>A machine that shall be. <paramref name="Seed"/> is null once the machine has read it.</summary>
public sealed record MachinePlan(string Name, VmSize Size, Seed? Seed);

/// <summary>Machines as Docker containers: real processes, real sockets, limits of the size that was asked for. Every call may be
/// repeated, and may follow one that died half-way. Where there is no Docker, whoever wants machines makes them otherwise.</summary>
public class Hypervisor(CloudContext cloud, DockerEngine docker, MachineImage image) : IDisposable
{
    private const string SocketFolder = "/run/pocket";

    // Docker is asked whether the machine still runs at every so many greetings only.
    private const int GreetingsPerLook = 20;
    private static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BootDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan BootPoll = TimeSpan.FromMilliseconds(25);

    // What dockerd needs to run containers of its own. Without SYS_RESOURCE, which the root of a virtual machine may lack itself.
    private static readonly string[] Capabilities =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_CHROOT", "SYS_PTRACE", "SYS_ADMIN",
        "SYS_NICE", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "SETFCAP", "SYSLOG",
    ];

    // Stacks share a daemon; the path of its home is what tells one from the other.
    private readonly string _prefix = "launchpad-" + Hash(cloud.Home.Root)[..8];
    private readonly MachineNetwork _network = new(docker, cloud.Home.Root);

    private string Label => Labels.Of(cloud.Home.Root);

    public void Dispose()
    {
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    public string ContainerName(string machine) => $"{_prefix}-{machine.ToLowerInvariant()}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string VolumeName(string container) => container + "-docker";

    /// <summary>Creates what is missing, starts what is stopped, and returns the address once sshd answers there.</summary>
    public virtual async Task<IPAddress> RunAsync(MachinePlan plan, CancellationToken cancellationToken)
    {
        var name = ContainerName(plan.Name);
        var found = await docker.FindAsync(name, cancellationToken);
        if (found is null)
        {
            // A machine that was there and is gone took its data with it; an empty one under its name would hide that.
            _ = plan.Seed ?? throw new MachineLostException(plan.Name);
            found = await CreateAsync(name, plan, cancellationToken);
        }

        if (found.NeverStarted && plan.Seed is { } seed)
        {
            await docker.UploadAsync(name, seed.Archive(), cancellationToken);
        }

        await docker.StartAsync(name, cancellationToken);
        var started = await docker.FindAsync(name, cancellationToken);
        var address = started?.Address ?? throw new DockerException($"{name} has no address: it ended while starting");
        await AnswersAsync(name, address, cancellationToken);
        return address;
    }

    public virtual async Task<bool> IsRunningAsync(string machine, CancellationToken cancellationToken) =>
        await docker.FindAsync(ContainerName(machine), cancellationToken) is { IsRunning: true };

    public virtual Task StopAsync(string machine, CancellationToken cancellationToken) =>
        docker.StopAsync(ContainerName(machine), ShutdownGrace, cancellationToken);

    /// <summary>Leaves nothing: container, volume, and with the last machine the network.</summary>
    public virtual Task RemoveAsync(string machine, CancellationToken cancellationToken) =>
        RemoveContainerAsync(ContainerName(machine), cancellationToken);

    public virtual async Task StopAllAsync(CancellationToken cancellationToken)
    {
        var names = await docker.ListAsync(Label, cancellationToken);
        await Task.WhenAll(names.Select(name => docker.StopAsync(name, ShutdownGrace, cancellationToken)));
    }

    /// <summary>Removes machines of this home that its state does not know: the state was deleted under them.</summary>
    public virtual async Task RemoveAllExceptAsync(Func<IEnumerable<string>> machines, CancellationToken cancellationToken)
    {
        // In this order: whatever is in the list was known before it was created.
        var found = await docker.ListAsync(Label, cancellationToken);
        var known = machines().Select(ContainerName).ToHashSet();
        foreach (var name in found.Where(name => !known.Contains(name)))
        {
            await RemoveContainerAsync(name, cancellationToken);
        }
    }

    public async Task RemoveAllAsync(CancellationToken cancellationToken)
    {
        await RemoveAllExceptAsync(() => [], cancellationToken);
        await _network.ReleaseAsync(cancellationToken);
    }

    /// <summary>Names of this stack's containers as they end, until the daemon does.</summary>
    public virtual IAsyncEnumerable<string> EndsAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        docker.EndsAsync(Label, since, cancellationToken);

    private async Task RemoveContainerAsync(string name, CancellationToken cancellationToken)
    {
        await docker.RemoveAsync(name, cancellationToken);
        await docker.RemoveVolumeAsync(VolumeName(name), cancellationToken);
        await _network.ReleaseAsync(cancellationToken);
    }

    private async Task<Container> CreateAsync(string name, MachinePlan plan, CancellationToken cancellationToken)
    {
        var imageName = await image.EnsureAsync(cancellationToken);
        return await _network.JoinAsync(
            _prefix, network => docker.CreateAsync(name, Specification(name, plan, imageName, network), cancellationToken), cancellationToken);
    }

    private JsonObject Specification(string name, MachinePlan plan, string imageName, string network) => new()
    {
        ["Image"] = imageName,
        ["Hostname"] = plan.Name,
        ["Env"] = new JsonArray(
            $"FORWARDS=127.0.0.1:{cloud.Ports.Registry}={SocketFolder}/registry.sock 10.254.0.1:9000={SocketFolder}/models.sock"
            + $" 10.254.0.1:9001={SocketFolder}/control-plane.sock 10.254.0.1:9002={SocketFolder}/blobs.sock"),
        ["Labels"] = new JsonObject
        {
            [Labels.Home] = cloud.Home.Root,
            ["launchpad.slot"] = cloud.Ports.Slot.ToString(System.Globalization.CultureInfo.InvariantCulture),
            [Labels.Machine] = plan.Name,
        },
        ["HostConfig"] = new JsonObject
        {
            ["NetworkMode"] = network,
            ["CapDrop"] = new JsonArray("ALL"),
            ["CapAdd"] = new JsonArray([.. Capabilities.Select(one => JsonValue.Create(one))]),
            ["SecurityOpt"] = new JsonArray("seccomp=unconfined", "apparmor=unconfined"),
            ["MaskedPaths"] = new JsonArray(),
            ["ReadonlyPaths"] = new JsonArray(),
            ["CgroupnsMode"] = "private",
            ["DeviceCgroupRules"] = new JsonArray("a *:* rwm"),
            ["Sysctls"] = new JsonObject { ["net.ipv4.ip_forward"] = "1" },
            ["Memory"] = plan.Size.MemoryMb * 1024L * 1024L,
            ["MemorySwap"] = plan.Size.MemoryMb * 1024L * 1024L,
            ["NanoCpus"] = Math.Min(plan.Size.Cpus, Environment.ProcessorCount) * 1_000_000_000L,
            ["Tmpfs"] = new JsonObject { ["/run"] = "rw,exec,nosuid,nodev,mode=755" },
            ["LogConfig"] = new JsonObject
            {
                ["Type"] = "json-file",
                ["Config"] = new JsonObject { ["max-size"] = "5m", ["max-file"] = "2" },
            },
            ["Mounts"] = new JsonArray(
                new JsonObject
                {
                    ["Type"] = "volume",
                    ["Source"] = VolumeName(name),
                    ["Target"] = "/var/lib/docker",
                    ["VolumeOptions"] = new JsonObject { ["Labels"] = new JsonObject { [Labels.Home] = cloud.Home.Root } },
                },
                new JsonObject { ["Type"] = "bind", ["Source"] = cloud.Home.Sockets, ["Target"] = SocketFolder, ["ReadOnly"] = true }),
        },
    };

    // Azure calls a machine provisioned when the agent in it says so. Here sshd's greeting says as much: it starts after cloud-init has
    // made users and keys.
    private async Task AnswersAsync(string name, IPAddress address, CancellationToken cancellationToken)
    {
        var start = cloud.Time.GetTimestamp();
        for (var greeting = 1; !await GreetsAsync(address, cancellationToken); greeting++)
        {
            if (cloud.Time.GetElapsedTime(start) > BootDeadline)
            {
                throw new TimeoutException($"{name} did not answer on port 22 within {BootDeadline.TotalSeconds:0} s of its start");
            }

            if (greeting % GreetingsPerLook == 0 && await docker.FindAsync(name, cancellationToken) is not { IsRunning: true })
            {
                throw new DockerException($"{name} ended while starting: docker logs {name}");
            }

            await Task.Delay(BootPoll, cancellationToken);
        }
    }

    private static async Task<bool> GreetsAsync(IPAddress address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, 22, patience.Token);
            var greeting = new byte[4];
            return await socket.ReceiveAsync(greeting, patience.Token) == 4 && greeting.AsSpan().SequenceEqual("SSH-"u8);
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>The container of a machine that had been provisioned is gone.</summary>
public sealed class MachineLostException(string machine)
    : Exception($"The machine {machine} is gone: its container was removed from outside.");
