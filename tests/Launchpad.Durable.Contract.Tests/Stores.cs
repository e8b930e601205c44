using Grpc.Core;
using Launchpad.Processes;

namespace Launchpad.Durable.Contract;

/// <summary>The embedded store.</summary>
public sealed class SqliteHub : Hub
{
    private readonly string _folder = Directory.CreateTempSubdirectory("launchpad-contract-sqlite-").FullName;

    protected override IEnumerable<KeyValuePair<string, string>> Store =>
    [
        new("AzureFunctionsJobHost__extensions__durableTask__storageProvider__type", "Sqlite"),
        new("Durable__Directory", _folder),
        // There are no timers, so nobody connects.
        new("AzureWebJobsStorage", "UseDevelopmentStorage=true"),
    ];

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The store that hosts share.</summary>
public sealed class AzureStorageHub : Hub
{
    private readonly Azurite _azurite = new() { IsAlone = true };

    public override bool KeepsFailureDetails => false;

    public override TimeSpan Earliness => TimeSpan.FromSeconds(1);

    public override StatusCode? BesidePurge => StatusCode.Internal;

    public override bool TakesTerminationsBesideStarts => false;

    protected override IEnumerable<KeyValuePair<string, string>> Store =>
    [
        new("AzureFunctionsJobHost__extensions__durableTask__storageProvider__type", "AzureStorage"),
        new("AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval", "00:00:00.1"),
        // How long the messages are missing that a host had taken when it died; one minute is the least for those of orchestrations.
        new("AzureFunctionsJobHost__extensions__durableTask__storageProvider__controlQueueVisibilityTimeout", "00:01:00"),
        new("AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout", "00:00:30"),
        new("AzureWebJobsStorage", _azurite.ConnectionString),
    ];

    public override async Task InitializeAsync()
    {
        await _azurite.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _azurite.DisposeAsync();
    }
}
