using System.Text.Json.Serialization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

// The parts of Docker's documents that are used, under Docker's own names.

internal sealed record CreateContainer(
    string Image, string Hostname, string User, IReadOnlyList<string> Env, IReadOnlyDictionary<string, string> Labels,
    int StopTimeout, HostConfig HostConfig, NetworkingConfig NetworkingConfig)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Cmd { get; init; }
}

internal sealed record HostConfig(
    string NetworkMode, IReadOnlyList<string> Dns, IReadOnlyList<MountPoint> Mounts, IReadOnlyDictionary<string, string> Tmpfs,
    long Memory, long MemorySwap, long NanoCpus, int PidsLimit, IReadOnlyList<Ulimit> Ulimits,
    RestartPolicy RestartPolicy, LogConfig LogConfig)
{
    public bool ReadonlyRootfs { get; } = BotContainer.ReadOnlyRoot;
    public bool Init { get; } = BotContainer.Init;
    public bool Privileged { get; }
    public bool PublishAllPorts { get; }
    public IReadOnlyList<string> CapDrop { get; } = [BotContainer.Capabilities];
    public IReadOnlyList<string> SecurityOpt { get; } = [BotContainer.SecurityOption];
    public string IpcMode { get; } = BotContainer.Ipc;
    public string CgroupnsMode { get; } = BotContainer.Cgroups;
    public long ShmSize { get; } = BotContainer.ShmBytes;
}

internal sealed record MountPoint(string Type, string Source, string Target, bool ReadOnly);

internal sealed record Ulimit(string Name, long Soft, long Hard);

internal sealed record RestartPolicy(string Name);

internal sealed record LogConfig(string Type, IReadOnlyDictionary<string, string> Config);

internal sealed record NetworkingConfig(IReadOnlyDictionary<string, Endpoint> EndpointsConfig);

internal sealed record Endpoint(EndpointAddress IPAMConfig);

internal sealed record EndpointAddress(string IPv4Address);

internal sealed record CreateNetwork(
    string Name, Ipam IPAM, IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Labels)
{
    public string Driver { get; } = "bridge";
    public bool CheckDuplicate { get; } = true;
    public bool EnableIPv6 { get; }
}

internal sealed record Ipam(IReadOnlyList<IpamSubnet> Config);

internal sealed record IpamSubnet(string Subnet, string? Gateway);

internal sealed record DockerNetwork(string Id, Ipam IPAM);

internal sealed record DockerContainer(string Id, ContainerState State, ContainerConfig Config, int RestartCount);

internal sealed record ContainerState(
    bool Running, bool Restarting, bool OOMKilled, int ExitCode, DateTimeOffset StartedAt, DateTimeOffset FinishedAt);

internal sealed record ContainerConfig(
    IReadOnlyDictionary<string, string>? Labels, IReadOnlyList<string>? Entrypoint, string? Image = null);

/// <summary>What Docker holds a container to, as it was made.</summary>
internal sealed record HeldContainer(string Id, ContainerState State, ContainerConfig Config, int RestartCount, HeldTo HostConfig);

internal sealed record HeldTo(long Memory, long NanoCpus, int? PidsLimit);

internal sealed record ContainerStats(
    [property: JsonPropertyName("cpu_stats")] CpuStats? Cpu, [property: JsonPropertyName("memory_stats")] MemoryStats? Memory);

internal sealed record CpuStats([property: JsonPropertyName("cpu_usage")] CpuUsage? Usage);

/// <param name="Total">Nanoseconds.</param>
internal sealed record CpuUsage([property: JsonPropertyName("total_usage")] ulong Total);

/// <param name="Usage">Bytes.</param>
/// <param name="Parts">Bytes, under the kernel's own names.</param>
internal sealed record MemoryStats(
    [property: JsonPropertyName("usage")] ulong? Usage, [property: JsonPropertyName("stats")] IReadOnlyDictionary<string, ulong>? Parts);

internal sealed record ContainerSummary(string Id, string State, IReadOnlyDictionary<string, string> Labels, string? ImageID = null);

/// <param name="RepoDigests">By which it was pulled: repository@sha256:…</param>
internal sealed record ImageSummary(string Id, IReadOnlyList<string>? RepoDigests);

internal sealed record CreateExec(IReadOnlyList<string> Cmd)
{
    public bool AttachStdout { get; } = true;
    public bool AttachStderr { get; } = true;
}

internal sealed record StartExec
{
    public bool Detach { get; }
}

internal sealed record DockerExec(string Id);

internal sealed record DockerExecState(int? ExitCode);

internal sealed record DockerExit(int StatusCode);

internal sealed record DockerImage(string Id);

internal sealed record DockerInfo(string ServerVersion, string DockerRootDir, IReadOnlyList<string> SecurityOptions);

[JsonSerializable(typeof(CreateContainer))]
[JsonSerializable(typeof(CreateNetwork))]
[JsonSerializable(typeof(DockerNetwork))]
[JsonSerializable(typeof(DockerContainer))]
[JsonSerializable(typeof(HeldContainer))]
[JsonSerializable(typeof(ContainerStats))]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(ImageSummary[]))]
[JsonSerializable(typeof(CreateExec))]
[JsonSerializable(typeof(StartExec))]
[JsonSerializable(typeof(DockerExec))]
[JsonSerializable(typeof(DockerExecState))]
[JsonSerializable(typeof(DockerExit))]
[JsonSerializable(typeof(DockerImage))]
[JsonSerializable(typeof(DockerInfo))]
internal sealed partial class DockerJson : JsonSerializerContext;
