using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What is sold and for how much.</summary>
internal static class Catalog
{
    private const string PriceKind = "price";
    private const string ProductKind = "product";

    private static readonly string[] ProductFields = ["active", "description", "metadata.*", "name", "unit_label", "url", "expand.*"];

    private static readonly string[] PriceFields = ["active", "lookup_key", "metadata.*", "nickname", "transfer_lookup_key", "expand.*"];

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/products", [.. ProductFields, "id"], CreateProduct),
        new("GET", "/v1/products", [.. StripeRoute.Paging, "active", "ids.*"], ListProducts),
        new("GET", "/v1/products/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, ProductKind))),
        new("POST", "/v1/products/{id}", ProductFields, UpdateProduct),
        new("POST", "/v1/prices",
            [
                .. PriceFields, "currency", "product", "product_data.id", "product_data.metadata.*", "product_data.name",
                "recurring.interval", "recurring.interval_count", "unit_amount",
            ],
            CreatePrice),
        new("GET", "/v1/prices", [.. StripeRoute.Paging, "active", "currency", "lookup_keys.*", "product", "type"], ListPrices),
        new("GET", "/v1/prices/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, PriceKind))),
        new("POST", "/v1/prices/{id}", PriceFields, UpdatePrice),
    ];

    /// <summary>The price that a parameter names, if it is still sold.</summary>
    public static JsonObject ActivePrice(Draft draft, string id, string param)
    {
        var price = draft.Referenced(id, PriceKind, param);
        return (bool)price["active"]!
            ? price
            : throw StripeFailure.Invalid(
                "The price specified is inactive. This field only accepts active prices.", null, param);
    }

    private static JsonObject CreateProduct(StripeCall call) => call.Show(Product(call, call.Form));

    private static JsonObject Product(StripeCall call, Form form)
    {
        var id = form.Text("id") ?? Draft.NewId("prod_", 14);
        if (call.Draft.Find(id, ProductKind) is not null)
        {
            throw StripeFailure.Invalid($"Product already exists: {id}", "resource_already_exists", "id");
        }

        var product = call.Draft.Put(new JsonObject
        {
            ["id"] = id,
            ["object"] = ProductKind,
            ["active"] = form.Flag("active") ?? true,
            ["created"] = call.Draft.Seconds,
            ["default_price"] = null,
            ["description"] = form.Text("description"),
            ["images"] = new JsonArray(),
            ["livemode"] = false,
            ["marketing_features"] = new JsonArray(),
            ["metadata"] = form.Metadata(),
            ["name"] = form.Required("name"),
            ["package_dimensions"] = null,
            ["shippable"] = null,
            ["statement_descriptor"] = null,
            ["tax_code"] = null,
            ["type"] = "service",
            ["unit_label"] = form.Text("unit_label"),
            ["updated"] = call.Draft.Seconds,
            ["url"] = form.Text("url"),
        });
        call.Draft.Emit("product.created", product);
        return product;
    }

    private static JsonObject ListProducts(StripeCall call)
    {
        var (active, ids) = (call.Form.Flag("active"), call.Form.List("ids"));
        return call.Page(ProductKind, product =>
            (active is null || (bool)product["active"]! == active) && (ids.Count == 0 || ids.Contains(product.Id())));
    }

    private static JsonObject UpdateProduct(StripeCall call)
    {
        var product = call.Draft.Get(call.Id, ProductKind);
        Change(product, call.Form, "description", "name", "unit_label", "url");
        product["updated"] = call.Draft.Seconds;
        call.Draft.Put(product);
        call.Draft.Emit("product.updated", product);
        return call.Show(product);
    }

    private static JsonObject CreatePrice(StripeCall call)
    {
        var form = call.Form;
        var amount = form.Number("unit_amount") ?? throw StripeFailure.Required("unit_amount");
        if (amount < 0)
        {
            throw StripeFailure.Invalid("Invalid non-negative integer", "parameter_invalid_integer", "unit_amount");
        }

        var currency = form.Required("currency").ToLowerInvariant();
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterLower))
        {
            throw StripeFailure.Invalid($"Invalid currency: {currency}.", null, "currency");
        }

