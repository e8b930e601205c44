using DurableTask.Core;

namespace Launchpad.Durable.Storage;

/// <summary>An instance as it stands in the database. Its history says what happened; this row says who it is and how it is now.</summary>
internal sealed record InstanceRow(long Key, OrchestrationState State)
{
    public const string Head = "key, id, execution, name, version, status, created, updated, completed, detail, custom_status";

    public const string Whole = Head + ", output, input";

    private const int OutputColumn = 11;
    private const int InputColumn = 12;

    public string Id => State.OrchestrationInstance.InstanceId;

    public bool HasEnded => Statuses.HasEnded(State.OrchestrationStatus);

    /// <summary>Everything that is not asked for by its own column.</summary>
    public static byte[] Detail(OrchestrationState state)
    {
        var packer = Packer.Begin();
        EventPacking.Write(packer, state.ParentInstance);
        packer.Map(state.Tags);
        EventPacking.Write(packer, state.FailureDetails);
        packer.Optional(state.ScheduledStartTime);
        packer.Optional(state.Generation);
        return packer.Seal();
    }

    public static InstanceRow Read(Statement row, bool whole)
    {
        var state = new OrchestrationState
        {
            OrchestrationInstance = new() { InstanceId = row.Text(1), ExecutionId = row.Text(2) },
            Name = row.Text(3),
            Version = row.Text(4),
            OrchestrationStatus = (OrchestrationStatus)row.Int64(5),
            CreatedTime = Time(row.Int64(6)),
            LastUpdatedTime = Time(row.Int64(7)),
            CompletedTime = Time(row.Int64(8)),
            Status = row.Text(10),
            Output = whole ? row.Text(OutputColumn) : null,
            Input = whole ? row.Text(InputColumn) : null,
        };
        try
        {
            var detail = new Unpacker(row.Bytes(9));
            state.ParentInstance = EventPacking.Parent(ref detail);
            state.Tags = detail.Map();
            state.FailureDetails = EventPacking.Failure(ref detail);
            state.ScheduledStartTime = detail.OptionalTime();
            state.Generation = (int?)detail.OptionalNumber();
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"The row of instance {row.Text(1)} is damaged: {damage.Message}. Restore a backup.", damage);
        }

        return new(row.Int64(0), state);
    }

    private static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);
}

internal static class Statuses
{
    public static readonly OrchestrationStatus[] Ended =
        [OrchestrationStatus.Completed, OrchestrationStatus.Failed, OrchestrationStatus.Terminated, OrchestrationStatus.Canceled];

    public static readonly OrchestrationStatus[] NotEnded =
        [OrchestrationStatus.Pending, OrchestrationStatus.Running, OrchestrationStatus.Suspended, OrchestrationStatus.ContinuedAsNew];

    public static bool HasEnded(OrchestrationStatus status) => Array.IndexOf(Ended, status) >= 0;
}
