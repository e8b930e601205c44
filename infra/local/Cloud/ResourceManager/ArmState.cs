using System.Collections.Immutable;
using System.Text.Json;

namespace Launchpad.Local.ResourceManager;

/// <summary>What a machine shall be. The reconciler makes it so.</summary>
public enum Goal
{
    Running,
    Stopped,
    Deallocated,
    Deleted,
}

/// <summary>How far it is on the way there, in ARM's words.</summary>
public enum Provisioning
{
    Creating,
    Updating,
    Succeeded,
    Failed,
    Deleting,
}

/// <summary>What a poll of an operation is told.</summary>
public enum OperationStatus
{
    InProgress,
    Succeeded,
    Failed,
}

/// <summary>Why something went wrong, in ARM's words.</summary>
public sealed record Failure(string Code, string Message);

/// <summary>A virtual machine as it was asked for, and how far it is.</summary>
public sealed record VirtualMachine
{
    public required string Name { get; init; }
    public required string VmId { get; init; }
    public required string Location { get; init; }
    public required string Size { get; init; }

    /// <summary>Its address is the one of this number.</summary>
    public required int Number { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required ImmutableSortedDictionary<string, string> Tags { get; init; }

    /// <summary>The properties of the request, without custom data and passwords.</summary>
    public required JsonElement Properties { get; init; }
    public required string AdminName { get; init; }
    public required ImmutableList<string> AdminKeys { get; init; }

    /// <summary>Base64; kept only until the machine has read it, because it carries a private key.</summary>
    public string? CustomData { get; init; }

    /// <summary>What remains of it, to tell a repeated request from a different one.</summary>
    public required string CustomDataHash { get; init; }
    /// <summary>It has run, so its disk holds data that a new container would not.</summary>
    public bool HasBooted { get; init; }
    public Goal Goal { get; init; }
    public Provisioning Provisioning { get; init; }
    public Failure? Failure { get; init; }

    /// <summary>Wanted by an operation that has not ended.</summary>
    public bool RestartPending { get; init; }

    /// <summary>Counts the wishes: a reconciler that finishes an older one must not answer for a newer.</summary>
    public int Generation { get; init; }
}

/// <summary>A long-running operation that a client may be polling.</summary>
public sealed record LongOperation(
    string Id, string Machine, OperationStatus Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt = null, Failure? Failure = null);

/// <summary>An A record set of the zone.</summary>
public sealed record RecordSet(
    string Name, string ETag, long Ttl, ImmutableList<string> Addresses, ImmutableSortedDictionary<string, string> Metadata);

/// <summary>Everything that Resource Manager knows. Keys are lower case, as its names know no case.</summary>
public sealed record ArmState
{
    private const int OperationsMax = 500;

    public ImmutableSortedDictionary<string, VirtualMachine> Machines { get; init; } =
        ImmutableSortedDictionary<string, VirtualMachine>.Empty;

    public ImmutableSortedDictionary<string, RecordSet> Records { get; init; } = ImmutableSortedDictionary<string, RecordSet>.Empty;

    public ImmutableList<LongOperation> Operations { get; init; } = [];

    /// <summary>Of all machines together.</summary>
    public int CoresMax { get; init; } = 1_000;

    public static string Key(string name) => name.ToLowerInvariant();

    public VirtualMachine? Machine(string name) => Machines.GetValueOrDefault(Key(name));

    public bool IsBusy(string name) =>
        Operations.Exists(one => one.Machine == Key(name) && one.Status is OperationStatus.InProgress);

    /// <summary>A new wish for a machine, and the operation by which a client follows it. What an older wish began is over.</summary>
    public ArmState Wish(VirtualMachine machine, string operation, DateTimeOffset now)
    {
        var preempted = new Failure("OperationPreempted", "The operation was preempted by a more recent operation.");
        var wished = End(Key(machine.Name), now, preempted);
        return wished.Follow(machine with { Generation = machine.Generation + 1, Failure = null }, operation, now);
    }

    /// <summary>One more operation for the wish there is: a client that repeats its call shall not set back what is under way.</summary>
    public ArmState Follow(VirtualMachine machine, string operation, DateTimeOffset now) => this with
    {
        Machines = Machines.SetItem(Key(machine.Name), machine),
        Operations = Operations.RemoveRange(0, Math.Max(0, Operations.Count - OperationsMax + 1))
            .Add(new LongOperation(operation, Key(machine.Name), OperationStatus.InProgress, now)),
    };

    /// <summary>The machine is what it was wished to be, unless the wish has changed meanwhile.</summary>
    public ArmState Fulfil(VirtualMachine machine, DateTimeOffset now)
    {
        var key = Key(machine.Name);
        if (Machines.GetValueOrDefault(key)?.Generation != machine.Generation)
        {
            return this;
        }

        var fulfilled = machine with
        {
            Provisioning = Provisioning.Succeeded,
            HasBooted = machine.HasBooted || machine.Goal is Goal.Running,
            CustomData = machine.Goal is Goal.Running ? null : machine.CustomData,
            RestartPending = false,
            Failure = null,
        };
        return End(key, now, failure: null) with
        {
            Machines = machine.Goal is Goal.Deleted ? Machines.Remove(key) : Machines.SetItem(key, fulfilled),
        };
    }

    /// <summary>It could not be made so. Custom data stays: the next PUT or start tries again.</summary>
    public ArmState Fail(VirtualMachine machine, Failure failure, DateTimeOffset now)
    {
        var key = Key(machine.Name);
        var failed = machine with { Provisioning = Provisioning.Failed, RestartPending = false, Failure = failure };
        return Machines.GetValueOrDefault(key)?.Generation == machine.Generation
            ? End(key, now, failure) with { Machines = Machines.SetItem(key, failed) }
            : this;
    }

    private ArmState End(string key, DateTimeOffset now, Failure? failure)
    {
        var status = failure is null ? OperationStatus.Succeeded : OperationStatus.Failed;
        LongOperation Ended(LongOperation one) => one.Machine == key && one.Status is OperationStatus.InProgress
            ? one with { Status = status, EndedAt = now, Failure = failure }
            : one;
        return IsBusy(key) ? this with { Operations = Operations.ConvertAll(Ended) } : this;
    }
}
