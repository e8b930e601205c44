using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Operations;

/// <summary>Operations by account, and their steps by operation.</summary>
public sealed class OperationStore(Tables tables)
{
    private const int PageMax = 100;

    /// <summary>Adding the same operation again changes nothing.</summary>
    public Task AddAsync(Operation operation, CancellationToken ct) => tables.Operations.TryAddAsync(Write(operation), ct);

    /// <summary>For one that never got its deployment.</summary>
    public Task RemoveAsync(Operation operation, CancellationToken ct) => tables.Operations.RemoveAsync(operation.Account, operation.Id, ct);

    public async Task<Operation?> FindAsync(string account, string id, CancellationToken ct) =>
        await tables.Operations.FindAsync(account, id, ct) is { } row ? Read(row) : null;

    public Task SaveAsync(Operation operation, CancellationToken ct) =>
        tables.Operations.UpsertEntityAsync(Write(operation), TableUpdateMode.Replace, ct);

    public async Task<IReadOnlyList<OperationStep>> StepsAsync(string operation, CancellationToken ct) =>
        await tables.Steps
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {operation}"), PageMax, cancellationToken: ct)
            .Select(ReadStep)
            .ToListAsync(ct);

    /// <summary>Marks the step started; a further attempt keeps the time of the first, which is returned.</summary>
    public async Task<DateTimeOffset> StartStepAsync(string operation, Step step, string? reason, DateTimeOffset at, CancellationToken ct)
    {
        var before = await tables.Steps.FindAsync(operation, RowKey(step), ct);
        var attempt = (before?.GetInt32("attempt") ?? 0) + 1;
        var startedAt = before?.GetDateTimeOffset("startedAt") ?? at;
        var row = new TableEntity(operation, RowKey(step))
        {
            ["name"] = step.Name,
            ["title"] = step.Title,
            ["status"] = StepStatus.Started.ToString(),
            ["attempt"] = attempt,
            ["startedAt"] = startedAt,
            ["detail"] = reason,
        };
        await tables.Steps.UpsertEntityAsync(row, TableUpdateMode.Replace, ct);
        return startedAt;
    }

    public Task EndStepAsync(
        string operation, Step step, StepStatus status, long durationMs, string? detail, string? code, CancellationToken ct) =>
        tables.Steps.UpdateEntityAsync(
            new TableEntity(operation, RowKey(step))
            {
                ["status"] = status.ToString(),
                ["durationMs"] = durationMs,
                ["detail"] = detail,
                ["code"] = code,
            },
            ETag.All, TableUpdateMode.Merge, ct);

    private static string RowKey(Step step) => $"{step.Order:D3}-{step.Name}";

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
        row.GetString("result"));

    private static OperationStep ReadStep(TableEntity row) => new(
        row.GetString("name"),
        row.GetString("title"),
        Enum.Parse<StepStatus>(row.GetString("status")),
        row.GetInt32("attempt")!.Value,
        row.GetDateTimeOffset("startedAt")!.Value,
        row.GetInt64("durationMs"),
        row.GetString("detail"),
        row.GetString("code"));
}
