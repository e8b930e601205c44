using System.Collections.Concurrent;
using System.Text;
using DurableTask.Core;
using DurableTask.Core.History;

namespace Launchpad.Durable.Storage;

/// <summary>Which instances are asked for.</summary>
internal sealed record InstanceFilter
{
    public IReadOnlyCollection<OrchestrationStatus>? Statuses { get; init; }

    public string? Prefix { get; init; }

    public DateTime? CreatedFrom { get; init; }

    public DateTime? CreatedTo { get; init; }

    public bool WithoutEntities { get; init; }

    public bool WithPayloads { get; init; }
}

/// <summary>Reads what is committed, beside the writer and without waiting for it.</summary>
internal sealed class Reader(string path) : IDisposable
{
    private readonly ConcurrentBag<Session> idle = [];
    private volatile bool isClosed;

    public InstanceRow? Find(string id) => With(session =>
    {
        session.Find.Bind(1, id);
        return session.Find.Step() ? InstanceRow.Read(session.Find, whole: true) : null;
    }, session => session.Find);

    /// <summary>The history of the current execution, turn by turn.</summary>
    public List<List<HistoryEvent>> History(long key) => With(session =>
    {
        var turns = new List<List<HistoryEvent>>();
        var first = key << WriteStatements.TurnBits;
        session.History.Bind(1, first).Bind(2, first + WriteStatements.TurnsMax);
        while (session.History.Step())
        {
            try
            {
                turns.Add(EventPacking.Events(session.History.Bytes(1)));
                if (session.History.Int64(0) != first + turns.Count)
                {
                    throw new InvalidDataException("a turn before it is missing");
                }
            }
            catch (InvalidDataException damage)
            {
                throw new InvalidDataException(
                    $"{path} is damaged at turn {turns.Count} of the instance with key {key}: {damage.Message}. Restore a backup.", damage);
            }
        }

        return turns;
    }, session => session.History);

    /// <summary>A page of instances in the order in which they were created.</summary>
    public List<InstanceRow> Query(InstanceFilter filter, long after, int limit)
    {
        var columns = filter.WithPayloads ? InstanceRow.Whole : InstanceRow.Head;
        var sql = new StringBuilder($"SELECT {columns} FROM instances WHERE key > ?1 AND created >= ?2 AND created <= ?3");
        if (filter.Statuses is { Count: > 0 } statuses)
        {
            sql.Append($" AND status IN ({string.Join(", ", statuses.Select(status => $"{(int)status}").Distinct())})");
        }

        if (!string.IsNullOrEmpty(filter.Prefix))
        {
            sql.Append(" AND id >= ?4 AND id < ?5");
        }

        sql.Append(filter.WithoutEntities ? " AND substr(id, 1, 1) <> '@' ORDER BY key LIMIT ?6" : " ORDER BY key LIMIT ?6");
        return With(session =>
        {
            using var statement = session.Query(sql.ToString());
            statement.Bind(1, after)
                .Bind(2, filter.CreatedFrom?.Ticks ?? 0)
                .Bind(3, filter.CreatedTo?.Ticks ?? long.MaxValue)
                .Bind(6, limit);
            if (!string.IsNullOrEmpty(filter.Prefix))
            {
                // Ids compare as UTF-8 bytes: the highest code point is above whatever may follow the prefix.
                statement.Bind(4, filter.Prefix).Bind(5, filter.Prefix + "\U0010FFFF");
            }

            var rows = new List<InstanceRow>();
            while (statement.Step())
            {
                rows.Add(InstanceRow.Read(statement, filter.WithPayloads));
            }

            return rows;
        }, null);
    }

    /// <summary>What instances have not read yet, oldest first; a message that is not what was written is null.</summary>
    public List<(long Sequence, DateTime? Due, string Instance, TaskMessage? Message)> Messages() => With(session =>
    {
        using var statement = session.Query("SELECT seq, due, instance, message FROM messages ORDER BY seq");
        var messages = new List<(long, DateTime?, string, TaskMessage?)>();
        while (statement.Step())
        {
            DateTime? due = statement.IsNull(1) ? null : new DateTime(statement.Int64(1), DateTimeKind.Utc);
            messages.Add((statement.Int64(0), due, statement.Text(2)!, Message(statement, 3)));
        }

        return messages;
    }, null);

    /// <summary>Activities that have not ended, oldest first.</summary>
    public List<(long Sequence, string Instance, TaskMessage? Message)> Tasks() => With(session =>
    {
        using var statement = session.Query("SELECT seq, instance, message FROM tasks ORDER BY seq");
        var tasks = new List<(long, string, TaskMessage?)>();
        while (statement.Step())
        {
            tasks.Add((statement.Int64(0), statement.Text(1)!, Message(statement, 2)));
        }

        return tasks;
    }, null);

    /// <summary>Copies the database as it is at one moment; the writer goes on meanwhile.</summary>
    public void CopyTo(string copy) => With(session =>
    {
        using var statement = session.Query("VACUUM INTO ?1");
        return statement.Bind(1, copy).Step();
    }, null);

    /// <summary>Null when SQLite finds nothing wrong with the file.</summary>
    public string? QuickCheck() => With(session =>
    {
        using var statement = session.Query("PRAGMA quick_check(1)");
        statement.Step();
        return statement.Text(0) is "ok" ? null : statement.Text(0);
    }, null);

    public long Scalar(string sql) => With(session =>
    {
        using var statement = session.Query(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }, null);

    public void Dispose()
    {
        isClosed = true;
        while (idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }

    private static TaskMessage? Message(Statement row, int column)
    {
        try
        {
            return EventPacking.Message(row.Bytes(column));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private T With<T>(Func<Session, T> read, Func<Session, Statement>? used)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        if (!idle.TryTake(out var session))
        {
            session = new(path);
        }

        try
        {
            return read(session);
        }
        finally
        {
            // A statement that is not reset would hold its snapshot and keep the log from being truncated.
            used?.Invoke(session).Reset();
            idle.Add(session);
            if (isClosed)
            {
                Dispose();
            }
        }
    }

    private sealed class Session : IDisposable
    {
        private readonly Connection connection;

        public Session(string path)
        {
            // A database that was closed has no log beside it, and merely to look into it would make one.
            connection = File.Exists(path + "-wal") ? new(path, readOnly: true) : Connection.OfClosed(path);
            Find = connection.Prepare($"SELECT {InstanceRow.Whole} FROM instances WHERE id = ?1");
            History = connection.Prepare("SELECT turn, events FROM history WHERE turn >= ?1 AND turn <= ?2 ORDER BY turn");
        }

        public Statement Find { get; }

        public Statement History { get; }

        public Statement Query(string sql) => connection.Query(sql);

        public void Dispose() => connection.Dispose();
    }
}
