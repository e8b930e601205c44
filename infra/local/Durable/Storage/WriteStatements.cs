using System.Globalization;
using DurableTask.Core;

namespace Launchpad.Durable.Storage;

/// <summary>What the writer can do to the database, each a prepared statement. Messages and tasks get their numbers here, on the one
/// thread that writes, so that their order is the order of commits.</summary>
internal sealed class WriteStatements(Connection connection)
{
    /// <summary>The bits of a turn's number that count the turns of one execution.</summary>
    public const int TurnBits = 20;

    public const int TurnsMax = (1 << TurnBits) - 1;

    private readonly Statement find = connection.Prepare("SELECT key, status FROM instances WHERE id = ?1");
    private readonly Statement create = connection.Prepare(
        $"INSERT INTO instances ({InstanceRow.Whole}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");

    private readonly Statement update = connection.Prepare(
        "UPDATE instances SET execution = ?3, name = ?4, version = ?5, status = ?6, created = ?7, updated = ?8, completed = ?9, "
        + "detail = ?10, custom_status = ?11, output = ?12, input = ?13 WHERE key = ?1 AND id = ?2 AND execution = ?14");

    private readonly Statement progress = connection.Prepare(
        "UPDATE instances SET status = ?3, updated = ?4, custom_status = ?5 WHERE key = ?1 AND execution = ?2");

    private readonly Statement delete = connection.Prepare("DELETE FROM instances WHERE key = ?1");
    private readonly Statement clear = connection.Prepare("DELETE FROM history WHERE turn >= ?1 AND turn <= ?2");
    private readonly Statement append = connection.Prepare("INSERT INTO history (turn, events) VALUES (?1, ?2)");
    private readonly Statement addMessage = connection.Prepare(
        "INSERT INTO messages (seq, due, instance, message) VALUES (?1, ?2, ?3, ?4)");

    private readonly Statement removeMessage = connection.Prepare("DELETE FROM messages WHERE seq = ?1");
    private readonly Statement addTask = connection.Prepare("INSERT INTO tasks (seq, instance, message) VALUES (?1, ?2, ?3)");
    private readonly Statement removeTask = connection.Prepare("DELETE FROM tasks WHERE seq = ?1");
    private long lastKey = connection.Scalar("SELECT coalesce(max(key), 0) FROM instances");
    private long lastMessage = connection.Scalar("SELECT coalesce(max(seq), 0) FROM messages");
    private long lastTask = connection.Scalar("SELECT coalesce(max(seq), 0) FROM tasks");

    public Statement Begin { get; } = connection.Prepare("BEGIN IMMEDIATE");

    public Statement Commit { get; } = connection.Prepare("COMMIT");

    /// <summary>The instance as it is at this place in the order of commits; null for an unknown id.</summary>
    public (long Key, OrchestrationStatus Status)? Find(string id)
    {
        find.Bind(1, id);
        (long, OrchestrationStatus)? found = find.Step() ? (find.Int64(0), (OrchestrationStatus)find.Int64(1)) : null;
        find.Reset();
        return found;
    }

    /// <summary>Keys are in the order of creation.</summary>
    public long Create(OrchestrationState state, byte[] detail)
    {
        Bind(create, ++lastKey, state, detail).Run();
        return lastKey;
    }

    /// <summary>False when the instance is not in that execution any more: somebody has begun it anew, or purged it.</summary>
    public bool Update(long key, string execution, OrchestrationState state, byte[] detail)
    {
        Bind(update, key, state, detail).Bind(14, execution).Run();
        return connection.Changes == 1;
    }

    /// <summary>As <see cref="Update"/>, for a turn after which the instance only waits.</summary>
    public bool Progress(long key, string execution, OrchestrationState state)
    {
        progress.Bind(1, key).Bind(2, execution).Bind(3, (long)state.OrchestrationStatus).Bind(4, state.LastUpdatedTime.Ticks)
            .Bind(5, state.Status).Run();
        return connection.Changes == 1;
    }

    public void Delete(long key)
    {
        ClearHistory(key);
        delete.Bind(1, key).Run();
    }

    public void ClearHistory(long key) => clear.Bind(1, key << TurnBits).Bind(2, (key << TurnBits) + TurnsMax).Run();

    public void Append(long key, int turn, byte[] events) => append.Bind(1, (key << TurnBits) + turn).Bind(2, events).Run();

    public long AddMessage(string instance, DateTime? due, byte[] message)
    {
        addMessage.Bind(1, ++lastMessage).Bind(2, due?.Ticks).Bind(3, instance).Bind(4, message).Run();
        return lastMessage;
    }

    public void RemoveMessage(long sequence) => removeMessage.Bind(1, sequence).Run();

    public long AddTask(string instance, byte[] message)
    {
        addTask.Bind(1, ++lastTask).Bind(2, instance).Bind(3, message).Run();
        return lastTask;
    }

    /// <summary>False when it has ended before.</summary>
    public bool RemoveTask(long sequence)
    {
        removeTask.Bind(1, sequence).Run();
        return connection.Changes == 1;
    }

    /// <summary>Gives some free pages back to the file system.</summary>
    public void Vacuum(int pages) => connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({pages})"));

    private static Statement Bind(Statement statement, long key, OrchestrationState state, byte[] detail) => statement
        .Bind(1, key).Bind(2, state.OrchestrationInstance.InstanceId).Bind(3, state.OrchestrationInstance.ExecutionId ?? "")
        .Bind(4, state.Name ?? "").Bind(5, state.Version).Bind(6, (long)state.OrchestrationStatus).Bind(7, state.CreatedTime.Ticks)
        .Bind(8, state.LastUpdatedTime.Ticks).Bind(9, state.CompletedTime.Ticks).Bind(10, detail).Bind(11, state.Status)
        .Bind(12, state.Output).Bind(13, state.Input);
}
