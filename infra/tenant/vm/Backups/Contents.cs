using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Backups;

/// <summary>
/// What a bot's data consist of, looked at where nobody writes to them. Their names and contents are the tenant's: no link is followed,
/// and a database is read by a program that has no rights, with a bound on everything.
/// </summary>
/// <param name="data">OpenClaw's state directory.</param>
/// <param name="scratch">A folder that is made and removed.</param>
internal sealed class Contents(string data, string scratch)
{
    private const int LeftMax = 20;
    private const int PathMax = 200;
    private const int DatabasesMax = 32;
    private const string Table = "session_nodes";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Takes away what a restored bot would make anew, or what no archive can hold.</summary>
    public async Task<IReadOnlyList<VmLeftOut>> LeaveOutAsync()
    {
        // OpenClaw's own backup leaves out the same; these of its folders are never somebody's work.
        (string Find, string Why)[] kinds =
        [
            ("cache/control-ui-assets", "made again by OpenClaw"),
            ("tmp", "temporary files of OpenClaw"),
            ("locks", "locks of processes that do not run any more"),
        ];
        List<VmLeftOut> left = [];
        foreach (var (path, why) in kinds)
        {
            if (await FindAsync("-maxdepth", "2", "-type", "d", "-path", $"{data}/{path}") is [var found])
            {
                await RunAsync("/usr/bin/rm", "-rf", "--one-file-system", "--", found);
                left.Add(new(path, why));
            }
        }

        foreach (var (type, why) in ((string, string)[])[("s", "a socket"), ("p", "a named pipe"), ("b,c", "a device")])
        {
            var found = await FindAsync("-type", type);
            left.AddRange(found.Take(LeftMax).Select(path => new VmLeftOut(Shown(path), why)));
            if (found.Count > LeftMax)
            {
                left.Add(new("…", $"{why}, and more of them"));
            }
        }

        await RunAsync("/usr/bin/find", data, "-xdev", "-type", "s,p,b,c", "-delete");
        return left;
    }

    public async Task<VmContents> CountAsync(IReadOnlyList<VmLeftOut> left)
    {
        var (files, bytes) = await MeasureAsync();
        var memories = await RunAsync(
            "/usr/bin/find", data, "-xdev", "-type", "f", "-regextype", "posix-extended", "-regex",
            $"{data}/workspace[^/]*/(MEMORY\\.md|memory/[^/]+\\.md)", "-printf", ".");
        return new(files, bytes, await CountSessionsAsync(), memories.Length, left);
    }

    private async Task<(int Files, long Bytes)> MeasureAsync()
    {
        using var find = Child.Start("/usr/bin/find", data, "-xdev", "-type", "f", "-printf", "%s\\n");
        find.Input.Close();
        using var lines = new StreamReader(find.Output);
        var (files, bytes) = (0, 0L);
        while (await lines.ReadLineAsync() is { } line)
        {
            files++;
            bytes += long.Parse(line, CultureInfo.InvariantCulture);
        }

        return await find.EndAsync() is { } trouble ? throw Failed("find", trouble) : (files, bytes);
    }

    /// <returns>Null where this cannot be told: a database that is not as the pinned release makes it, or a huge one.</returns>
    private async Task<int?> CountSessionsAsync()
    {
        var found = await FindAsync(
            "-type", "f", "-regextype", "posix-extended", "-regex", $"{data}/agents/[^/]+/agent/openclaw-agent\\.sqlite");
        var sessions = 0;
        foreach (var database in found)
        {
            if (found.Count > DatabasesMax || await CountSessionsAsync(database) is not { } count)
            {
                return null;
            }

            sessions += count;
        }

        return sessions;
    }

    private async Task<int?> CountSessionsAsync(string database)
    {
        // A name that is not Unicode is not the name that was found.
        var folder = Path.GetDirectoryName(database)!;
        var answer = await new TenantDatabase(scratch).AskAsync(
            Path.GetFileName(database),
            name => new FileInfo($"{folder}/{name}") is { Exists: true, LinkTarget: null } file ? file.OpenRead() : null,
            (Table, $"SELECT count(*) FROM {Table}", "-noheader"));
        return int.TryParse(answer?.Trim(), CultureInfo.InvariantCulture, out var count) ? count : null;
    }

    /// <summary>Names may hold anything but a zero.</summary>
    private async Task<IReadOnlyList<string>> FindAsync(params IEnumerable<string> tests)
    {
        var found = await RunAsync("/usr/bin/find", [data, "-xdev", "-mindepth", "1", .. tests, "-print0"]);
        return found.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private string Shown(string path)
    {
        var relative = string.Concat(path[(data.Length + 1)..].Select(letter => char.IsControl(letter) ? '?' : letter));
        return relative.Length > PathMax ? relative[..PathMax] + "…" : relative;
    }

    private static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var outcome = await Command.RunAsync(program, arguments, patience: Patience);
        return outcome.Ok ? outcome.Output : throw Failed(Path.GetFileName(program), outcome.Error);
    }

    private static VmFailure Failed(string program, string trouble) => new(
        VmErrorCode.VolumeFailed,
        $"The data could not be looked through: {program}: {trouble[..Math.Min(trouble.Length, PathMax)]}",
        retryable: true);
}
