using System.Collections.Immutable;
using Azure;
using Launchpad.Shared.Plans;

namespace Launchpad.Shared.Vms;

public enum VmStatus
{
    Creating,
    Ready,

    /// <summary>Takes no more bots: it is being deleted.</summary>
    Retiring,
}

/// <summary>What an operator wants of a machine.</summary>
public enum VmWish
{
    /// <summary>That it has bots.</summary>
    Use,

    /// <summary>That it gets no more of them.</summary>
    Cordon,

    /// <summary>That those it has move to others, and that it is deleted then.</summary>
    Drain,
}

/// <summary>A tenant's machine and what is promised on it. It belongs to nobody's operation: whoever needs one writes that into its row, and
/// one saga under the machine's own id makes it so.</summary>
/// <param name="CapacityMb">Memory that may be promised, mebibytes.</param>
/// <param name="Reservations">Mebibytes by deployment.</param>
/// <param name="HostKey">SHA-256 fingerprint of the only host key that is accepted; null until the keys exist.</param>
/// <param name="OrderedAt">When the cloud took the order; null before.</param>
/// <param name="Progress">What there is to say of a machine that is being made or given up; null for nothing.</param>
public sealed record Vm(
    Tier Pool, string Id, VmStatus Status, string Size, int CapacityMb, ImmutableSortedDictionary<string, int> Reservations,
    DateTimeOffset CreatedAt, string? Address = null, string? HostKey = null, DateTimeOffset? OrderedAt = null, VmNews? Progress = null, ETag ETag = default)
{
    /// <summary>Whose bots they are that have a promise here: the account by deployment. Without it nobody could read their rows.</summary>
    public ImmutableSortedDictionary<string, string> Owners { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public VmWish Wish { get; init; }

    /// <summary>Bots that are elsewhere by now. What is left of them here, their data too, is removed, and holds its room until it is.</summary>
    public ImmutableSortedSet<string> Left { get; init; } = [];

    public int FreeMb => CapacityMb - Reservations.Values.Sum();

    public Vm With(string deployment, int memoryMb) => this with { Reservations = Reservations.SetItem(deployment, memoryMb) };

    public Vm With(string account, string deployment, int memoryMb) =>
        With(deployment, memoryMb) with { Owners = Owners.SetItem(deployment, account) };

    public Vm Without(string deployment) =>
        this with { Reservations = Reservations.Remove(deployment), Owners = Owners.Remove(deployment), Left = Left.Remove(deployment) };

    /// <summary>Nothing of the bot is wanted here any more. On a machine that is still being made there is nothing of it.</summary>
    public Vm LeftBy(string deployment) =>
        !Reservations.ContainsKey(deployment) ? this
        : Status is VmStatus.Ready ? this with { Left = Left.Add(deployment) }
        : Without(deployment);
}

/// <summary>How far a machine is, for people; with a code where it cannot go on as it is.</summary>
public sealed record VmNews(string Said, string? Trouble = null)
{
    /// <summary>The cloud has none to give.</summary>
    public const string NoCapacity = "no-capacity";

    public const string NeverReady = "vm-never-ready";

    public const string Failed = "vm-failed";
}
