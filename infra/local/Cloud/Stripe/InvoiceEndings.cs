using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Invoices that nobody is asked to pay any more: void for good, or given up and payable all the same.</summary>
internal static class InvoiceEndings
{
    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/invoices/{id}/void", ["expand.*"], Void),
        new("POST", "/v1/invoices/{id}/mark_uncollectible", ["expand.*"], GiveUp),
    ];

    /// <summary>What the customer's balance had paid of it is the customer's again.</summary>
    private static JsonObject Void(StripeCall call)
    {
        var (draft, invoice) = (call.Draft, Unpaid(call, "open", "uncollectible"));
        if (InvoicePayments.IntentOf(draft, invoice) is { } intent)
        {
            Charges.Cancel(draft, intent);
            InvoicePayments.End(draft, invoice, "canceled");
        }

        if (invoice.Number("starting_balance") - invoice.Number("ending_balance") is not 0 and var applied)
        {
            var about = new JsonObject { ["invoice"] = invoice.Id() };
            CustomerBalance.Add(draft, invoice.Text("customer")!, applied, "unapplied_from_invoice", invoice.Text("currency"), about);
        }

        return Ended(call, invoice, "void", "voided");
    }

    private static JsonObject GiveUp(StripeCall call) => Ended(call, Unpaid(call, "open"), "uncollectible", "marked_uncollectible");

    private static JsonObject Unpaid(StripeCall call, params string[] from)
    {
        var invoice = call.Draft.Get(call.Id, Invoices.Kind);
        return from.Contains(invoice.Text("status"))
            ? invoice
            : throw StripeFailure.Invalid(
                $"You can only pass in {string.Join(" or ", from)} invoices. This invoice is {invoice.Text("status")}.", "invoice_not_editable");
    }

    private static JsonObject Ended(StripeCall call, JsonObject invoice, string status, string what)
    {
        invoice["status"] = status;
        invoice["auto_advance"] = false;
        invoice["next_payment_attempt"] = null;
        invoice["status_transitions"]![$"{what}_at"] = call.Draft.Seconds;
        call.Draft.Put(invoice);
        call.Draft.Emit($"invoice.{what}", invoice);
        return call.Show(invoice);
    }
}
