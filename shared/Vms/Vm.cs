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

/// <summary>A tenant's machine and what is promised on it.</summary>
/// <param name="CapacityMb">Memory that may be promised, mebibytes.</param>
/// <param name="Reservations">Mebibytes by deployment.</param>
/// <param name="CreatedBy">The operation that makes it; others wait for that one.</param>
/// <param name="HostKey">SHA-256 fingerprint of the only host key that is accepted; null until the keys exist.</param>
public sealed record Vm(
    Tier Pool, string Id, VmStatus Status, string Size, int CapacityMb, ImmutableSortedDictionary<string, int> Reservations,
    string CreatedBy, DateTimeOffset CreatedAt, string? Address = null, string? HostKey = null, ETag ETag = default)
{
    public int FreeMb => CapacityMb - Reservations.Values.Sum();

    public Vm With(string deployment, int memoryMb) => this with { Reservations = Reservations.SetItem(deployment, memoryMb) };

    public Vm Without(string deployment) => this with { Reservations = Reservations.Remove(deployment) };
}
