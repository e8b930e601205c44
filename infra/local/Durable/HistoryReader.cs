using Launchpad.Durable.Execution;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable;

/// <summary>Reads the directory of an engine, whether one runs there or not, and changes nothing in it.</summary>
public sealed class HistoryReader : IDisposable
{
    private const int Page = 1000;

    private static readonly OrchestrationRuntimeStatus[] NotEnded = [Pending, Running, Suspended];

    private readonly Reader reader;
    private readonly OrchestratorServices services;

    public HistoryReader(string directory)
    {
        var database = Path.Combine(directory, "durable.db");
        Exists = File.Exists(database);
        var options = new DurableOptions { Directory = directory };
        reader = new(database);
        services = new(
            options,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
            new(Path.Combine(directory, "payloads"), options.InlinePayloadBytes, options.MaxPayloadBytes));
    }

    /// <summary>Whether an engine ever ran in the directory; without one there are no instances.</summary>
    public bool Exists { get; }

    /// <summary>The instances that match, in the order in which they were created.</summary>
    public IEnumerable<OrchestrationMetadata> Instances(OrchestrationQuery query) => Rows(query).Select(Metadata);

    public OrchestrationMetadata? Find(string instanceId) => Row(instanceId) is { } row ? Metadata(row) : null;

    /// <summary>The story of an instance, oldest first: its current generation. Empty for an unknown id.</summary>
    public IReadOnlyList<HistoryRow> History(string instanceId) => Row(instanceId) is { } row
        ? HistoryRow.Of(reader.History(row.Key).SelectMany(turn => turn), row.Created)
        : [];

    /// <summary>An instance's history with everything it needs to be replayed; null for an unknown id.</summary>
    public RecordedHistory? Record(string instanceId)
    {
        // An engine may be at work: a history that was read across the border of two generations is read again.
        for (var row = Row(instanceId); row is not null;)
        {
            var turns = reader.History(row.Key).ConvertAll(turn => turn.ConvertAll(e => Whole(row.Key, e)));
            var now = Row(instanceId);
            if (now?.Key == row.Key && now.Generation == row.Generation)
            {
                return new(now with { Input = new(services.Text(now.Key, now.Input), null) }, turns);
            }

            row = now;
        }

        return null;
    }

    /// <summary>The histories of all instances that have not ended.</summary>
    public IEnumerable<RecordedHistory> Live() => Rows(new(Statuses: NotEnded))
        .Select(row => Record(row.Id))
        .OfType<RecordedHistory>()
        .Where(history => NotEnded.Contains(history.Status));

    public void Dispose() => reader.Dispose();

    private IEnumerable<InstanceRow> Rows(OrchestrationQuery query)
    {
        var rows = Exists ? reader.Query(query, 0, Page) : [];
        while (rows.Count > 0)
        {
            foreach (var row in rows)
            {
                yield return row;
            }

            rows = rows.Count < Page ? [] : reader.Query(query, rows[^1].Key, Page);
        }
    }

    private InstanceRow? Row(string instanceId) => Exists ? reader.Find(instanceId) : null;

    private HistoryEvent Whole(long instance, HistoryEvent e) =>
        e.File is null ? e : e with { Data = services.Payloads.Text(instance, e), File = null, Size = null };

    private OrchestrationMetadata Metadata(InstanceRow row) => new(row.Name, row.Id)
    {
        RuntimeStatus = row.Status,
        CreatedAt = row.Created,
        LastUpdatedAt = row.Updated,
        Tags = row.Tags?.AsReadOnly() ?? new Dictionary<string, string>().AsReadOnly(),
        DataConverter = services.Options.Converter,
        SerializedInput = services.Text(row.Key, row.Input),
        SerializedOutput = services.Text(row.Key, row.Output),
        SerializedCustomStatus = services.Text(row.Key, row.CustomStatus),
        FailureDetails = row.Failure?.ToDetails(),
    };
}