        var product = form.Text("product") is { } named
            ? call.Draft.Referenced(named, ProductKind, "product")
            : form.Has("product_data") ? Product(call, form.Group("product_data")) : throw StripeFailure.Required("product");
        var recurring = form.Has("recurring") ? form.Group("recurring") : null;
        TakeLookupKey(call, null);
        var price = call.Draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("price_1"),
            ["object"] = PriceKind,
            ["active"] = form.Flag("active") ?? true,
            ["billing_scheme"] = "per_unit",
            ["created"] = call.Draft.Seconds,
            ["currency"] = currency,
            ["custom_unit_amount"] = null,
            ["livemode"] = false,
            ["lookup_key"] = form.Text("lookup_key"),
            ["metadata"] = form.Metadata(),
            ["nickname"] = form.Text("nickname"),
            ["product"] = product.Id(),
            ["recurring"] = recurring is null ? null : Recurring(recurring),
            ["tax_behavior"] = "unspecified",
            ["tiers_mode"] = null,
            ["transform_quantity"] = null,
            ["type"] = recurring is null ? "one_time" : "recurring",
            ["unit_amount"] = amount,
            ["unit_amount_decimal"] = amount.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        call.Draft.Emit("price.created", price);
        return call.Show(price);
    }

    private static JsonObject Recurring(Form form) => new()
    {
        ["interval"] = form.Choice("interval", "day", "week", "month", "year") ?? throw StripeFailure.Required("recurring[interval]"),
        ["interval_count"] = form.Number("interval_count") ?? 1,
        ["meter"] = null,
        ["trial_period_days"] = null,
        ["usage_type"] = "licensed",
    };

    // A lookup key names one active price at a time; it moves only when the request says so.
    private static void TakeLookupKey(StripeCall call, string? by)
    {
        if (call.Form.Text("lookup_key") is not { Length: > 0 } key)
        {
            return;
        }

        foreach (var holder in call.Draft.All(PriceKind).Where(item => item.Text("lookup_key") == key && item.Id() != by).ToList())
        {
            if (call.Form.Flag("transfer_lookup_key") != true)
            {
                throw StripeFailure.Invalid(
                    $"A price (`{holder.Id()}`) already uses that lookup key (`{key}`).", null, "lookup_key");
            }

            holder["lookup_key"] = null;
            call.Draft.Put(holder);
            call.Draft.Emit("price.updated", holder, new JsonObject { ["lookup_key"] = key });
        }
    }

    private static JsonObject ListPrices(StripeCall call)
    {
        var form = call.Form;
        var (active, currency, product, type) = (form.Flag("active"), form.Text("currency"), form.Text("product"), form.Text("type"));
        var keys = form.List("lookup_keys");
        return call.Page(PriceKind, price =>
            (active is null || (bool)price["active"]! == active)
            && (currency is null || price.Text("currency") == currency)
            && (product is null || price.Text("product") == product)
            && (type is null || price.Text("type") == type)
            && (keys.Count == 0 || keys.Contains(price.Text("lookup_key") ?? "")));
    }

    private static JsonObject UpdatePrice(StripeCall call)
    {
        var price = call.Draft.Get(call.Id, PriceKind);
        TakeLookupKey(call, call.Id);
        Change(price, call.Form, "lookup_key", "nickname");
        call.Draft.Put(price);
        call.Draft.Emit("price.updated", price);
        return call.Show(price);
    }

    private static void Change(JsonObject item, Form form, params string[] fields)
    {
        foreach (var field in fields)
        {
            if (form.Text(field) is { } value)
            {
                item[field] = value.Length == 0 ? null : value;
            }
        }

        item["active"] = form.Flag("active") ?? (bool)item["active"]!;
        item["metadata"] = form.Metadata(item["metadata"]);
    }
}
