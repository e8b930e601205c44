using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Cards that are kept to be charged later: one intent for each page on which nothing is due today, and each try with a card.</summary>
internal static class SetupIntents
{
    private const string Kind = "setup_intent";
    private const string AttemptKind = "setup_attempt";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("GET", "/v1/setup_intents", [.. StripeRoute.Paging, "created.gte", "customer"], List),
        new("GET", "/v1/setup_intents/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("GET", "/v1/setup_attempts", [.. StripeRoute.Paging, "created.gte", "setup_intent"], ListAttempts),
    ];

    /// <summary>The card is kept.</summary>
    public static void Succeed(Draft draft, JsonObject session, JsonObject method)
    {
        var intent = Attempt(draft, session, method, null);
        intent["payment_method"] = method.Id();
        intent["last_setup_error"] = null;
        intent["status"] = "succeeded";
        draft.Emit("setup_intent.succeeded", draft.Put(intent));
    }

    /// <summary>The bank refused it.</summary>
    public static void Fail(Draft draft, JsonObject session, Card card, Refusal refusal)
    {
        var method = Customers.AddCard(draft, null, card, null);
        var error = new JsonObject
        {
            ["code"] = refusal.Code,
            ["decline_code"] = refusal.DeclineCode,
            ["message"] = refusal.Message,
            ["payment_method"] = Shown.Plain(method),
            ["type"] = "card_error",
        };
        var intent = Attempt(draft, session, method, error);
        intent["last_setup_error"] = error.DeepClone();
        draft.Emit("setup_intent.setup_failed", draft.Put(intent));
    }

    /// <returns>Its intent.</returns>
    private static JsonObject Attempt(Draft draft, JsonObject session, JsonObject method, JsonObject? error)
    {
        var intent = draft.Find(session.Text("_setup"), Kind) ?? New(draft, session.Text("customer"));
        intent["customer"] = session["customer"]?.DeepClone();
        intent["latest_attempt"] = draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("setatt_1"),
            ["object"] = AttemptKind,
            ["application"] = null,
            ["created"] = draft.Seconds,
            ["customer"] = session["customer"]?.DeepClone(),
            ["livemode"] = false,
            ["on_behalf_of"] = null,
            ["payment_method"] = method.Id(),
            ["payment_method_details"] = new JsonObject { ["card"] = method["card"]!.DeepClone(), ["type"] = "card" },
            ["setup_error"] = error,
            ["setup_intent"] = intent.Id(),
            ["status"] = error is null ? "succeeded" : "failed",
            ["usage"] = "off_session",
        }).Id();
        session["_setup"] = intent.Id();
        draft.Put(session);
        return intent;
    }

    private static JsonObject New(Draft draft, string? customer)
    {
        var id = Draft.NewId("seti_1");
        return new JsonObject
        {
            ["id"] = id,
            ["object"] = Kind,
            ["application"] = null,
            ["cancellation_reason"] = null,
            ["client_secret"] = $"{id}_secret_{Draft.NewId("", 24)}",
            ["created"] = draft.Seconds,
            ["customer"] = customer,
            ["description"] = null,
            ["last_setup_error"] = null,
            ["latest_attempt"] = null,
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
            ["next_action"] = null,
            ["payment_method"] = null,
            ["payment_method_types"] = new JsonArray("card"),
            ["status"] = "requires_payment_method",
            ["usage"] = "off_session",
        };
    }

    private static JsonObject List(StripeCall call)
    {
        var customer = call.Form.Text("customer");
        var since = call.Form.Group("created").Number("gte") ?? 0;
        return call.Page(Kind, intent => (customer is null || intent.Text("customer") == customer) && intent.Number("created") >= since);
    }

    private static JsonObject ListAttempts(StripeCall call)
    {
        var intent = call.Form.Required("setup_intent");
        var since = call.Form.Group("created").Number("gte") ?? 0;
        call.Draft.Referenced(intent, Kind, "setup_intent");
        return call.Page(AttemptKind, attempt => attempt.Text("setup_intent") == intent && attempt.Number("created") >= since);
    }
}
