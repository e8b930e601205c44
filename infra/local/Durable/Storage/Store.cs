using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Storage;

/// <summary>The database as this process owns it: found to be what the directory last held, under an epoch of its own. Every
/// transaction renews the claim, so of two processes the older one stops.</summary>
internal sealed class Store : IDisposable
{
    private const int PageSizeAt = 16;
    private const int PagesAt = 28;

    private readonly Statement stamp;
    private readonly HighWaterMark mark;
    private readonly Checkpointer checkpointer;
    private readonly long epoch;
    private long commits;

    private Store(Connection connection, HighWaterMark mark, Checkpointer checkpointer)
    {
        Connection = connection;
        this.mark = mark;
        this.checkpointer = checkpointer;
        epoch = connection.Scalar("SELECT epoch FROM owner");
        commits = connection.Scalar("SELECT commits FROM owner");
        stamp = connection.Prepare("UPDATE owner SET commits = ?1 WHERE epoch = ?2");
    }

    public Connection Connection { get; }

    public static string Database(string directory) => Path.Combine(directory, "durable.db");

    public static string Mark(string directory) => Path.Combine(directory, "mark");

    public static Store Open(string directory, Action<Exception> fail, ILogger logger)
    {
        var path = Database(directory);
        var mark = HighWaterMark.Find(Mark(directory));
        Connection? connection = null;
        try
        {
            RequireFiles(path, mark);
            var isShort = IsShort(path);
            connection = Schema.Open(path);
            mark = Agree(connection, mark, directory, logger);
            if (isShort && connection.Text("PRAGMA quick_check(1)") is not "ok" and var damage)
            {
                throw new InvalidDataException($"{path} is damaged: a part of it is missing ({damage}). Restore the newest backup.");
            }

            connection.Execute("UPDATE owner SET epoch = epoch + 1");
            return new(connection, mark, new(path, fail));
        }
        catch
        {
            connection?.Dispose();
            mark?.Dispose();
            throw;
        }
    }

    /// <summary>Belongs into every transaction.</summary>
    public void Stamp()
    {
        stamp.Bind(1, commits + 1).Bind(2, epoch).Run();
        if (Connection.Changes != 1)
        {
            throw new InvalidOperationException("Another process has taken this directory, so this one may no longer write to it.");
        }
    }

    /// <summary>The transaction is durable.</summary>
    public void Advance()
    {
        mark.Commits = ++commits;
        checkpointer.Written(Connection);
    }

    public void Dispose()
    {
        checkpointer.Dispose();
        Connection.Dispose();
        mark.Dispose();
    }

    // SQLite would begin a new database in the place of a lost one, and throw its log away.
    private static void RequireFiles(string path, HighWaterMark? mark)
    {
        if (File.Exists(path) && new FileInfo(path).Length > 0)
        {
            return;
        }

        if (mark is { Commits: > 0 })
        {
            throw new InvalidDataException(
                $"{path} is missing or empty, though it has had {mark.Commits} commits. Put it back or restore a backup; to begin anew, "
                + "empty the directory.");
        }

        if (File.Exists($"{path}-wal") && new FileInfo($"{path}-wal").Length > 0)
        {
            throw new InvalidDataException(
                $"There is {path}-wal, but not the database that it belongs to. Put it back or restore a backup.");
        }
    }

    /// <summary>Fewer pages than its first one counts. A checkpoint that a crash broke off leaves it so, and then the log has the others;
    /// if not, the file was cut, which SQLite would only notice when it came to read there.</summary>
    private static bool IsShort(string path)
    {
        Span<byte> header = stackalloc byte[PagesAt + sizeof(uint)];
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && (long)BinaryPrimitives.ReadUInt32BigEndian(header[PagesAt..]) * BinaryPrimitives.ReadUInt16BigEndian(header[PageSizeAt..])
            > file.Length;
    }

    private static HighWaterMark Agree(Connection connection, HighWaterMark? mark, string directory, ILogger logger)
    {
        // In this order: should another process still be committing, the database has what the mark had before.
        var marked = mark?.Commits;
        var had = connection.Scalar("SELECT commits FROM owner");
        if (!Guid.TryParse(connection.Text("SELECT store FROM owner"), CultureInfo.InvariantCulture, out var store))
        {
            store = Guid.NewGuid();
            connection.Execute($"UPDATE owner SET store = '{store}'");
        }

        if (mark is null)
        {
            if (had > 0)
            {
                logger.LogWarning(
                    "{File} is missing or damaged: whether the database lost its last commits cannot be told.", Mark(directory));
            }

            return HighWaterMark.Create(Mark(directory), store, had);
        }

        if (mark.Store != store)
        {
            throw new InvalidDataException($"{Database(directory)} belongs to another store than {Mark(directory)}: files were mixed up.");
        }

        return marked <= had
            ? mark
            : throw new InvalidDataException(
                $"{Database(directory)} has {had} commits of the {marked} that were made: its log (durable.db-wal) was removed, cut or "
                + $"damaged, or an older copy was put in its place. Put it back or restore a backup; to go on with what is left, delete "
                + $"{Mark(directory)}.");
    }
}
