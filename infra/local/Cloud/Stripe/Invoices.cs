using System.Globalization;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What each period cost, and every attempt to have it paid.</summary>
internal static class Invoices
{
    public const string Kind = "invoice";

    // An unpaid invoice is tried again after so many days each time; then the subscription ends.
    private static readonly int[] RetryDays = [3, 5, 7];

    // No card is charged less; Stripe's smallest charge differs a little between currencies. What is less, or negative, moves to the
    // customer's balance, which the next invoice starts from.
    private const long ChargeMin = 50;

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("GET", "/v1/invoices", [.. StripeRoute.Paging, "customer", "status", "subscription"], List),
        new("POST", "/v1/invoices/create_preview",
            [
                "customer", "subscription", "subscription_details.cancel_at_period_end", "subscription_details.items.*.id",
                "subscription_details.items.*.price", "subscription_details.items.*.quantity", "subscription_details.proration_behavior",
                "subscription_details.proration_date", "expand.*",
            ],
            Preview),
        new("GET", "/v1/invoices/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("POST", "/v1/invoices/{id}/pay", ["payment_method", "expand.*"], Pay),
    ];

    /// <summary>All that is pending of the subscription and, unless only that is wanted, its items' current period.</summary>
    public static JsonObject Issue(Draft draft, JsonObject subscription, string reason, bool withPeriod = true)
    {
        var id = Draft.NewId("in_1");
        var pending = Prorations.Pending(draft, subscription.Id());
        var lines = pending.Select(item => InvoiceLines.OfProration(id, item)).ToList();
        var periods = (withPeriod ? Subscriptions.Items(subscription) : [])
            .Select(item => (Item: item, Line: InvoiceLines.OfPeriod(draft, id, item, Subscriptions.IsTrial(subscription)))).ToList();
        lines.AddRange(periods.Select(period => period.Line));

        foreach (var item in pending)
        {
            item["invoice"] = id;
            draft.Put(item);
        }

        var (discounts, subtotal) = (subscription["discounts"]!.DeepClone(), lines.Sum(line => line.Number("amount")));
        var discounted = Discounts.Take(draft, subscription, lines);
        periods.ForEach(period => period.Item[Prorations.Whole] = Discounts.Net(period.Line));
        var total = subtotal - Discounts.Sum(discounted);
        var customer = draft.Get(subscription.Text("customer")!, Customers.Kind);
        var number = customer.Number("next_invoice_sequence");
        var (owed, balance) = (customer.Number("balance"), 0L);
        var due = owed + total;
        if (due < ChargeMin)
        {
            (due, balance) = (0, due);
        }

        customer["next_invoice_sequence"] = number + 1;
        customer["balance"] = balance;
        draft.Put(customer);
        if (balance != owed)
        {
            draft.Emit("customer.updated", customer, new JsonObject { ["balance"] = owed });
        }

        var secret = Draft.NewId("test_", 40);
        var page = new Uri(draft.PublicAddress!, $"/i/{secret}").ToString();
        var invoice = draft.Put(new JsonObject
        {
            ["id"] = id,
            ["object"] = Kind,
            ["_secret"] = secret,
            ["amount_due"] = due,
            ["amount_overpaid"] = 0,
            ["amount_paid"] = 0,
            ["amount_remaining"] = due,
            ["attempt_count"] = 0,
            ["attempted"] = false,
            ["auto_advance"] = true,
            ["billing_reason"] = reason,
            ["collection_method"] = "charge_automatically",
            ["created"] = draft.Seconds,
            ["currency"] = subscription.Text("currency"),
            ["customer"] = customer.Id(),
            ["customer_email"] = customer.Text("email"),
            ["customer_name"] = customer.Text("name"),
            ["default_payment_method"] = null,
            ["discounts"] = discounts,
            ["ending_balance"] = balance,
            ["hosted_invoice_url"] = page,
            ["invoice_pdf"] = $"{page}/pdf",
            ["lines"] = new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray([.. lines]),
                ["has_more"] = false,
                ["url"] = $"/v1/invoices/{id}/lines",
            },
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
            ["next_payment_attempt"] = null,
            ["number"] = string.Create(CultureInfo.InvariantCulture, $"{customer.Text("invoice_prefix")}-{number:D4}"),
            ["parent"] = new JsonObject
            {
                ["quote_details"] = null,
                ["subscription_details"] = new JsonObject
                {
                    ["metadata"] = subscription["metadata"]!.DeepClone(),
                    ["subscription"] = subscription.Id(),
                },
                ["type"] = "subscription_details",
            },
            ["payments"] = new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray(),
                ["has_more"] = false,
                ["url"] = $"/v1/invoice_payments?invoice={id}",
            },
            ["period_end"] = draft.Seconds,
            ["period_start"] = draft.Seconds,
            ["post_payment_credit_notes_amount"] = 0,
            ["pre_payment_credit_notes_amount"] = 0,
            ["starting_balance"] = owed,
            ["status"] = "open",
            ["status_transitions"] = new JsonObject
            {
                ["finalized_at"] = draft.Seconds,
                ["marked_uncollectible_at"] = null,
                ["paid_at"] = null,
                ["voided_at"] = null,
            },
            ["subtotal"] = subtotal,
            ["total"] = total,
            ["total_discount_amounts"] = discounted,
        });
        if (due > 0)
        {
            InvoicePayments.Open(draft, invoice);
        }

        return invoice;
    }

    /// <summary>Charges what the subscription is to be paid with, nobody being present. False when the bank refused.</summary>
    public static bool Charge(Draft draft, JsonObject invoice, string? paymentMethod = null)
    {
        var subscription = draft.Find(SubscriptionOf(invoice), Subscriptions.Kind);
        var customer = draft.Find(invoice.Text("customer"), Customers.Kind);
        var chosen = paymentMethod
            ?? subscription?.Text("default_payment_method")
            ?? (string?)customer?["invoice_settings"]!["default_payment_method"];
        var method = draft.Find(chosen, "payment_method");
        if (invoice.Number("amount_due") == 0 || method?.Text("_charges") == "succeed")
        {
            MarkPaid(draft, invoice, method?.Id());
            Subscriptions.SetStatus(draft, SubscriptionOf(invoice), "active");
            return true;
        }

        var attempts = (int)invoice.Number("attempt_count") + 1;
        var retry = attempts <= RetryDays.Length;
        invoice["attempt_count"] = attempts;
        invoice["attempted"] = true;
        invoice["auto_advance"] = retry;
        invoice["next_payment_attempt"] = retry ? (draft.Now + TimeSpan.FromDays(RetryDays[attempts - 1])).ToUnixTimeSeconds() : null;
        draft.Put(invoice);
        if (method is not null)
        {
            Charges.Fail(draft, invoice, invoice.Number("amount_due"), method["card"], TestCards.Declined, risk: null);
        }

        draft.Emit("invoice.payment_failed", invoice);
        Subscriptions.SetStatus(draft, SubscriptionOf(invoice), "past_due");
        if (!retry && draft.Find(SubscriptionOf(invoice), Subscriptions.Kind) is { } unpaid)
        {
            unpaid["cancellation_details"]!["reason"] = "payment_failed";
            Subscriptions.Cancel(draft, unpaid);
        }

        return false;
    }

    /// <summary>Nothing due is paid without any payment.</summary>
    public static void MarkPaid(Draft draft, JsonObject invoice, string? paymentMethod)
    {
        var amount = invoice.Number("amount_due");
        if (amount > 0)
        {
            Charges.Succeed(draft, invoice, paymentMethod!, amount);
            InvoicePayments.End(draft, invoice, "paid");
            invoice["attempt_count"] = invoice.Number("attempt_count") + 1;
        }

        invoice["amount_paid"] = amount;
        invoice["amount_remaining"] = 0;
        invoice["attempted"] = true;
        invoice["auto_advance"] = false;
        invoice["next_payment_attempt"] = null;
        invoice["status"] = "paid";
        invoice["status_transitions"]!["paid_at"] = draft.Seconds;
        draft.Put(invoice);
        draft.Emit("invoice.paid", invoice);
        draft.Emit("invoice.payment_succeeded", invoice);
    }

    /// <summary>What is still unpaid when a subscription ends stays open, and is not tried again by itself.</summary>
    public static void StopRetrying(Draft draft, string subscription)
    {
        var open = draft.All(Kind).Where(invoice => invoice.Text("status") == "open" && SubscriptionOf(invoice) == subscription);
        foreach (var invoice in open.ToList())
        {
            invoice["auto_advance"] = false;
            invoice["next_payment_attempt"] = null;
            draft.Put(invoice);
        }
    }

    public static string SubscriptionOf(JsonObject invoice) => (string)invoice["parent"]!["subscription_details"]!["subscription"]!;

    private static JsonObject List(StripeCall call)
    {
        var form = call.Form;
        var (customer, status, subscription) = (form.Text("customer"), form.Text("status"), form.Text("subscription"));
        return call.Page(Kind, invoice =>
            (customer is null || invoice.Text("customer") == customer)
            && (status is null || invoice.Text("status") == status)
            && (subscription is null || SubscriptionOf(invoice) == subscription));
    }

    /// <summary>The next invoice as a change would make it: all of it happens on a draft that nobody keeps.</summary>
    private static JsonObject Preview(StripeCall call)
    {
        var draft = new Draft(call.Draft.State, call.Draft.Now) { PublicAddress = call.PublicAddress };
        var subscription = draft.Referenced(call.Form.Required("subscription"), Subscriptions.Kind, "subscription");
        var details = call.Form.Group("subscription_details");
        var ends = details.Flag("cancel_at_period_end") ?? Subscriptions.Ends(subscription, Subscriptions.PeriodEnd(subscription));
        if (subscription.Text("status") == "canceled" || (ends && Prorations.Pending(draft, subscription.Id()).Count == 0))
        {
            throw new StripeFailure(
                StatusCodes.Status404NotFound, "invalid_request_error",
                $"No upcoming invoices for customer: {subscription.Text("customer")}", "invoice_upcoming_none");
        }

        var immediate = SubscriptionItems.Change(draft, subscription, details);
        var at = Subscriptions.PeriodEnd(subscription);
        if (immediate is null && !ends)
        {
            subscription["status"] = "active";
            SubscriptionItems.Begin(subscription, at);
        }

        var preview = immediate ?? Issue(draft, subscription, "upcoming", withPeriod: !ends);
        preview["id"] = Draft.NewId("upcoming_in_1");
        preview["status"] = "draft";
        preview["number"] = null;
        preview["hosted_invoice_url"] = null;
        preview["invoice_pdf"] = null;
        preview["next_payment_attempt"] = immediate is null ? at : draft.Seconds;
        preview["status_transitions"]!["finalized_at"] = null;
        return call.Show(preview);
    }

    private static JsonObject Pay(StripeCall call)
    {
        var invoice = call.Draft.Get(call.Id, Kind);
        if (invoice.Text("status") != "open")
        {
            throw StripeFailure.Invalid(
                invoice.Text("status") == "paid" ? "Invoice is already paid" : "This invoice can no longer be paid.");
        }

        return Charge(call.Draft, invoice, call.Form.Text("payment_method"))
            ? call.Show(invoice)
            : throw new StripeFailure(StatusCodes.Status402PaymentRequired, "card_error", "Your card was declined.", "card_declined")
            {
                DeclineCode = "generic_decline",
                Commits = true,
            };
    }
}
