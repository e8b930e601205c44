using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What was paid on an invoice, and with what.</summary>
internal static class InvoicePayments
{
    public const string Kind = "invoice_payment";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("GET", "/v1/invoice_payments", [.. StripeRoute.Paging, "invoice", "payment.payment_intent", "payment.type", "status"], List),
        new("GET", "/v1/invoice_payments/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
    ];

    public static JsonObject Add(Draft draft, JsonObject invoice, JsonObject intent) => draft.Put(new JsonObject
    {
        ["id"] = Draft.NewId("inpay_1"),
        ["object"] = Kind,
        ["amount_paid"] = intent.Number("amount"),
        ["amount_requested"] = intent.Number("amount"),
        ["created"] = draft.Seconds,
        ["currency"] = invoice.Text("currency"),
        ["invoice"] = invoice.Id(),
        ["is_default"] = true,
        ["livemode"] = false,
        ["payment"] = new JsonObject { ["payment_intent"] = intent.Id(), ["type"] = "payment_intent" },
        ["status"] = "paid",
        ["status_transitions"] = new JsonObject { ["canceled_at"] = null, ["paid_at"] = draft.Seconds },
    });

    /// <summary>With what an invoice was paid; null where nothing had to be.</summary>
    public static JsonObject? IntentOf(Draft draft, JsonObject invoice) =>
        draft.All(Kind).FirstOrDefault(payment => payment.Text("invoice") == invoice.Id()) is { } payment
            ? draft.Find((string?)payment["payment"]!["payment_intent"], "payment_intent")
            : null;

    private static JsonObject List(StripeCall call)
    {
        var (invoice, status, payment) = (call.Form.Text("invoice"), call.Form.Text("status"), call.Form.Group("payment"));
        return call.Page(Kind, item =>
            (invoice is null || item.Text("invoice") == invoice)
            && (status is null || item.Text("status") == status)
            && (payment.Text("payment_intent") is not { } intent || (string?)item["payment"]!["payment_intent"] == intent));
    }
}
