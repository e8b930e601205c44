using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Local.Processes;

/// <summary>A program that the pocket cloud runs beside itself: how it starts, and how to tell that it is ready.</summary>
internal sealed record ChildProgram(string Name, string Program, IReadOnlyList<string> Arguments)
{
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    public required string Directory { get; init; }
    public required string LogPath { get; init; }

    /// <summary>Where its process is written down, for the next pocket cloud to find.</summary>
    public required string RecordPath { get; init; }

    public required Func<CancellationToken, Task<bool>> IsReady { get; init; }

    /// <summary>Changes with what the program is made of beside its own file: its script, its configuration, its libraries.</summary>
    public string Build { get; init; } = "";

    /// <summary>What must be free before it is started anew.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>Held while it is adopted or started, when several stacks share the program. They share it whatever its
    /// fingerprint.</summary>
    public string? SharedLockPath { get; init; }

    /// <summary>Files that say that it runs, and would keep a new one from starting when it was killed.</summary>
    public IReadOnlyList<string> Traces { get; init; } = [];

    public TimeSpan ReadyMax { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan StopMax { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The same for two starts only if they would run the same build with the same arguments and settings.</summary>
    public string Fingerprint
    {
        get
        {
            var settings = Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}");
            var program = $"{Program}@{File.GetLastWriteTimeUtc(Program).Ticks}";
            var text = string.Join('\0', [program, .. Arguments, .. settings, Directory, Build]);
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
        }
    }
}

/// <summary>What every child gets of this process's environment: where things are and which language, no setting and no secret.</summary>
internal static class PlainEnvironment
{
    private static readonly string[] Names =
        ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "DOTNET_ROOT", "DOTNET_CLI_HOME", "DOTNET_gcServer"];

    public static Dictionary<string, string> Copy() => Names
        .Select(name => (name, value: System.Environment.GetEnvironmentVariable(name)))
        .Where(pair => pair.value is not null)
        .ToDictionary(pair => pair.name, pair => pair.value!);

    /// <summary>The program's full path, or what to do about its absence.</summary>
    public static string Find(string program, string whereFrom) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/usr/sbin").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists)
        ?? throw new StackException($"{program} is not installed ({whereFrom}).");
}
