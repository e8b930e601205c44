using Azure.Core;
using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Shared.Tests;

/// <summary>Stores on a real table service, with a deployment of each test's own.</summary>
[Collection(StorageCollection.Name)]
public abstract class StorageTests(Azurite azurite) : IAsyncLifetime
{
    protected static readonly CancellationToken Ct = CancellationToken.None;

    protected string Account { get; } = Ids.New(Ids.Account, TimeProvider.System);

    protected string Deployment { get; } = Ids.New(Ids.Deployment, TimeProvider.System);

    protected Tables Tables { get; private set; } = null!;

    protected RecordStore Records => new(Tables, TimeProvider.System);

    public async Task InitializeAsync() => Tables = await TableCalls.ConnectAsync(azurite);

    public Task DisposeAsync() => Task.CompletedTask;

    protected Task<Tables> FaultyAsync(Func<Request, CallFault> decide) => TableCalls.ConnectAsync(azurite, decide);

    protected Deployment Ordered() => new()
    {
        Id = Deployment,
        Account = Account,
        Name = "Canary Words",
        Slug = "canary-words-12345678",
        Plan = "starter",
        Settings = new(null, "Canary instructions", Telegram: false),
        CreatedAt = TimeProvider.System.GetUtcNow(),
    };

    protected Operation Asked(OperationKind kind, string by) => new(
        Ids.New(Ids.Operation, TimeProvider.System), Account, Deployment, kind, OperationStatus.Accepted, by,
        TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddMinutes(5), Request: "Canary question");

    protected StepLog StepsOf(OperationStore operations) =>
        new(new DeploymentStore(Tables, Records), operations, TimeProvider.System, NullLogger<StepLog>.Instance);

    /// <summary>Puts the deployment into the hands of an operation, without a word in its record.</summary>
    protected Task HoldAsync(Operation operation) => Tables.Deployments.UpsertEntityAsync(
        new TableEntity(Account, Deployment)
        {
            ["name"] = "Canary Words",
            ["slug"] = "canary-words-12345678",
            ["plan"] = "starter",
            ["settings"] = "{}",
            ["createdAt"] = operation.CreatedAt,
            ["status"] = "running",
            ["change"] = 0,
            ["operation"] = operation.Id,
            ["operationKind"] = operation.Kind.ToString(),
            ["operationSince"] = operation.CreatedAt,
            ["operationBy"] = operation.By,
        },
        TableUpdateMode.Replace,
        Ct);

    /// <summary>The record, after it was found whole: numbered without holes, each row joined to the one before it and unchanged.</summary>
    protected async Task<IReadOnlyList<RecordRow>> ChainAsync()
    {
        var (head, rows) = (await Records.HeadAsync(Deployment, Ct), new List<RecordRow>());
        while (rows.Count <= head.Sequence && await Records.ReadAsync(Deployment, rows.Count - 1, head.Sequence, Ct) is { Count: > 0 } page)
        {
            rows.AddRange(page);
        }

        var previous = RecordHead.Before(Deployment);
        foreach (var row in rows)
        {
            Assert.Equal((previous.Sequence + 1, previous.Hash, row.ComputeHash()), (row.Sequence, row.Previous, row.Hash));
            previous = row.AsHead;
        }

        Assert.Equal(head, previous);
        return rows;
    }

    protected async Task<IReadOnlyList<string>> TalesAsync() =>
        [.. (await ChainAsync()).Select(row => $"{row.Kind} {row.Actor} {row.Data}")];
}
