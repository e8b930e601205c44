using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Launchpad.Local.Processes;

/// <summary>Which process a child is, written down where the next pocket cloud looks.</summary>
internal sealed record ChildRecord(int Pid, long StartedAt, string Fingerprint)
{
    private const string Variable = "LAUNCHPAD_CHILD";

    /// <summary>An entry of the child's environment that says whose it is, for the instant between its start and its record.</summary>
    public static string Mark(string path, string fingerprint) => $"{Variable}={path}|{fingerprint}";

    public static ChildRecord? Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<ChildRecord>(File.ReadAllBytes(path), JsonSerializerOptions.Web) : null;

    /// <summary>The record if its process lives, else one made from the mark of a process that was never written down.</summary>
    public static ChildRecord? ReadLiving(string path) => Read(path) is { } record && record.IsAlive() ? record : FindMarked(path);

    public void Write(string path) => DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web));

    public bool IsAlive()
    {
        using var process = Find();
        return process is not null;
    }

    public RunningProcess? Find() => RunningProcess.Find(Pid, StartedAt);

    private static ChildRecord? FindMarked(string path)
    {
        var mark = Encoding.UTF8.GetBytes($"{Variable}={path}|");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                continue;
            }

            try
            {
                var environment = File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan();
                // What a child starts inherits its mark, but only the child leads a session.
                if (environment.IndexOf(mark) is var at and >= 0 && RunningProcess.LeadsSession(pid))
                {
                    var rest = environment[(at + mark.Length)..];
                    var fingerprint = Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
                    using var process = RunningProcess.Find(pid);
                    return process is null ? null : new ChildRecord(pid, process.StartedAt, fingerprint);
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or it is another user's.
            }
        }

        return null;
    }
}
