using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using CoreStatus = DurableTask.Core.OrchestrationStatus;

namespace Launchpad.Durable;

/// <summary>Reads the directory of a store, whether a process owns it or not, and changes nothing in it.</summary>
public sealed class HistoryReader : IDisposable
{
    private const int Page = 1000;

    private readonly Reader reader;

    public HistoryReader(string directory)
    {
        var database = Store.Database(directory);
        Exists = File.Exists(database);
        reader = new(database);
    }

    /// <summary>Whether there ever was a store in the directory; without one there are no instances.</summary>
    public bool Exists { get; }

    /// <summary>The instances that match, in the order in which they were created.</summary>
    public IEnumerable<OrchestrationMetadata> Instances(OrchestrationQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Rows(new()
        {
            Statuses = query.Statuses?.Select(status => (CoreStatus)status).ToList(),
            Prefix = query.InstanceIdPrefix,
            CreatedFrom = query.CreatedFrom?.UtcDateTime,
            CreatedTo = query.CreatedTo?.UtcDateTime,
            WithPayloads = query.FetchInputsAndOutputs,
        }).Select(Metadata);
    }

    public OrchestrationMetadata? Find(string instanceId) => Row(instanceId) is { } row ? Metadata(row) : null;

    /// <summary>The story of an instance, oldest first: its current execution. Empty for an unknown id.</summary>
    public IReadOnlyList<HistoryRow> History(string instanceId) =>
        Record(instanceId) is { } record ? HistoryRow.Of(record.Events) : [];

    /// <summary>An instance's history with everything it needs to be replayed; null for an unknown id.</summary>
    public RecordedHistory? Record(string instanceId)
    {
        // A process may be at work: a history that was read across the border of two executions is read again.
        for (var row = Row(instanceId); row is not null;)
        {
            var turns = reader.History(row.Key);
            var now = Row(instanceId);
            if (now?.Key == row.Key && now.State.OrchestrationInstance.ExecutionId == row.State.OrchestrationInstance.ExecutionId)
            {
                return new(now.Id, now.State.Name, now.State.Version ?? "", now.State.OrchestrationStatus)
                {
                    Events = [.. turns.SelectMany(turn => turn)],
                };
            }

            row = now;
        }

        return null;
    }

    /// <summary>The histories of all instances that have not ended.</summary>
    public IEnumerable<RecordedHistory> Live() => Rows(new() { Statuses = Statuses.NotEnded, WithoutEntities = true })
        .Select(row => Record(row.Id))
        .OfType<RecordedHistory>()
        .Where(history => !Statuses.HasEnded(history.Status));

    public void Dispose() => reader.Dispose();

    private IEnumerable<InstanceRow> Rows(InstanceFilter filter)
    {
        var rows = Exists ? reader.Query(filter, 0, Page) : [];
        while (rows.Count > 0)
        {
            foreach (var row in rows)
            {
                yield return row;
            }

            rows = rows.Count < Page ? [] : reader.Query(filter, rows[^1].Key, Page);
        }
    }

    private InstanceRow? Row(string instanceId) => Exists ? reader.Find(instanceId) : null;

    private static OrchestrationMetadata Metadata(InstanceRow row) => new(row.State.Name, row.Id)
    {
        RuntimeStatus = (OrchestrationRuntimeStatus)row.State.OrchestrationStatus,
        CreatedAt = row.State.CreatedTime,
        LastUpdatedAt = row.State.LastUpdatedTime,
        Tags = row.State.Tags?.AsReadOnly() ?? new Dictionary<string, string>().AsReadOnly(),
        DataConverter = JsonDataConverter.Default,
        SerializedInput = row.State.Input,
        SerializedOutput = row.State.Output,
        SerializedCustomStatus = row.State.Status,
        FailureDetails = HistoryRow.Details(row.State.FailureDetails),
    };
}
