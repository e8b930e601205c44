using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Backups;

/// <summary>A tenant's SQLite database, read by a program that has no rights, with a bound on everything: on a copy that belongs to nobody,
/// as whoever opens a database with a write-ahead log writes to it.</summary>
/// <param name="scratch">A folder that is made and removed.</param>
internal sealed class TenantDatabase(string scratch)
{
    public const string Log = "-wal";

    private const long SizeMax = 512L << 20;
    private const int Nobody = 65534;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What the program wrote for a query of the table; null where there is no such table, the database is huge, or it cannot be
    /// read.</summary>
    /// <param name="name">Of the database; its log has the same with <see cref="Log"/> behind it.</param>
    /// <param name="open">The files, by name: opened by who knows that no link leads out of the tenant's data. Null for one that is not
    /// there.</param>
    /// <param name="question">The table, a query of it, and how rows are written: -json, or -noheader for bare values.</param>
    public async Task<string?> AskAsync(string name, Func<string, FileStream?> open, (string Table, string Query, string Mode) question)
    {
        await using var database = open(name);
        await using var log = open(name + Log);
        var size = database?.Length + (log?.Length ?? 0);
        if (size is null or > SizeMax || new DriveInfo(Paths.Root).AvailableFreeSpace < 2 * size)
        {
            return null;
        }

        try
        {
            Directory.CreateDirectory(scratch);
            await CopyAsync(database!, name);
            await CopyAsync(log, name + Log);
            await Command.RunAsync("/usr/bin/chown", ["-R", $"{Nobody}:{Nobody}", scratch]);
            var (table, query, mode) = question;
            var isThere = await QueryAsync(name, $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'", "-noheader");
            return isThere?.Trim() == "1" ? await QueryAsync(name, query, mode) : null;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private async Task CopyAsync(FileStream? from, string name)
    {
        if (from is not null)
        {
            await using var to = File.Create($"{scratch}/{name}");
            await from.CopyToAsync(to);
        }
    }

    private async Task<string?> QueryAsync(string name, string question, string mode)
    {
        string[] bounds =
        [
            "--as=536870912", "--cpu=10", "--fsize=1073741824", "--nofile=32", "--core=0",
            "/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--no-new-privs", "--inh-caps=-all",
            "--bounding-set=-all",
        ];
        try
        {
            var answer = await Command.RunAsync(
                "/usr/bin/prlimit", [.. bounds, "/usr/bin/sqlite3", "-safe", "-batch", mode, $"{scratch}/{name}", question],
                patience: Patience);
            return answer.Ok ? answer.Output : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
