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

    /// <summary>How an invoice is to be paid: there from the moment that it is finalized, which may be long before it is.</summary>
    public static void Open(Draft draft, JsonObject invoice)
    {
        var intent = Charges.Await(draft, invoice, invoice.Number("amount_due"));
        Keep(draft, invoice, new JsonObject
        {
            ["id"] = Draft.NewId("inpay_1"),
            ["object"] = Kind,
            ["amount_paid"] = null,
            ["amount_requested"] = intent.Number("amount"),
            ["created"] = draft.Seconds,
            ["currency"] = invoice.Text("currency"),
            ["invoice"] = invoice.Id(),
            ["is_default"] = true,
            ["livemode"] = false,
            ["payment"] = new JsonObject { ["payment_intent"] = intent.Id(), ["type"] = "payment_intent" },
            ["status"] = "open",
            ["status_transitions"] = new JsonObject { ["canceled_at"] = null, ["paid_at"] = null },
        });
    }

    /// <param name="how">paid or canceled.</param>
    public static void End(Draft draft, JsonObject invoice, string how)
    {
        if (Of(draft, invoice) is not { } payment)
        {
            return;
        }

        payment["status"] = how;
        payment["amount_paid"] = how == "paid" ? payment.Number("amount_requested") : null;
        payment["status_transitions"]![$"{how}_at"] = draft.Seconds;
        Keep(draft, invoice, payment);
    }

    /// <summary>With what an invoice is paid; null where nothing has to be.</summary>
    public static JsonObject? IntentOf(Draft draft, JsonObject invoice) => Of(draft, invoice) is { } payment
        ? draft.Find((string?)payment["payment"]!["payment_intent"], "payment_intent")
        : null;

    private static JsonObject? Of(Draft draft, JsonObject invoice) =>
        draft.All(Kind).FirstOrDefault(payment => payment.Text("invoice") == invoice.Id());

    private static void Keep(Draft draft, JsonObject invoice, JsonObject payment)
    {
        invoice["payments"]!["data"] = new JsonArray(draft.Put(payment).DeepClone());
        draft.Put(invoice);
    }

    private static JsonObject List(StripeCall call)
    {
        var (invoice, status, payment) = (call.Form.Text("invoice"), call.Form.Text("status"), call.Form.Group("payment"));
        return call.Page(Kind, item =>
            (invoice is null || item.Text("invoice") == invoice)
            && (status is null || item.Text("status") == status)
            && (payment.Text("payment_intent") is not { } intent || (string?)item["payment"]!["payment_intent"] == intent));
    }
}
