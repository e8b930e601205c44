using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Every attempt to charge a card, with what the bank said and how risky the provider found it.</summary>
internal static class Charges
{
    public const string Kind = "charge";
    private const string WarningKind = "radar.early_fraud_warning";
    private const string IntentKind = "payment_intent";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("GET", "/v1/charges", [.. StripeRoute.Paging, "created.gte", "customer", "payment_intent"], List),
        new("GET", "/v1/charges/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("GET", "/v1/radar/early_fraud_warnings", [.. StripeRoute.Paging, "charge", "created.gte", "payment_intent"], ListWarnings),
        new("GET", "/v1/radar/early_fraud_warnings/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, WarningKind))),
        new("GET", "/v1/payment_intents", [.. StripeRoute.Paging, "customer"], call =>
        {
            var customer = call.Form.Text("customer");
            return call.Page(IntentKind, intent => customer is null || intent.Text("customer") == customer);
        }),
        new("GET", "/v1/payment_intents/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, IntentKind))),
    ];

    /// <summary>Nobody is to pay it any more.</summary>
    public static void Cancel(Draft draft, JsonObject intent)
    {
        intent["status"] = "canceled";
        draft.Put(intent);
        draft.Emit("payment_intent.canceled", intent);
    }

    /// <summary>The card of an invoice's payment was charged.</summary>
    /// <param name="method">With which it is paid.</param>
    public static void Succeed(Draft draft, JsonObject invoice, string method, long amount)
    {
        var intent = InvoicePayments.IntentOf(draft, invoice)!;
        intent["amount_received"] = amount;
        intent["payment_method"] = method;
        intent["status"] = "succeeded";
        var paid = draft.Find(method, "payment_method");
        var charge = Put(draft, Attempt(draft, invoice.Text("customer"), amount, invoice.Text("currency"), paid?["card"]), intent, null, paid?.Text("_risk"));
        intent["latest_charge"] = charge.Id();
        draft.Put(intent);
        draft.Emit("payment_intent.succeeded", intent);
        draft.Emit("charge.succeeded", charge);
        Disputes.OpenIfContested(draft, intent);
        if (paid?.Text("_risk") == TestCards.Warned)
        {
            Warn(draft, charge);
        }
    }

    /// <summary>The bank, or the provider itself, refused.</summary>
    /// <param name="due">The page or the invoice that was to be paid: all tries to pay it are of one intent.</param>
    /// <param name="card">Its public part; null for one that was not kept.</param>
    public static void Fail(Draft draft, JsonObject due, long amount, JsonNode? card, Refusal refusal, string? risk)
    {
        var intent = InvoicePayments.IntentOf(draft, due) ?? draft.Find(due.Text("_intent"), IntentKind) ?? Await(draft, due, amount);
        due["_intent"] = intent.Id();
        draft.Put(due);
        var charge = Put(draft, Attempt(draft, due.Text("customer"), amount, due.Text("currency"), card), intent, refusal, risk);
        intent["latest_charge"] = charge.Id();
        draft.Put(intent);
        draft.Emit("charge.failed", charge);
    }

    private static JsonObject Attempt(Draft draft, string? customer, long amount, string? currency, JsonNode? card) => new()
    {
        ["id"] = Draft.NewId("ch_3"),
        ["object"] = Kind,
        ["amount"] = amount,
        ["created"] = draft.Seconds,
        ["currency"] = currency,
        ["customer"] = customer,
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["payment_method_details"] = new JsonObject { ["card"] = card?.DeepClone(), ["type"] = "card" },
    };

    private static JsonObject Put(Draft draft, JsonObject charge, JsonObject? intent, Refusal? refusal, string? risk)
    {
        var level = risk is null or TestCards.Warned ? "normal" : risk;
        var isBlocked = refusal is not null && level == "highest";
        charge["amount_captured"] = refusal is null ? charge.Number("amount") : 0;
        charge["captured"] = refusal is null;
        charge["failure_code"] = refusal?.Code;
        charge["failure_message"] = refusal?.Message;
        charge["outcome"] = new JsonObject
        {
            ["network_decline_code"] = null,
            ["network_status"] = refusal is null ? "approved_by_network" : isBlocked ? "not_sent_to_network" : "declined_by_network",
            ["reason"] = refusal is null ? null : isBlocked ? "highest_risk_level" : refusal.DeclineCode,
            ["risk_level"] = level,
            ["risk_score"] = level switch { "highest" => 90, "elevated" => 70, _ => 20 },
            ["seller_message"] = refusal is null ? "Payment complete." : isBlocked ? "Stripe blocked this payment as too risky." : "The bank did not return any further details.",
            ["type"] = refusal is null ? "authorized" : isBlocked ? "blocked" : "issuer_declined",
        };
        charge["paid"] = refusal is null;
        charge["payment_intent"] = intent?.Id();
        charge["refunded"] = false;
        charge["status"] = refusal is null ? "succeeded" : "failed";
        return draft.Put(charge);
    }

    private static void Warn(Draft draft, JsonObject charge) => draft.Emit("radar.early_fraud_warning.created", draft.Put(new JsonObject
    {
        ["id"] = Draft.NewId("issfr_1"),
        ["object"] = WarningKind,
        ["actionable"] = true,
        ["charge"] = charge.Id(),
        ["created"] = draft.Seconds,
        ["fraud_type"] = "made_with_stolen_card",
        ["livemode"] = false,
        ["payment_intent"] = charge.Text("payment_intent"),
    }));

    /// <summary>What is still to be paid.</summary>
    public static JsonObject Await(Draft draft, JsonObject due, long amount)
    {
        var id = Draft.NewId("pi_3");
        return draft.Put(new JsonObject
        {
            ["id"] = id,
            ["object"] = IntentKind,
            ["amount"] = amount,
            ["amount_received"] = 0,
            ["capture_method"] = "automatic",
            ["client_secret"] = $"{id}_secret_{Draft.NewId("", 24)}",
            ["confirmation_method"] = "automatic",
            ["created"] = draft.Seconds,
            ["currency"] = due.Text("currency"),
            ["customer"] = due.Text("customer"),
            ["description"] = due.Text("number") is { } number ? $"Invoice {number}" : null,
            ["last_payment_error"] = null,
            ["latest_charge"] = null,
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
            ["payment_method"] = null,
            ["payment_method_types"] = new JsonArray("card"),
            ["status"] = "requires_payment_method",
        });
    }

    private static JsonObject List(StripeCall call)
    {
        var (customer, intent) = (call.Form.Text("customer"), call.Form.Text("payment_intent"));
        var since = call.Form.Group("created").Number("gte") ?? 0;
        return call.Page(Kind, charge =>
            (customer is null || charge.Text("customer") == customer)
            && (intent is null || charge.Text("payment_intent") == intent)
            && charge.Number("created") >= since);
    }

    private static JsonObject ListWarnings(StripeCall call)
    {
        var (charge, intent) = (call.Form.Text("charge"), call.Form.Text("payment_intent"));
        var since = call.Form.Group("created").Number("gte") ?? 0;
        return call.Page(WarningKind, warning =>
            (charge is null || warning.Text("charge") == charge)
            && (intent is null || warning.Text("payment_intent") == intent)
            && warning.Number("created") >= since);
    }
}
