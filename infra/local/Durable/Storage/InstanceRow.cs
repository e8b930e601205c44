using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Storage;

/// <summary>Who waits for a child: the parent, its task, and the generation that asked.</summary>
internal sealed record ParentLink(string Id, string Name, int Task, int Generation);

/// <summary>A text as it stands in a column: itself (SQL text), or the name of a file that has it (SQL blob).</summary>
internal readonly record struct Stored(string? Text, string? File);

/// <summary>An instance as it stands in the database. Its history says what happened; this row says who it is and how it is now.</summary>
internal sealed record InstanceRow(long Key, string Id, string Name, string Version)
{
    public OrchestrationRuntimeStatus Status { get; init; }

    public DateTime Created { get; init; }

    public DateTime Updated { get; init; }

    public DateTime? Starts { get; init; }

    public int Generation { get; init; }

    public ParentLink? Parent { get; init; }

    public IDictionary<string, string>? Tags { get; init; }

    public Stored Input { get; init; }

    public Stored Output { get; init; }

    public Stored CustomStatus { get; init; }

    public Failure? Failure { get; init; }

    public const string Columns =
        "key, id, name, version, status, created, updated, starts, generation, parent, parent_name, parent_task, parent_generation, "
        + "tags, input, output, custom_status, failure";

    public static InstanceRow Read(Statement row) => new(row.Int64(0), row.Text(1)!, row.Text(2)!, row.Text(3)!)
    {
        Status = (OrchestrationRuntimeStatus)row.Int64(4),
        Created = Time(row.Int64(5)),
        Updated = Time(row.Int64(6)),
        Starts = row.IsNull(7) ? null : Time(row.Int64(7)),
        Generation = (int)row.Int64(8),
        Parent = row.IsNull(9) ? null : new(row.Text(9)!, row.Text(10)!, (int)row.Int64(11), (int)row.Int64(12)),
        Tags = row.IsNull(13) ? null : JsonSerializer.Deserialize(row.Utf8(13), EventJson.Readable.IDictionaryStringString),
        Input = row.Stored(14),
        Output = row.Stored(15),
        CustomStatus = row.Stored(16),
        Failure = row.IsNull(17) ? null : JsonSerializer.Deserialize(row.Utf8(17), EventJson.Readable.Failure),
    };

    private static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);
}
