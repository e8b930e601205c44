using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Who pays, and with what.</summary>
internal static class Customers
{
    public const string Kind = "customer";

    private static readonly string[] Changeable =
        ["description", "email", "invoice_settings.default_payment_method", "metadata.*", "name", "phone", "expand.*"];

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/customers", Changeable, Create),
        new("GET", "/v1/customers", [.. StripeRoute.Paging, "email"], List),
        new("GET", "/v1/customers/{id}", ["expand.*"], call => call.Show(Retrieve(call))),
        new("POST", "/v1/customers/{id}", Changeable, Update),
        new("DELETE", "/v1/customers/{id}", [], Delete),
        new("GET", "/v1/payment_methods/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, "payment_method"))),
        new("POST", "/v1/payment_methods/{id}/attach", ["customer", "expand.*"], Attach),
    ];

    public static JsonObject Create(Draft draft, string? email, string? name, JsonObject metadata)
    {
        var customer = draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("cus_", 14),
            ["object"] = Kind,
            ["address"] = null,
            ["balance"] = 0,
            ["created"] = draft.Seconds,
            ["currency"] = null,
            ["default_source"] = null,
            ["delinquent"] = false,
            ["description"] = null,
            ["email"] = email,
            ["invoice_prefix"] = Draft.NewId("", 8).ToUpperInvariant(),
            ["invoice_settings"] = new JsonObject { ["custom_fields"] = null, ["default_payment_method"] = null, ["footer"] = null },
            ["livemode"] = false,
            ["metadata"] = metadata,
            ["name"] = name,
            ["next_invoice_sequence"] = 1,
            ["phone"] = null,
            ["preferred_locales"] = new JsonArray(),
            ["shipping"] = null,
            ["tax_exempt"] = "none",
            ["test_clock"] = null,
        });
        draft.Emit("customer.created", customer);
        return customer;
    }

    /// <summary>Remembers of a card what may be remembered: brand, last digits, expiry, and which test card it is.</summary>
    public static JsonObject AddCard(Draft draft, string? customer, Card card, string? name) => draft.Put(new JsonObject
    {
        ["id"] = Draft.NewId("pm_1"),
        ["object"] = "payment_method",
        ["billing_details"] = new JsonObject { ["address"] = null, ["email"] = null, ["name"] = name, ["phone"] = null },
        ["card"] = Face(card),
        ["created"] = draft.Seconds,
        ["customer"] = customer,
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["type"] = "card",
        ["_charges"] = card.LaterCharges,
        ["_contests"] = card.Contests,
        ["_risk"] = card.Risk,
    });

    public static JsonObject Face(Card card) => new()
    {
        ["brand"] = card.Brand,
        ["checks"] = new JsonObject { ["cvc_check"] = "pass" },
        ["country"] = "US",
        ["exp_month"] = card.ExpiryMonth,
        ["exp_year"] = card.ExpiryYear,
        ["fingerprint"] = card.Fingerprint,
        ["funding"] = "credit",
        ["last4"] = card.Last4,
    };

    private static JsonObject Create(StripeCall call)
    {
        var customer = Create(call.Draft, call.Form.Email("email"), call.Form.Text("name"), call.Form.Metadata());
        return call.Show(Change(call, customer));
    }

    private static JsonObject Update(StripeCall call)
    {
        var customer = Change(call, call.Draft.Get(call.Id, Kind));
        call.Draft.Emit("customer.updated", customer);
        return call.Show(customer);
    }

    private static JsonObject Change(StripeCall call, JsonObject customer)
    {
        foreach (var field in new[] { "description", "name", "phone" })
        {
            if (call.Form.Text(field) is { } value)
            {
                customer[field] = value.Length == 0 ? null : value;
            }
        }

        if (call.Form.Email("email") is { } email)
        {
            customer["email"] = email.Length == 0 ? null : email;
        }

        if (call.Form.Group("invoice_settings").Text("default_payment_method") is { } method)
        {
            call.Draft.Referenced(method, "payment_method", "invoice_settings[default_payment_method]");
            customer["invoice_settings"]!["default_payment_method"] = method;
        }

        customer["metadata"] = call.Form.Metadata(customer["metadata"]);
        return call.Draft.Put(customer);
    }

    private static JsonObject List(StripeCall call)
    {
        var email = call.Form.Text("email");
        return call.Page(Kind, customer => email is null || customer.Text("email") == email);
    }

    // A deleted customer can still be read, as a tombstone.
    private static JsonObject Retrieve(StripeCall call) =>
        call.Draft.Find(call.Id, "deleted_customer") is null ? call.Draft.Get(call.Id, Kind) : Tombstone(call.Id);

    private static JsonObject Delete(StripeCall call)
    {
        var customer = call.Draft.Get(call.Id, Kind);
        foreach (var subscription in call.Draft.All(Subscriptions.Kind).Where(item => item.Text("customer") == call.Id).ToList())
        {
            Subscriptions.Cancel(call.Draft, subscription);
        }

        call.Draft.Emit("customer.deleted", customer);
        call.Draft.Put(new JsonObject { ["id"] = call.Id, ["object"] = "deleted_customer" });
        return Tombstone(call.Id);
    }

    private static JsonObject Tombstone(string id) => new() { ["id"] = id, ["object"] = Kind, ["deleted"] = true };

    private static JsonObject Attach(StripeCall call)
    {
        var customer = call.Draft.Referenced(call.Form.Required("customer"), Kind, "customer");
        var card = TestCards.ByName(call.Id, call.Draft.Now) ?? throw StripeFailure.Missing("PaymentMethod", call.Id, "payment_method");
        return call.Show(AddCard(call.Draft, customer.Id(), card, customer.Text("name")));
    }
}
