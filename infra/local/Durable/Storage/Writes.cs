using System.Globalization;
using System.Text.Json;
using Launchpad.Durable.Execution;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Storage;

/// <summary>One change to the database, applied by the writer inside a transaction.</summary>
internal abstract record Write
{
    public abstract void Apply(WriteStatements database);
}

internal sealed record CreateInstance(InstanceRow Row) : Write
{
    public override void Apply(WriteStatements database) => database.Create
        .Bind(1, Row.Key).Bind(2, Row.Id).Bind(3, Row.Name).Bind(4, Row.Version).Bind(5, (long)Row.Status)
        .Bind(6, Row.Created.Ticks).Bind(7, Row.Updated.Ticks).Bind(8, Row.Starts?.Ticks).Bind(9, Row.Generation)
        .Bind(10, Row.Parent?.Id).Bind(11, Row.Parent?.Name).Bind(12, Row.Parent?.Task).Bind(13, Row.Parent?.Generation)
        .Bind(14, Row.Tags is null ? null : JsonSerializer.Serialize(Row.Tags, EventJson.Readable.IDictionaryStringString))
        .Bind(15, Row.Input)
        .Run();
}

internal sealed record UpdateInstance(
    long Key, OrchestrationRuntimeStatus Status, DateTime Updated, Stored CustomStatus, Stored Output, Failure? Failure) : Write
{
    public override void Apply(WriteStatements database) => database.Update
        .Bind(1, Key).Bind(2, (long)Status).Bind(3, Updated.Ticks).Bind(4, CustomStatus).Bind(5, Output)
        .Bind(6, Failure is null ? null : JsonSerializer.Serialize(Failure, EventJson.Readable.Failure))
        .Run();
}

/// <summary>Begins the next generation: a new input, and nothing of the old history.</summary>
internal sealed record ContinueInstance(long Key, string Version, int Generation, Stored Input) : Write
{
    public override void Apply(WriteStatements database)
    {
        database.ClearHistory.Bind(1, Key).Run();
        database.Continue.Bind(1, Key).Bind(2, Version).Bind(3, Generation).Bind(4, Input).Run();
    }
}

internal sealed record AppendTurn(long Key, int Turn, byte[] Events) : Write
{
    public override void Apply(WriteStatements database) =>
        database.Append.Bind(1, Key).Bind(2, Turn).Bind(3, Crc32C.Of(Events)).Text(4, Events).Run();
}

/// <summary>Messages get their number here, on the one thread that writes, so that their order is the order of commits.</summary>
internal sealed record AddMessage(long Key, Message Message, byte[] Event) : Write
{
    public override void Apply(WriteStatements database)
    {
        Message.Sequence = database.NextMessage();
        database.Add.Bind(1, Message.Sequence).Bind(2, Key).Text(3, Event).Run();
    }
}

internal sealed record RemoveMessage(long Sequence) : Write
{
    public override void Apply(WriteStatements database) => database.Remove.Bind(1, Sequence).Run();
}

/// <summary>Removes an instance that has ended. Messages that it never read are removed when it ends, or at the next start.</summary>
internal sealed record PurgeInstance(long Key) : Write
{
    public override void Apply(WriteStatements database)
    {
        database.ClearHistory.Bind(1, Key).Run();
        database.ClearAttempts.Bind(1, Key).Run();
        database.Delete.Bind(1, Key).Run();
    }
}

/// <summary>Remembers across a crash that this was running, and how often it already was when the process died.</summary>
internal sealed record SetAttempt(long Key, int Task, Blame Blame, bool Running) : Write
{
    public override void Apply(WriteStatements database) => database.Attempt
        .Bind(1, Key).Bind(2, Task).Bind(3, Blame.Crashes).Bind(4, Blame.Alone ? 1 : 0).Bind(5, Running ? 1 : 0).Run();
}

internal sealed record ForgetAttempt(long Key, int Task) : Write
{
    public override void Apply(WriteStatements database) => database.Forget.Bind(1, Key).Bind(2, Task).Run();
}

internal sealed record SetClean(bool Clean) : Write
{
    public override void Apply(WriteStatements database) => database.Clean.Bind(1, Clean ? 1 : 0).Run();
}

/// <summary>Gives some free pages back to the file system.</summary>
internal sealed record VacuumPages(int Pages) : Write
{
    public override void Apply(WriteStatements database) => database.Vacuum(Pages);
}

/// <summary>The writer's prepared statements.</summary>
internal sealed class WriteStatements(Connection connection)
{
    private long lastMessage = connection.Scalar("SELECT coalesce(max(seq), 0) FROM messages");

    public Statement Begin { get; } = connection.Prepare("BEGIN IMMEDIATE");

    public Statement Commit { get; } = connection.Prepare("COMMIT");

    public Statement Create { get; } = connection.Prepare(
        "INSERT INTO instances (key, id, name, version, status, created, updated, starts, generation, "
        + "parent, parent_name, parent_task, parent_generation, tags, input) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");

    public Statement Update { get; } = connection.Prepare(
        "UPDATE instances SET status = ?2, updated = ?3, custom_status = ?4, output = ?5, failure = ?6 WHERE key = ?1");

    public Statement Continue { get; } = connection.Prepare(
        "UPDATE instances SET version = ?2, generation = ?3, input = ?4 WHERE key = ?1");

    public Statement Append { get; } = connection.Prepare("INSERT INTO history (instance, turn, crc, events) VALUES (?1, ?2, ?3, ?4)");

    public Statement Add { get; } = connection.Prepare("INSERT INTO messages (seq, instance, event) VALUES (?1, ?2, ?3)");

    public Statement Remove { get; } = connection.Prepare("DELETE FROM messages WHERE seq = ?1");

    public Statement ClearHistory { get; } = connection.Prepare("DELETE FROM history WHERE instance = ?1");

    public Statement ClearAttempts { get; } = connection.Prepare("DELETE FROM attempts WHERE instance = ?1");

    public Statement Delete { get; } = connection.Prepare("DELETE FROM instances WHERE key = ?1");

    public Statement Attempt { get; } = connection.Prepare(
        "INSERT OR REPLACE INTO attempts (instance, task, crashes, alone, running) VALUES (?1, ?2, ?3, ?4, ?5)");

    public Statement Forget { get; } = connection.Prepare("DELETE FROM attempts WHERE instance = ?1 AND task = ?2");

    public Statement Clean { get; } = connection.Prepare("UPDATE owner SET clean = ?1");

    public long NextMessage() => ++lastMessage;

    public void Vacuum(int pages) => connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({pages})"));
}
