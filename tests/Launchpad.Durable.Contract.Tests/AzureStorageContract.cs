namespace Launchpad.Durable.Contract;

/// <summary>The store that hosts share keeps the contract.</summary>
public static class AzureStorageContract
{
    private const string Store = "Azure Storage";

    [CollectionDefinition(Store)]
    public sealed class Host : ICollectionFixture<AzureStorageHub>;

    [Collection(Store)]
    public sealed class Activities(AzureStorageHub hub) : ActivityContract(hub);

    [Collection(Store)]
    public sealed class Failures(AzureStorageHub hub) : FailureContract(hub);

    [Collection(Store)]
    public sealed class Events(AzureStorageHub hub) : EventContract(hub);

    [Collection(Store)]
    public sealed class Timers(AzureStorageHub hub) : TimerContract(hub);

    [Collection(Store)]
    public sealed class Retries(AzureStorageHub hub) : RetryContract(hub);

    [Collection(Store)]
    public sealed class Children(AzureStorageHub hub) : ChildContract(hub);

    [Collection(Store)]
    public sealed class Orchestrators(AzureStorageHub hub) : OrchestratorContract(hub);

    [Collection(Store)]
    public sealed class Starts(AzureStorageHub hub) : StartContract(hub);

    [Collection(Store)]
    public sealed class Lifecycles(AzureStorageHub hub) : LifecycleContract(hub);

    [Collection(Store)]
    public sealed class Queries(AzureStorageHub hub) : QueryContract(hub);

    [Collection(Store)]
    public sealed class Versions(AzureStorageHub hub) : VersionContract(hub);

    [Collection(Store)]
    public sealed class Entities(AzureStorageHub hub) : EntityContract(hub);

    [Collection(Store)]
    public sealed class Restarts(AzureStorageHub hub) : RestartContract(hub);

    [Collection(Store)]
    public sealed class Models(AzureStorageHub hub) : ModelContract(hub);
}
