namespace Launchpad.Shared.Vms;

/// <summary>How a bot is run and what it is confined to, whoever starts it: the program of a machine makes its container of this, and so does
/// what an owner takes along.</summary>
/// <param name="Environment">NAME=VALUE, by name.</param>
/// <param name="MemoryBytes">Without swap.</param>
/// <param name="TmpMb">Of /tmp, in memory; mebibytes.</param>
public sealed record BotContainer(
    string Image, IReadOnlyList<string> Environment, int Port, long MemoryBytes, long NanoCpus, int Pids, int TmpMb)
{
    /// <summary>The user inside. With user namespaces it is another one outside.</summary>
    public const int User = 1000;

    public const string Hostname = "bot";
    public const int StopSeconds = 20;

    /// <summary>What the bot keeps: the one place that it can write to.</summary>
    public const string Data = "/data";

    /// <summary>One file a secret.</summary>
    public const string Secrets = "/run/secrets";

    public const string Tmp = "/tmp";

    /// <summary>A bot may end itself to be started anew, so every end counts, not only failures.</summary>
    public const string Restart = "unless-stopped";

    // What every bot gets, whatever its plan. Absent and therefore Docker's default: seccomp profile, masked and read-only /proc paths.
    public const bool ReadOnlyRoot = true;
    public const bool Init = true;
    public const string Capabilities = "ALL";
    public const string SecurityOption = "no-new-privileges";
    public const string Ipc = "private";
    public const string Cgroups = "private";
    public const long ShmBytes = 64L << 20;
    public const int OpenFiles = 16384;
    public const int CoreBytes = 0;
    public const string LogDriver = "json-file";

    private const int TmpMbMax = 256;

    public static IReadOnlyDictionary<string, string> LogOptions { get; } =
        new Dictionary<string, string> { ["max-size"] = "5m", ["max-file"] = "2" };

    public string TmpOptions => $"rw,noexec,nosuid,nodev,size={TmpMb}m,mode=1777";

    /// <param name="image">registry/repository@sha256:…</param>
    /// <param name="limits">The plan's.</param>
    /// <param name="runtime">What the image needs around it.</param>
    public static BotContainer Of(string image, VmLimits limits, VmRuntime runtime) => new(
        image,
        [.. runtime.Environment.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}")],
        runtime.Port,
        (long)limits.MemoryMb << 20,
        (long)Math.Round(limits.Cpus * 1e9),
        limits.Pids,
        Math.Min(TmpMbMax, Math.Max(4, limits.MemoryMb / 4)));
}
