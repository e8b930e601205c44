using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Who is told what happened, and the record of what happened.</summary>
internal static class Webhooks
{
    public const string EndpointKind = "webhook_endpoint";

    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    private static readonly string[] Fields = ["description", "disabled", "enabled_events.*", "metadata.*", "url", "expand.*"];

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/webhook_endpoints", [.. Fields, "api_version"], Create),
        new("GET", "/v1/webhook_endpoints", StripeRoute.Paging, call => call.Page(EndpointKind, _ => true)),
        new("GET", "/v1/webhook_endpoints/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, EndpointKind))),
        new("POST", "/v1/webhook_endpoints/{id}", Fields, Update),
        new("DELETE", "/v1/webhook_endpoints/{id}", [], Delete),
        new("GET", "/v1/events", [.. StripeRoute.Paging, "type", "types.*"], List),
        new("GET", "/v1/events/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, "event"))),
    ];

    /// <summary>Without a secret of its own, an endpoint's events are signed with the merchant's.</summary>
    public static JsonObject Endpoint(Draft draft, string id, string url, string? secret, JsonArray events) => draft.Put(new JsonObject
    {
        ["id"] = id,
        ["object"] = EndpointKind,
        ["api_version"] = null,
        ["application"] = null,
        ["created"] = draft.Seconds,
        ["description"] = null,
        ["enabled_events"] = events,
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["status"] = "enabled",
        ["url"] = url,
        ["_secret"] = secret,
    });

    /// <summary>The body exactly as it is sent, which is what is signed.</summary>
    public static byte[] Body(JsonObject entry) => Encoding.UTF8.GetBytes(Shown.Plain(entry).ToJsonString(Pretty));

    public static string Signature(ReadOnlySpan<byte> body, string secret, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds();
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{timestamp}."), .. body];
        return $"t={timestamp},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    private static JsonObject Create(StripeCall call)
    {
        var events = call.Form.List("enabled_events");
        if (events.Count == 0)
        {
            throw StripeFailure.Required("enabled_events");
        }

        var secret = Draft.NewId("whsec_", 32);
        var endpoint = Endpoint(
            call.Draft, Draft.NewId("we_1"), call.Form.Url("url"), secret, Types(events));
        endpoint["description"] = call.Form.Text("description");
        endpoint["metadata"] = call.Form.Metadata();
        endpoint["api_version"] = call.Form.Text("api_version") is { } version ? ApiVersions.Checked(version, "api_version") : null;
        var shown = call.Show(call.Draft.Put(endpoint));

        // Told once, to whoever made the endpoint.
        shown["secret"] = secret;
        return shown;
    }

    private static JsonObject Update(StripeCall call)
    {
        var endpoint = call.Draft.Get(call.Id, EndpointKind);
        if (call.Form.Has("url"))
        {
            endpoint["url"] = call.Form.Url("url");
        }

        if (call.Form.List("enabled_events") is { Count: > 0 } events)
        {
            endpoint["enabled_events"] = Types(events);
        }

        if (call.Form.Flag("disabled") is { } disabled)
        {
            endpoint["status"] = disabled ? "disabled" : "enabled";
        }

        endpoint["description"] = call.Form.Text("description") ?? endpoint.Text("description");
        endpoint["metadata"] = call.Form.Metadata(endpoint["metadata"]);
        return call.Show(call.Draft.Put(endpoint));
    }

    private static JsonArray Types(IEnumerable<string> events) => new([.. events.Select(type => JsonValue.Create(type))]);

    private static JsonObject Delete(StripeCall call)
    {
        call.Draft.Get(call.Id, EndpointKind);
        call.Draft.Remove(call.Id);
        return new JsonObject { ["id"] = call.Id, ["object"] = EndpointKind, ["deleted"] = true };
    }

    private static JsonObject List(StripeCall call)
    {
        var types = call.Form.Text("type") is { } type ? [type] : call.Form.List("types");
        return call.Page("event", entry => types.Count == 0 || types.Any(wanted => Is(entry.Text("type")!, wanted)));
    }

    // "customer.subscription.*" asks for all of a kind.
    private static bool Is(string type, string wanted) => wanted.EndsWith(".*", StringComparison.Ordinal)
        ? type.StartsWith(wanted[..^1], StringComparison.Ordinal)
        : type == wanted;
}
