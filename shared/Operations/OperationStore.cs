using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Operations;

/// <summary>Operations by account, and their steps beside the record of their deployment.</summary>
public sealed class OperationStore(Tables tables, RecordStore records)
{
    public const int ListMax = 50;

    private const int PageMax = 100;
    private const int KnownMax = 10_000;
    private const string OwnerRow = "owner";

    private readonly ConcurrentDictionary<string, string> deployments = [];

    /// <summary>How long operations take, measured as they end.</summary>
    public UsualTimes Usual { get; } = new(tables);

    /// <summary>What leads to those that failed.</summary>
    public FailureIndex Failures { get; } = new(tables);

    /// <summary>Adding the same operation again changes nothing.</summary>
    public async Task AddAsync(Operation operation, CancellationToken ct)
    {
        await OperationWords.LeadToAsync(tables, operation, ct);
        await tables.Operations.UpsertEntityAsync(
            new TableEntity(operation.Id, OwnerRow) { ["account"] = operation.Account, ["deployment"] = operation.Deployment },
            TableUpdateMode.Replace, ct);
        await tables.Operations.TryAddAsync(Write(operation), ct);
    }

    /// <summary>Records who asked for it, once, when it has its deployment and before its saga can begin.</summary>
    /// <param name="verb">What was asked for, in the record's words.</param>
    public async Task RecordAsync(Operation operation, string verb, CancellationToken ct)
    {
        if (await records.AppendOnceAsync(
            operation.Deployment, operation.Id, [Recorder.Action(operation.By, verb, new { operation = operation.Id })], ct))
        {
            OperationMetrics.Started(operation);
        }
    }

    /// <summary>For one that never got its deployment.</summary>
    public async Task RemoveAsync(Operation operation, CancellationToken ct)
    {
        await tables.Operations.RemoveAsync(operation.Account, operation.Id, ct);
        await tables.Operations.RemoveAsync(operation.Id, OwnerRow, ct);
    }

    public async Task<Operation?> FindAsync(string account, string id, CancellationToken ct) =>
        await tables.Operations.FindAsync(account, id, ct) is { } row ? Read(row) : null;

    /// <summary>From whichever account.</summary>
    public async Task<Operation?> FindAsync(string id, CancellationToken ct) =>
        await tables.Operations.FindAsync(id, OwnerRow, ct) is { } owner ? await FindAsync(owner.GetString("account"), id, ct) : null;

    public async Task SaveAsync(Operation operation, CancellationToken ct)
    {
        if (operation is { Status: OperationStatus.Failed, FinishedAt: not null })
        {
            await Failures.AddAsync(operation, ct);
        }

        if (operation.IsFinished)
        {
            await records.AppendOnceAsync(operation.Deployment, $"ended-{operation.Id}", [OperationEntries.Ended(operation)], ct);
        }

        if (operation.IsFinished && await EndsAsync(operation, ct))
        {
            OperationMetrics.Ended(operation);
            if (operation.Status is OperationStatus.Succeeded)
            {
                await Usual.LearnAsync(operation.Kind, await StepsAsync(operation.Id, ct), ct);
            }

            return;
        }

        await tables.Operations.UpsertEntityAsync(Write(operation), TableUpdateMode.Replace, ct);
    }

