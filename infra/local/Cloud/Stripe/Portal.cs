using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Sessions of the customer portal: whoever has the address of one manages how that customer pays.</summary>
internal static class Portal
{
    public const string Kind = "billing_portal.session";

    public static IEnumerable<StripeRoute> Routes =>
        [new("POST", "/v1/billing_portal/sessions", ["customer", "return_url", "expand.*"], Create)];

    /// <summary>Every later charge of the customer goes to the card.</summary>
    public static void UseCard(Draft draft, JsonObject customer, Card card, string name)
    {
        var method = Customers.AddCard(draft, customer.Id(), card, name);
        customer["invoice_settings"]!["default_payment_method"] = method.Id();
        draft.Put(customer);
        draft.Emit("customer.updated", customer);
        var running = draft.All(Subscriptions.Kind)
            .Where(one => one.Text("customer") == customer.Id() && one.Text("status") != "canceled").ToList();
        foreach (var subscription in running)
        {
            subscription["default_payment_method"] = method.Id();
            draft.Put(subscription);
        }
    }

    private static JsonObject Create(StripeCall call)
    {
        var customer = call.Draft.Referenced(call.Form.Required("customer"), Customers.Kind, "customer");
        var secret = Draft.NewId("test_", 40);
        return call.Show(call.Draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("bps_1"),
            ["object"] = Kind,
            ["_secret"] = secret,
            ["configuration"] = "bpc_default",
            ["created"] = call.Draft.Seconds,
            ["customer"] = customer.Id(),
            ["flow"] = null,
            ["livemode"] = false,
            ["locale"] = null,
            ["on_behalf_of"] = null,
            ["return_url"] = call.Form.Has("return_url") ? call.Form.Url("return_url") : null,
            ["url"] = new Uri(call.PublicAddress, $"/p/session/{secret}").ToString(),
        }));
    }
}
