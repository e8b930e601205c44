using System.Text;
using System.Text.Json.Serialization;

namespace Launchpad.Shared.Vms;

/// <summary>Tells the control plane how the machine is.</summary>
/// <param name="Url">Where the heartbeats of this machine are taken.</param>
public sealed record HeartbeatRequest(string Vm, string Url);

/// <summary>What a heartbeat tells. It is read leniently: a machine may run another version of the program.</summary>
/// <param name="Bots">Null when Docker does not answer, which says nothing about what runs.</param>
public sealed record VmReport(DateTimeOffset At, int DiskMb, int DiskFreeMb, IReadOnlyList<VmBot>? Bots)
{
    /// <summary>The machine's own, which all volumes are on.</summary>
    [JsonIgnore]
    public VmStorage Disk => new(DiskMb, DiskMb - DiskFreeMb, DiskFreeMb);
}

/// <summary>One bot as its machine sees it now, whatever was asked for.</summary>
/// <param name="Restarts">By Docker, since the container was made.</param>
/// <param name="ExitCode">Of its last end, if it ever ended.</param>
/// <param name="Image">What the container was made of; null when there is none.</param>
/// <param name="Limits">Those of the container and the size of the volume; null when there is no container.</param>
/// <param name="Storage">How full its volume is; null while that is not mounted.</param>
/// <param name="Use">What it uses; null unless it runs.</param>
/// <param name="MachineRestarted">Since it was brought up: what it needs was in memory, so it cannot come up by itself.</param>
public sealed record VmBot(
    string Deployment, bool Running, bool Ready, DateTimeOffset? StartedAt, int Restarts, int? ExitCode, bool OomKilled,
    string? Image, VmLimits? Limits, IReadOnlyList<VmBotFile> Files, VmStorage? Storage = null, VmUse? Use = null,
    bool MachineRestarted = false);

/// <param name="CpuMs">Of all its processes, since its container started.</param>
/// <param name="MemoryMb">Mebibytes begun, of what it would not give back: without the files that the kernel keeps for it.</param>
public sealed record VmUse(long CpuMs, int MemoryMb);

/// <summary>A file that we put on a volume.</summary>
/// <param name="Written">SHA-256 of what was last written there.</param>
/// <param name="Actual">SHA-256 of what lies there now; null when it is gone or no plain file.</param>
public sealed record VmBotFile(string Path, string Written, string? Actual);

/// <summary>It was taken.</summary>
public sealed record HeartbeatResult(DateTimeOffset At, int Bots);

/// <summary>How a heartbeat is signed, by the machine's SSH host key (ECDSA P-256, SHA-256, r and s side by side).</summary>
public static class HeartbeatProof
{
    /// <summary>The public key in SSH's own form, base64; its fingerprint is what the control plane knows.</summary>
    public const string KeyHeader = "Launchpad-Machine-Key";

    /// <summary>Milliseconds since 1970.</summary>
    public const string TimeHeader = "Launchpad-Time";

    public const string SignatureHeader = "Launchpad-Signature";

    /// <summary>A prefix that nothing else starts with: what sshd signs with the same key is a hash, never this.</summary>
    public static byte[] Content(string vm, long time, ReadOnlySpan<byte> body) =>
        [.. Encoding.UTF8.GetBytes($"launchpad-heartbeat-1\n{vm}\n{time}\n"), .. body];
}
