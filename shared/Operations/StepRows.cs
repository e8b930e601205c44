using Azure.Data.Tables;

namespace Launchpad.Shared.Operations;

/// <summary>Steps as rows of the partition that holds their deployment's record. They sort by operation, then in the order that people
/// see.</summary>
internal static class StepRows
{
    public static string Key(string operation, Step step) => $"step-{operation}-{step.Order:D3}-{step.Name}";

    /// <summary>Every step of all operations, as a filter.</summary>
    public static string Of(string deployment) => TableClient.CreateQueryFilter(
        $"PartitionKey eq {deployment} and RowKey gt {"step-"} and RowKey lt {"step."}");

    /// <summary>Every step of one operation, as a filter.</summary>
    public static string Of(string deployment, string operation) => TableClient.CreateQueryFilter(
        $"PartitionKey eq {deployment} and RowKey gt {$"step-{operation}-"} and RowKey lt {$"step-{operation}."}");

    public static TableEntity Write(string deployment, string operation, Step step, OperationStep state) =>
        new(deployment, Key(operation, step))
        {
            ["name"] = state.Name,
            ["title"] = state.Title,
            ["status"] = state.Status.ToString(),
            ["attempt"] = state.Attempt,
            ["startedAt"] = state.StartedAt,
            ["durationMs"] = state.DurationMs,
            ["detail"] = state.Detail,
            ["code"] = state.Code,
        };

    public static OperationStep Read(TableEntity row) => new(
        row.GetString("name"),
        row.GetString("title"),
        Enum.Parse<StepStatus>(row.GetString("status")),
        row.GetInt32("attempt")!.Value,
        row.GetDateTimeOffset("startedAt")!.Value,
        row.GetInt64("durationMs"),
        row.GetString("detail"),
        row.GetString("code"));
}
