using System.Globalization;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What is given back of an invoice that was paid: to the customer's balance, which the next invoice starts from, to the card, or
/// elsewhere. Notes on invoices that are open, and notes of lines, are refused rather than faked.</summary>
internal static class CreditNotes
{
    public const string Kind = "credit_note";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/credit_notes",
            [
                "amount", "credit_amount", "email_type", "invoice", "memo", "metadata.*", "out_of_band_amount", "reason", "refund_amount",
                "expand.*",
            ],
            Create),
        new("GET", "/v1/credit_notes", [.. StripeRoute.Paging, "customer", "invoice"], List),
        new("GET", "/v1/credit_notes/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("POST", "/v1/credit_notes/{id}", ["memo", "metadata.*", "expand.*"], Update),
    ];

    private static JsonObject Create(StripeCall call)
    {
        var (draft, form) = (call.Draft, call.Form);
        var invoice = draft.Referenced(form.Required("invoice"), Invoices.Kind, "invoice");
        if (invoice.Text("status") != "paid")
        {
            throw StripeFailure.Invalid("The pocket Stripe makes credit notes for paid invoices only.", null, "invoice");
        }

        form.Choice("email_type", "credit_note", "none");
        form.Required("amount");
        var amount = Positive(form, "amount", least: 1);
        var left = invoice.Number("total") - invoice.Number("post_payment_credit_notes_amount");
        if (amount > left)
        {
            throw StripeFailure.Invalid(
                $"The credit note amount ({Money(invoice, amount)}) is greater than what is left of the invoice ({Money(invoice, left)}).", null, "amount");
        }

        var (credited, refunded, outside) = (Positive(form, "credit_amount"), Positive(form, "refund_amount"), Positive(form, "out_of_band_amount"));
        if (credited + refunded + outside != amount)
        {
            throw StripeFailure.Invalid(
                $"The sum of credit amount, refund amount and out of band amount ({Money(invoice, credited + refunded + outside)}) "
                + $"must equal the post payment credit note amount ({Money(invoice, amount)}).");
        }

        var note = Note(draft, invoice, form, amount, outside);
        if (refunded > 0)
        {
            var intent = InvoicePayments.IntentOf(draft, invoice) ?? throw StripeFailure.Invalid("There is no payment to refund.", null, "refund_amount");
            var refund = Refunds.Make(draft, intent, refunded, null, []);
            note["refunds"] = new JsonArray(new JsonObject { ["amount_refunded"] = refunded, ["refund"] = refund.Id(), ["type"] = "refund" });
        }

        if (credited > 0)
        {
            var about = new JsonObject { ["credit_note"] = note.Id() };
            note["customer_balance_transaction"] =
                CustomerBalance.Add(draft, invoice.Text("customer")!, -credited, "credit_note", invoice.Text("currency"), about).Id();
        }

        invoice["post_payment_credit_notes_amount"] = invoice.Number("post_payment_credit_notes_amount") + amount;
        draft.Put(invoice);
        draft.Put(note);
        draft.Emit("credit_note.created", note);
        return call.Show(note);
    }

    private static JsonObject Note(Draft draft, JsonObject invoice, Form form, long amount, long outside)
    {
        var id = Draft.NewId("cn_1");
        var number = draft.All(Kind).Count(other => other.Text("invoice") == invoice.Id()) + 1;
        return new JsonObject
        {
            ["id"] = id,
            ["object"] = Kind,
            ["amount"] = amount,
            ["amount_shipping"] = 0,
            ["created"] = draft.Seconds,
            ["currency"] = invoice.Text("currency"),
            ["customer"] = invoice.Text("customer"),
            ["customer_balance_transaction"] = null,
            ["discount_amount"] = 0,
            ["discount_amounts"] = new JsonArray(),
            ["effective_at"] = draft.Seconds,
            ["invoice"] = invoice.Id(),
            ["lines"] = new JsonObject { ["object"] = "list", ["data"] = new JsonArray(), ["has_more"] = false, ["url"] = $"/v1/credit_notes/{id}/lines" },
            ["livemode"] = false,
            ["memo"] = form.Text("memo"),
            ["metadata"] = form.Metadata(),
            ["number"] = string.Create(CultureInfo.InvariantCulture, $"{invoice.Text("number")}-CN-{number:D2}"),
            ["out_of_band_amount"] = outside > 0 ? outside : null,
            ["post_payment_amount"] = amount,
            ["pre_payment_amount"] = 0,
            ["reason"] = form.Choice("reason", "duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
            ["refunds"] = new JsonArray(),
            ["status"] = "issued",
            ["subtotal"] = amount,
            ["total"] = amount,
            ["type"] = "post_payment",
            ["voided_at"] = null,
        };
    }

    private static JsonObject List(StripeCall call)
    {
        var (customer, invoice) = (call.Form.Text("customer"), call.Form.Text("invoice"));
        return call.Page(Kind, note =>
            (customer is null || note.Text("customer") == customer) && (invoice is null || note.Text("invoice") == invoice));
    }

    private static JsonObject Update(StripeCall call)
    {
        var note = call.Draft.Get(call.Id, Kind);
        note["memo"] = call.Form.Text("memo") ?? note.Text("memo");
        note["metadata"] = call.Form.Metadata(note["metadata"]);
        call.Draft.Put(note);
        call.Draft.Emit("credit_note.updated", note);
        return call.Show(note);
    }

    private static long Positive(Form form, string name, long least = 0)
    {
        var number = form.Number(name) ?? 0;
        return number >= least ? number : throw StripeFailure.Invalid("Invalid positive integer", "parameter_invalid_integer", name);
    }

    private static string Money(JsonObject invoice, long cents) => CheckoutPages.Money(cents, invoice.Text("currency")!);
}
