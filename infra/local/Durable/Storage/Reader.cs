using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Launchpad.Durable.Execution;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Storage;

/// <summary>Reads what is committed, beside the writer and without waiting for it.</summary>
internal sealed class Reader(string path) : IDisposable
{
    private readonly ConcurrentBag<Session> idle = [];
    private volatile bool isClosed;

    public InstanceRow? Find(string id) => With(session =>
    {
        session.Find.Bind(1, id);
        return session.Find.Step() ? InstanceRow.Read(session.Find) : null;
    }, session => session.Find);

    public bool Exists(long key) => With(session => session.Exists.Bind(1, key).Step(), session => session.Exists);

    /// <summary>The history of the current generation, turn by turn.</summary>
    public List<List<HistoryEvent>> History(long key) => With(session =>
    {
        var turns = new List<List<HistoryEvent>>();
        session.History.Bind(1, key);
        while (session.History.Step())
        {
            var events = session.History.Utf8(0);
            if (session.History.Int64(1) != turns.Count + 1 || session.History.Int64(2) != Crc32C.Of(events))
            {
                throw new InvalidDataException(
                    $"{path} is damaged: turn {turns.Count + 1} of the instance with key {key} is not what was written. Restore a backup.");
            }

            turns.Add(JsonSerializer.Deserialize(events, EventJson.Readable.ListHistoryEvent)!);
        }

        return turns;
    }, session => session.History);

    public List<InstanceRow> Children(string parent) => With(session =>
    {
        var rows = new List<InstanceRow>();
        session.Children.Bind(1, parent);
        while (session.Children.Step())
        {
            rows.Add(InstanceRow.Read(session.Children));
        }

        return rows;
    }, session => session.Children);

    public List<InstanceRow> Query(OrchestrationQuery query, long after, int limit)
    {
        var sql = new StringBuilder($"SELECT {InstanceRow.Columns} FROM instances WHERE key > ?1 AND created >= ?2 AND created <= ?3");
        var statuses = query.Statuses?.Select(status => $"{(int)status}").Distinct().ToList();
        if (statuses is { Count: > 0 })
        {
            sql.Append($" AND status IN ({string.Join(", ", statuses)})");
        }

        if (!string.IsNullOrEmpty(query.InstanceIdPrefix))
        {
            sql.Append(" AND id >= ?4 AND id < ?5");
        }

        sql.Append(" ORDER BY key LIMIT ?6");
        return With(session =>
        {
            using var statement = session.Query(sql.ToString());
            statement.Bind(1, after)
                .Bind(2, (query.CreatedFrom ?? DateTimeOffset.MinValue).UtcTicks)
                .Bind(3, (query.CreatedTo ?? DateTimeOffset.MaxValue).UtcTicks)
                .Bind(6, limit);
            if (!string.IsNullOrEmpty(query.InstanceIdPrefix))
            {
                // Ids compare as UTF-8 bytes: the highest code point is above whatever may follow the prefix.
                statement.Bind(4, query.InstanceIdPrefix).Bind(5, query.InstanceIdPrefix + "\U0010FFFF");
            }

            var rows = new List<InstanceRow>();
            while (statement.Step())
            {
                rows.Add(InstanceRow.Read(statement));
            }

            return rows;
        }, null);
    }

    public List<(long Instance, Message Message)> Messages() => With(session =>
    {
        using var statement = session.Query("SELECT seq, instance, event FROM messages ORDER BY seq");
        var messages = new List<(long, Message)>();
        while (statement.Step())
        {
            var e = JsonSerializer.Deserialize(statement.Utf8(2), EventJson.Readable.HistoryEvent)!;
            messages.Add((statement.Int64(1), new Message(e) { Sequence = statement.Int64(0) }));
        }

        return messages;
    }, null);

    public Dictionary<(long Instance, int Task), (Blame Blame, bool Running)> Attempts() => With(session =>
    {
        using var statement = session.Query("SELECT instance, task, crashes, alone, running FROM attempts");
        var attempts = new Dictionary<(long, int), (Blame, bool)>();
        while (statement.Step())
        {
            attempts[(statement.Int64(0), (int)statement.Int64(1))] =
                (new((int)statement.Int64(2), statement.Int64(3) != 0), statement.Int64(4) != 0);
        }

        return attempts;
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

    /// <summary>Rows of a history whose instance is gone.</summary>
    public long OrphanedTurns() => With(session =>
    {
        using var statement = session.Query("SELECT count(*) FROM history WHERE instance NOT IN (SELECT key FROM instances)");
        statement.Step();
        return statement.Int64(0);
    }, null);

    /// <summary>Pages of the database that hold nothing, and all of them.</summary>
    public (long Free, long All) Pages() => With(session =>
    {
        using var free = session.Query("PRAGMA freelist_count");
        using var all = session.Query("PRAGMA page_count");
        _ = (free.Step(), all.Step());
        return (free.Int64(0), all.Int64(0));
    }, null);

    public void Dispose()
    {
        isClosed = true;
        while (idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }

    private T With<T>(Func<Session, T> read, Func<Session, Statement>? used)
    {
        if (isClosed)
        {
            throw new InvalidOperationException("The durable engine is not running.");
        }

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
            connection = new(path, readOnly: true);
            Find = connection.Prepare($"SELECT {InstanceRow.Columns} FROM instances WHERE id = ?1");
            Exists = connection.Prepare("SELECT 1 FROM instances WHERE key = ?1");
            History = connection.Prepare("SELECT events, turn, crc FROM history WHERE instance = ?1 ORDER BY turn");
            Children = connection.Prepare($"SELECT {InstanceRow.Columns} FROM instances WHERE parent = ?1 ORDER BY key");
        }

        public Statement Find { get; }

        public Statement Exists { get; }

        public Statement History { get; }

        public Statement Children { get; }

        public Statement Query(string sql) => connection.Query(sql);

        public void Dispose() => connection.Dispose();
    }
}
