using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Visits to the hosted payment page, in subscription mode: what the product sells.</summary>
internal static class Sessions
{
    public const string Kind = "checkout.session";

    private const int LineItemsMax = 20;
    private const int TrialDaysMax = 730;

    private static readonly string[] Filters = ["customer", "payment_intent", "status", "subscription"];

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private static readonly TimeSpan LifetimeMin = TimeSpan.FromMinutes(30);

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/checkout/sessions",
            [
                "allow_promotion_codes", "cancel_url", "client_reference_id", "customer", "customer_email", "expires_at", "line_items.*.price",
                "line_items.*.quantity", "metadata.*", "mode", "payment_method_collection", "payment_method_types.*",
                "subscription_data.description", "subscription_data.metadata.*", "subscription_data.trial_period_days", "success_url", "expand.*",
            ],
            Create),
        new("GET", "/v1/checkout/sessions", [.. StripeRoute.Paging, .. Filters], List),
        new("GET", "/v1/checkout/sessions/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("POST", "/v1/checkout/sessions/{id}", ["metadata.*", "expand.*"], Update),
        new("POST", "/v1/checkout/sessions/{id}/expire", ["expand.*"], Expire),
        new("GET", "/v1/checkout/sessions/{id}/line_items", StripeRoute.Paging, call =>
            call.List([.. Lines(call.Draft.Get(call.Id, Kind))], false)),
    ];

    public static IEnumerable<JsonObject> Lines(JsonObject session) =>
        session["line_items"]!["data"]!.AsArray().Select(line => line!.AsObject());

    /// <summary>For how many days what it sells is free; null for none.</summary>
    public static int? TrialDaysOf(JsonObject session) => (int?)session["_subscription"]!["trial_period_days"].Deserialize<long?>();

    /// <summary>Nothing is due today.</summary>
    public static bool IsFree(JsonObject session) => session.Number("amount_total") == 0;

    public static bool IsOpen(JsonObject session, DateTimeOffset now) =>
        session.Text("status") == "open" && session.Number("expires_at") > now.ToUnixTimeSeconds();

    public static JsonObject Expire(Draft draft, JsonObject session)
    {
        session["status"] = "expired";
        session["url"] = null;
        session.Remove("_authentication");
        draft.Put(session);
        draft.Emit("checkout.session.expired", session);
        return session;
    }

    private static JsonObject Create(StripeCall call)
    {
        var form = call.Form;
        if (form.Required("mode") != "subscription")
        {
            throw StripeFailure.Invalid("Invalid mode: must be subscription", null, "mode");
        }

        if (form.List("payment_method_types").FirstOrDefault(type => type != "card") is { } other)
        {
            throw StripeFailure.Invalid($"The payment method type provided: {other} is invalid.", null, "payment_method_types");
        }

        form.Choice("payment_method_collection", "always");
        var (customer, email) = Payer(call);
        var trialDays = TrialDays(form.Group("subscription_data"));
        var lines = form.Items("line_items").Select(item => Line(call, item, trialDays is not null)).ToList();
        if (lines.Count is 0 or > LineItemsMax)
        {
            throw lines.Count == 0
                ? StripeFailure.Required("line_items")
                : StripeFailure.Invalid($"You can have up to {LineItemsMax} line items.", null, "line_items");
        }

        if (lines.Select(line => line.Text("currency")).Distinct().Count() > 1)
        {
            throw StripeFailure.Invalid("All line items must have the same currency.", null, "line_items");
        }

        var id = Draft.NewId("cs_test_", 58);
        var expiresAt = ExpiresAt(call);
        var total = lines.Sum(line => line.Number("amount_total"));
        var session = Fresh(call, id, expiresAt, lines[0].Text("currency")!, total);
        session["customer"] = customer;
        session["customer_email"] = email;
        session["line_items"] = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. lines]),
            ["has_more"] = false,
            ["url"] = $"/v1/checkout/sessions/{id}/line_items",
        };
        var subscription = form.Group("subscription_data");
        session["_subscription"] = new JsonObject
        {
            ["description"] = subscription.Text("description"),
            ["metadata"] = subscription.Metadata(),
            ["trial_period_days"] = trialDays,
        };
        return call.Show(call.Draft.Put(session));
    }

    private static JsonObject Fresh(StripeCall call, string id, long expiresAt, string currency, long total) => new()
    {
        ["id"] = id,
        ["object"] = Kind,
        ["allow_promotion_codes"] = call.Form.Flag("allow_promotion_codes"),
        ["amount_subtotal"] = total,
        ["amount_total"] = total,
        ["automatic_tax"] = new JsonObject { ["enabled"] = false, ["liability"] = null, ["status"] = null },
        ["cancel_url"] = call.Form.Has("cancel_url") ? call.Form.Url("cancel_url") : null,
        ["client_reference_id"] = call.Form.Text("client_reference_id"),
        ["client_secret"] = null,
        ["created"] = call.Draft.Seconds,
        ["currency"] = currency,
        ["customer"] = null,
        ["customer_creation"] = "always",
        ["customer_details"] = null,
        ["customer_email"] = null,
        ["discounts"] = new JsonArray(),
        ["expires_at"] = expiresAt,
        ["invoice"] = null,
        ["livemode"] = false,
        ["locale"] = null,
        ["metadata"] = call.Form.Metadata(),
        ["mode"] = "subscription",
        ["payment_intent"] = null,
        ["payment_link"] = null,
        ["payment_method_collection"] = "always",
        ["payment_method_types"] = new JsonArray("card"),
        ["payment_status"] = "unpaid",
        ["setup_intent"] = null,
        ["status"] = "open",
        ["subscription"] = null,
        ["success_url"] = call.Form.Url("success_url"),
        ["total_details"] = new JsonObject { ["amount_discount"] = 0, ["amount_shipping"] = 0, ["amount_tax"] = 0 },
        ["ui_mode"] = "hosted_page",
        ["url"] = new Uri(call.PublicAddress, $"/c/pay/{id}").ToString(),
    };

    private static (string? Customer, string? Email) Payer(StripeCall call)
    {
        var (customer, email) = (call.Form.Text("customer"), call.Form.Email("customer_email"));
        if (customer is not null && email is not null)
        {
            throw StripeFailure.Invalid("You may only specify one of these parameters: customer, customer_email.");
        }

        return (customer is null ? null : call.Draft.Referenced(customer, Customers.Kind, "customer").Id(), email);
    }

    private static long ExpiresAt(StripeCall call)
    {
        var latest = (call.Draft.Now + Lifetime).ToUnixTimeSeconds();
        var asked = call.Form.Number("expires_at") ?? latest;
        return asked >= (call.Draft.Now + LifetimeMin).ToUnixTimeSeconds() && asked <= latest
            ? asked
            : throw StripeFailure.Invalid(
                "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.", null, "expires_at");
    }

    private static long? TrialDays(Form subscription) => subscription.Number("trial_period_days") is not { } days || days is >= 1 and <= TrialDaysMax
        ? subscription.Number("trial_period_days")
        : throw StripeFailure.Invalid(
            $"The trial must be at least 1 and at most {TrialDaysMax} days.", null, subscription.Param("trial_period_days"));

    /// <summary>What is to be paid for it now: nothing before a trial.</summary>
    private static JsonObject Line(StripeCall call, Form item, bool isFree)
    {
        var price = Catalog.ActivePrice(call.Draft, item.Required("price"), item.Param("price"));
        if (price.Text("type") != "recurring")
        {
            throw StripeFailure.Invalid("You specified `subscription` mode but passed a price that is not recurring.", null, "mode");
        }

        var quantity = item.Number("quantity") ?? throw StripeFailure.Required(item.Param("quantity"));
        if (quantity is < 1 or > 999_999)
        {
            throw StripeFailure.Invalid(
                "This value must be greater than or equal to 1.", "parameter_invalid_integer", item.Param("quantity"));
        }

        var amount = isFree ? 0 : price.Number("unit_amount") * quantity;
        return new JsonObject
        {
            ["id"] = Draft.NewId("li_1"),
            ["object"] = "item",
            ["amount_discount"] = 0,
            ["amount_subtotal"] = amount,
            ["amount_tax"] = 0,
            ["amount_total"] = amount,
            ["currency"] = price.Text("currency"),
            ["description"] = call.Draft.Get(price.Text("product")!, "product").Text("name"),
            ["price"] = price,
            ["quantity"] = quantity,
        };
    }

    private static JsonObject List(StripeCall call)
    {
        var form = call.Form;
        var filters = Filters
            .Select(name => (name, wanted: form.Text(name)))
            .Where(filter => filter.wanted is not null)
            .ToList();
        return call.Page(Kind, session => filters.All(filter => session.Text(filter.name) == filter.wanted));
    }

    private static JsonObject Update(StripeCall call)
    {
        var session = call.Draft.Get(call.Id, Kind);
        session["metadata"] = call.Form.Metadata(session["metadata"]);
        return call.Show(call.Draft.Put(session));
    }

    private static JsonObject Expire(StripeCall call)
    {
        var session = call.Draft.Get(call.Id, Kind);
        return session.Text("status") == "open"
            ? call.Show(Expire(call.Draft, session))
            : throw StripeFailure.Invalid("Only Checkout Sessions with a status in [\"open\"] can be expired. "
                + $"This Checkout Session has a status of {session.Text("status")}.");
    }
}
