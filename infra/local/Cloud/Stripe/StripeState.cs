using System.Collections.Immutable;
using System.Text.Json;

namespace Launchpad.Local.Stripe;

/// <summary>Everything the pocket Stripe knows. One payment changes many objects, their events and the webhooks still to be sent;
/// all of it is one new state, so a crash leaves either none of it or all of it.</summary>
public sealed record StripeState
{
    /// <summary>Increases with every object and event: lists are newest first.</summary>
    public long Sequence { get; init; }

    /// <summary>By id, whatever the kind: the "object" field says it. Fields that begin with an underscore are never shown.</summary>
    public ImmutableDictionary<string, StripeObject> Objects { get; init; } = ImmutableDictionary<string, StripeObject>.Empty;

    public ImmutableList<Delivery> Deliveries { get; init; } = [];

    public ImmutableDictionary<string, SavedAnswer> Answers { get; init; } = ImmutableDictionary<string, SavedAnswer>.Empty;
}

/// <summary>An object in the form it is shown in, plus what is hidden. An element, because readers share it and a node is not safe
/// to share.</summary>
public sealed record StripeObject(long Sequence, JsonElement Json)
{
    public string Kind => Json.GetProperty("object").GetString()!;
}

/// <summary>One event that one endpoint has not yet accepted.</summary>
public sealed record Delivery(string Id, string Event, string Endpoint, int Attempts, DateTimeOffset DueAt);

/// <summary>What an idempotency key was answered with, and the request it belongs to.</summary>
public sealed record SavedAnswer(string Path, string Fingerprint, DateTimeOffset At, int Status, JsonElement Body);