    /// <summary>Newest first. The ids tell the time, so that it is read in spans that begin at the newest and grow.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="deployment">Of which deployment; null for all.</param>
    /// <param name="before">The id of the last one that was seen; null to begin.</param>
    /// <param name="since">Before which there is none.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<Operation>> ListAsync(
        string account, string? deployment, string? before, DateTimeOffset since, CancellationToken ct)
    {
        var (found, to, span) = (new List<Operation>(), before ?? $"{Ids.Operation}_~", TimeSpan.FromHours(6));
        var newest = before is null ? records.Now : Ids.TimeOf(before);
        for (var from = newest - span; found.Count < ListMax; from -= span *= 3)
        {
            var low = Ids.Lowest(Ids.Operation, from < since ? DateTimeOffset.UnixEpoch : from);
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey ge {low} and RowKey lt {to}");
            filter = deployment is null ? filter : $"{filter} and {TableClient.CreateQueryFilter($"deployment eq {deployment}")}";
            var rows = await tables.Operations.QueryAsync<TableEntity>(filter, cancellationToken: ct).Select(Read).ToListAsync(ct);
            found.AddRange(rows.AsEnumerable().Reverse());
            to = low;
            if (from < since)
            {
                break;
            }
        }

        return [.. found.Take(ListMax)];
    }

    /// <summary>What was typed for the operations of a deployment, and what they answered, is not kept any more.</summary>
    public async Task ForgetWordsAsync(string account, string deployment, CancellationToken ct)
    {
        var rows = tables.Operations.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {account} and deployment eq {deployment}"), PageMax, cancellationToken: ct);
        await foreach (var row in rows)
        {
            await tables.Operations.TryReplaceAsync(Forgotten(Read(row)), row.ETag, ct);
        }

        await records.EraseWordsAsync(deployment, ct);
        await ForgetDetailsAsync(StepRows.Of(deployment), ct);
    }

    /// <summary>The same of one that has ended.</summary>
    public async Task ForgetWordsAsync(Operation ended, CancellationToken ct)
    {
        if (await tables.Operations.FindAsync(ended.Account, ended.Id, ct) is { } row)
        {
            await tables.Operations.TryReplaceAsync(Forgotten(Read(row)), row.ETag, ct);
        }

        await ForgetDetailsAsync(StepRows.Of(ended.Deployment, ended.Id), ct);
    }

    private async Task ForgetDetailsAsync(string steps, CancellationToken ct)
    {
        await foreach (var row in tables.Records.QueryAsync<TableEntity>(steps, PageMax, cancellationToken: ct))
        {
            row["detail"] = null;
            await tables.Records.TryReplaceAsync(row, row.ETag, ct);
        }
    }

    private static TableEntity Forgotten(Operation operation) => Write(operation with
    {
        Request = null,
        Result = null,
        Failure = operation.Failure is { } failure ? failure with { Message = "", Undone = [] } : null,
        IsForgotten = true,
    });

    public async Task<IReadOnlyList<OperationStep>> StepsAsync(string operation, CancellationToken ct)
    {
        var deployment = await DeploymentAsync(operation, ct);
        return await tables.Records
            .QueryAsync<TableEntity>(StepRows.Of(deployment, operation), PageMax, cancellationToken: ct)
            .Select(StepRows.Read)
            .ToListAsync(ct);
    }

    /// <summary>Marks the step started; a further attempt keeps the time of the first, which is returned.</summary>
    /// <param name="look">True when a step that was found unfinished is only looked at again: that is no further attempt.</param>
    public async Task<DateTimeOffset> StartStepAsync(
        string operation, Step step, string? reason, DateTimeOffset at, bool look, CancellationToken ct)
    {
        var startedAt = at;
        await ChangeStepAsync(
            operation, step,
            before =>
            {
                startedAt = before?.StartedAt ?? at;
                return look && IsOpen(before)
                    ? null
                    : new(step.Name, step.Title, StepStatus.Started, (before?.Attempt ?? 0) + 1, startedAt, null, reason, null);
            },
            ct);
        return startedAt;
    }

    /// <summary>What was said of the step already is not said again.</summary>
    public Task EndStepAsync(
        string operation, Step step, StepStatus status, long durationMs, string? detail, string? code, CancellationToken ct) =>
        ChangeStepAsync(
            operation, step,
            before => status is StepStatus.Started && IsOpen(before) && before?.Detail == detail
                ? null
                : (before ?? throw new InvalidOperationException($"{step.Name} of {operation} ends without having started.")) with
                {
                    Status = status,
                    DurationMs = durationMs,
                    Detail = detail,
                    Code = code,
                },
            ct);

    /// <summary>It was looked at and is not finished.</summary>
    internal static bool IsOpen(OperationStep? step) => step is { Status: StepStatus.Started, DurationMs: not null };

    private async Task ChangeStepAsync(
        string operation, Step step, Func<OperationStep?, OperationStep?> change, CancellationToken ct)
    {
        var deployment = await DeploymentAsync(operation, ct);
        await records.AppendAsync(
            deployment,
            async () =>
            {
                var row = await tables.Records.FindAsync(deployment, StepRows.Key(operation, step), ct);
                return change(row is null ? null : StepRows.Read(row)) is { } changed
                    ? new(
                        [OperationEntries.Of(operation, changed)],
                        [new(TableTransactionActionType.UpsertReplace, StepRows.Write(deployment, operation, step, changed))])
                    : null;
            },
            ct);
    }

    /// <summary>True when it was this save that turned the row from unfinished to finished: that happens once, however often the step
    /// runs.</summary>
    private async Task<bool> EndsAsync(Operation operation, CancellationToken ct)
    {
        for (var race = 0; ; race++)
        {
            var row = await tables.Operations.FindAsync(operation.Account, operation.Id, ct);
            if (row is null || Read(row) is { IsFinished: true })
            {
                // The one that was faster may be ourselves, when the answer was lost and the request repeated.
                return race > 0 && row is not null && Read(row).FinishedAt == operation.FinishedAt;
            }

            if (await tables.Operations.TryReplaceAsync(Write(operation), row.ETag, ct))
            {
                return true;
            }
        }
    }

    /// <summary>Whoever acts for an operation says for which deployment: its steps are found then though its own rows are lost.</summary>
    public void Remember(OperationTarget target)
    {
        if (deployments.Count >= KnownMax)
        {
            deployments.Clear();
        }

        deployments[target.Operation] = target.Deployment;
    }

    private async Task<string> DeploymentAsync(string operation, CancellationToken ct)
    {
        if (deployments.TryGetValue(operation, out var known))
        {
            return known;
        }

        var owner = await tables.Operations.FindAsync(operation, OwnerRow, ct)
            ?? throw new PermanentException("operation-gone", $"The operation {operation} does not exist any more.");
        var deployment = owner.GetString("deployment");
        Remember(new(operation, owner.GetString("account"), deployment));
        return deployment;
    }

    private static TableEntity Write(Operation operation) => new(operation.Account, operation.Id)
    {
        ["deployment"] = operation.Deployment,
        ["kind"] = operation.Kind.ToString(),
        ["status"] = operation.Status.ToString(),
        ["by"] = operation.By,
        ["createdAt"] = operation.CreatedAt,
        ["deadline"] = operation.Deadline,
        ["request"] = operation.Request,
        ["finishedAt"] = operation.FinishedAt,
        ["failure"] = operation.Failure is null ? null : JsonSerializer.Serialize(operation.Failure, JsonSerializerOptions.Web),
        ["result"] = operation.Result,
        ["reruns"] = operation.Reruns,
        ["forgotten"] = operation.IsForgotten,
    };

    private static Operation Read(TableEntity row) => new(
        row.RowKey,
        row.PartitionKey,
        row.GetString("deployment"),
        Enum.Parse<OperationKind>(row.GetString("kind")),
        Enum.Parse<OperationStatus>(row.GetString("status")),
        row.GetString("by"),
        row.GetDateTimeOffset("createdAt")!.Value,
        row.GetDateTimeOffset("deadline")!.Value,
        row.GetString("request"),
        row.GetDateTimeOffset("finishedAt"),
        row.GetString("failure") is { } failure
            ? JsonSerializer.Deserialize<OperationFailure>(failure, JsonSerializerOptions.Web)
            : null,
        row.GetString("result"),
        row.GetInt32("reruns") ?? 0, row.GetBoolean("forgotten") == true);
}
