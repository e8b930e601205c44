using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>A state in the making: what one request or one tick of the clock reads and changes. Thrown away when it fails.</summary>
internal sealed class Draft(StripeState state, DateTimeOffset now, string? requestId = null, string? idempotencyKey = null)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public StripeState State { get; private set; } = state;

    public DateTimeOffset Now { get; } = now;

    public long Seconds => Now.ToUnixTimeSeconds();

    /// <summary>Where people reach the pages of what is made here.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>How late, and how often, each webhook is first sent: at once and once, unless disorder is asked for.</summary>
    public Func<IReadOnlyList<TimeSpan>> FirstAttempts { get; init; } = () => [TimeSpan.Zero];

    public static string NewId(string prefix, int length = 24) => prefix + RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>A copy that may be changed and put back; null when there is none of that kind.</summary>
    public JsonObject? Find(string? id, string kind) =>
        id is not null && State.Objects.TryGetValue(id, out var found) && found.Kind == kind ? JsonObject.Create(found.Json)! : null;

    /// <summary>What the address of a request names.</summary>
    public JsonObject Get(string id, string kind) => Find(id, kind) ?? throw StripeFailure.Missing(kind, id);

    /// <summary>What a parameter of a request names.</summary>
    public JsonObject Referenced(string id, string kind, string param) =>
        Find(id, kind) ?? throw StripeFailure.Dangling(kind, id, param);

    public IEnumerable<JsonObject> All(string kind) => State.Objects.Values
        .Where(item => item.Kind == kind)
        .OrderByDescending(item => item.Sequence)
        .Select(item => JsonObject.Create(item.Json)!);

    public JsonObject Put(JsonObject item)
    {
        var id = item.Id();
        var sequence = State.Objects.TryGetValue(id, out var known) ? known.Sequence : State.Sequence + 1;
        State = State with
        {
            Sequence = Math.Max(State.Sequence, sequence),
            Objects = State.Objects.SetItem(id, new StripeObject(sequence, JsonSerializer.SerializeToElement(item))),
        };
        return item;
    }

    public void Remove(string id) => State = State with { Objects = State.Objects.Remove(id) };

    /// <summary>Records what happened to an object, and that every endpoint which listens for it has to be told.</summary>
    public void Emit(string type, JsonObject item, JsonObject? previous = null)
    {
        var endpoints = All("webhook_endpoint").Where(endpoint => Listens(endpoint, type)).ToList();
        var data = new JsonObject { ["object"] = Shown.Plain(item) };
        if (previous is { Count: > 0 })
        {
            data["previous_attributes"] = previous.DeepClone();
        }

        var entry = Put(new JsonObject
        {
            ["id"] = NewId("evt_1"),
            ["object"] = "event",
            ["api_version"] = ApiVersions.Account,
            ["created"] = Seconds,
            ["data"] = data,
            ["livemode"] = false,
            ["pending_webhooks"] = endpoints.Count,
            ["request"] = new JsonObject { ["id"] = requestId, ["idempotency_key"] = idempotencyKey },
            ["type"] = type,
        });
        foreach (var endpoint in endpoints)
        {
            State = State with
            {
                Deliveries = State.Deliveries.AddRange(FirstAttempts().Select(delay =>
                    new Delivery(NewId("dlv_"), entry.Id(), endpoint.Id(), 0, Now + delay))),
            };
        }
    }

    public void Reschedule(Delivery delivery, DateTimeOffset dueAt) => State = State with
    {
        Deliveries = Without(delivery.Id).Add(delivery with { Attempts = delivery.Attempts + 1, DueAt = dueAt }),
    };

    public void SendAllNow() => State = State.Deliveries.IsEmpty ? State : State with
    {
        Deliveries = [.. State.Deliveries.Select(delivery => delivery with { DueAt = Now })],
    };

    /// <summary>The endpoint accepted the event, or will never be asked again.</summary>
    public void Settle(Delivery delivery, bool accepted)
    {
        State = State with { Deliveries = Without(delivery.Id) };
        if (accepted && Find(delivery.Event, "event") is { } entry)
        {
            entry["pending_webhooks"] = Math.Max(0, entry.Number("pending_webhooks") - 1);
            Put(entry);
        }
    }

    public void Save(string key, SavedAnswer answer) => State = State with { Answers = State.Answers.SetItem(key, answer) };

    /// <summary>Events are kept 30 days and idempotency keys one, as Stripe keeps them.</summary>
    public void Forget()
    {
        var events = (Now - TimeSpan.FromDays(30)).ToUnixTimeSeconds();
        var keys = Now - TimeSpan.FromDays(1);
        State = State with
        {
            Objects = State.Objects.RemoveRange(State.Objects
                .Where(item => item.Value.Kind == "event" && item.Value.Json.GetProperty("created").GetInt64() < events)
                .Select(item => item.Key)),
            Answers = State.Answers.RemoveRange(State.Answers.Where(answer => answer.Value.At < keys).Select(answer => answer.Key)),
        };
    }

    private static bool Listens(JsonObject endpoint, string type) => endpoint.Text("status") == "enabled"
        && endpoint["enabled_events"]!.AsArray().Any(wanted => (string?)wanted is "*" || (string?)wanted == type);

    private ImmutableList<Delivery> Without(string id) => State.Deliveries.RemoveAll(delivery => delivery.Id == id);
}
