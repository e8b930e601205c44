using System.Text.Json;
using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>What an event says, as far as it is needed to ask for the rest: which object it is about, and whose that is. Nothing else of it is
/// read. An event is written in the version of the endpoint or of the account, which may be older or newer than this client: a field
/// that is elsewhere there, or of another type, must not keep an event from being taken.</summary>
internal sealed record StripeEnvelope(string Id, string Type, DateTimeOffset Created, bool IsLive, ToldObject About)
{
    /// <exception cref="JsonException">When it is no event.</exception>
    public static StripeEnvelope Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return root.ValueKind is JsonValueKind.Object && ToldObject.Text(root, "object") == "event"
            && ToldObject.Text(root, "id") is { } id && ToldObject.Text(root, "type") is { } type
            && root.TryGetProperty("created", out var created) && created.TryGetInt64(out var seconds)
            && root.TryGetProperty("livemode", out var live) && live.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? new(id, type, DateTimeOffset.FromUnixTimeSeconds(seconds), live.GetBoolean(), ToldObject.In(root))
                : throw new JsonException("It is no event.");
    }
}

/// <summary>The object of an event, as the event told it. All of it may be absent.</summary>
/// <param name="Kind">As in "checkout.session".</param>
/// <param name="Subscription">Of a session or an invoice, wherever its version names it.</param>
/// <param name="Metadata">Its own; of an invoice those of its subscription.</param>
internal sealed record ToldObject(
    string? Kind, string? Id, string? Customer, string? Subscription, string? Charge, Dictionary<string, string> Metadata) : IHasMetadata
{
    Dictionary<string, string> IHasMetadata.Metadata
    {
        get => Metadata;
        set => throw new NotSupportedException("What was told stays as it was.");
    }

    internal static ToldObject In(JsonElement root)
    {
        var told = Member(Member(root, "data"), "object");
        var kind = Text(told, "object");
        // Since 2025 an invoice names its parent, and that the subscription; before, it named the subscription itself.
        var details = Member(Member(told, "parent"), "subscription_details");
        details = details.ValueKind is JsonValueKind.Object ? details : Member(told, "subscription_details");
        var metadata = Member(kind == "invoice" ? details : told, "metadata");
        return new(
            kind, Text(told, "id"), Named(told, "customer"), Named(told, "subscription") ?? Named(details, "subscription"), Named(told, "charge"),
            metadata.ValueKind is not JsonValueKind.Object ? [] : metadata.EnumerateObject()
                .Where(one => one.Value.ValueKind is JsonValueKind.String).DistinctBy(one => one.Name)
                .ToDictionary(one => one.Name, one => one.Value.GetString()!));
    }

    internal static string? Text(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The id of another object, which may be there as a whole.</summary>
    private static string? Named(JsonElement of, string name) => Text(of, name) ?? Text(Member(of, name), "id");

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : default;
}
