namespace Launchpad.Durable.Contract;

/// <summary>The embedded store keeps the contract.</summary>
public static class SqliteContract
{
    private const string Store = "SQLite";

    [CollectionDefinition(Store)]
    public sealed class Host : ICollectionFixture<SqliteHub>;

    [Collection(Store)]
    public sealed class Activities(SqliteHub hub) : ActivityContract(hub);

    [Collection(Store)]
    public sealed class Failures(SqliteHub hub) : FailureContract(hub);

    [Collection(Store)]
    public sealed class Events(SqliteHub hub) : EventContract(hub);

    [Collection(Store)]
    public sealed class Timers(SqliteHub hub) : TimerContract(hub);

    [Collection(Store)]
    public sealed class Retries(SqliteHub hub) : RetryContract(hub);

    [Collection(Store)]
    public sealed class Children(SqliteHub hub) : ChildContract(hub);

    [Collection(Store)]
    public sealed class Orchestrators(SqliteHub hub) : OrchestratorContract(hub);

    [Collection(Store)]
    public sealed class Starts(SqliteHub hub) : StartContract(hub);

    [Collection(Store)]
    public sealed class Lifecycles(SqliteHub hub) : LifecycleContract(hub);

    [Collection(Store)]
    public sealed class Queries(SqliteHub hub) : QueryContract(hub);

    [Collection(Store)]
    public sealed class Versions(SqliteHub hub) : VersionContract(hub);

    [Collection(Store)]
    public sealed class Entities(SqliteHub hub) : EntityContract(hub);

    [Collection(Store)]
    public sealed class Restarts(SqliteHub hub) : RestartContract(hub);

    [Collection(Store)]
    public sealed class Models(SqliteHub hub) : ModelContract(hub);
}
