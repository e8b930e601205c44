using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>The moment of payment.</summary>
internal static class Payments
{
    /// <summary>Turns an open session into a customer with a card, a running subscription and a paid invoice, and says so.</summary>
    public static Outcome Complete(Draft draft, JsonObject session, Card card, string email, string name)
    {
        var customer = draft.Find(session.Text("customer"), Customers.Kind)
            ?? Customers.Create(draft, session.Text("customer_email") ?? email, name, []);
        var method = Customers.AddCard(draft, customer.Id(), card, name);
        var subscription = Subscriptions.Start(draft, session, customer.Id(), method.Id());
        Discounts.Begin(draft, session, subscription);
        var invoice = Invoices.Issue(draft, subscription, "subscription_create");
        subscription["latest_invoice"] = invoice.Id();
        draft.Put(subscription);

        session["customer"] = customer.Id();
        session["customer_details"] = new JsonObject
        {
            ["address"] = null,
            ["email"] = customer.Text("email"),
            ["name"] = name,
            ["phone"] = null,
            ["tax_exempt"] = "none",
            ["tax_ids"] = new JsonArray(),
        };
        session["invoice"] = invoice.Id();
        session["payment_status"] = invoice.Number("total") > 0 ? "paid" : "no_payment_required";
        session["status"] = "complete";
        session["subscription"] = subscription.Id();
        session["url"] = null;
        session.Remove("_authentication");
        draft.Put(session);

        // First, because it is what the merchant waits for.
        draft.Emit("checkout.session.completed", session);
        draft.Emit("customer.subscription.created", subscription);
        Invoices.MarkPaid(draft, invoice, method.Id());
        if (Sessions.IsFree(session))
        {
            SetupIntents.Succeed(draft, session, method);
        }

        return new Outcome(SuccessUrl(session));
    }

    public static string SuccessUrl(JsonObject session) =>
        session.Text("success_url")!.Replace("{CHECKOUT_SESSION_ID}", session.Id(), StringComparison.Ordinal);
}
