using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What an invoice adds up.</summary>
internal static class InvoiceLines
{
    /// <summary>The item's current period, of which a trial costs nothing.</summary>
    public static JsonObject OfPeriod(Draft draft, string invoice, JsonObject item, bool isTrial)
    {
        var price = item["price"]!.AsObject();
        var line = Line(invoice, item, isTrial ? 0 : price.Number("unit_amount") * item.Number("quantity"), price.Text("currency"));
        var name = draft.Get(price.Text("product")!, "product").Text("name");
        var each = CheckoutPages.Money(price.Number("unit_amount"), price.Text("currency")!);
        line["description"] = isTrial
            ? $"Trial period for {name}"
            : $"{item.Number("quantity")} × {name} (at {each} / {price["recurring"]!["interval"]})";
        line["parent"] = Parent(item.Text("subscription"), item.Id(), null);
        line["period"] = new JsonObject { ["end"] = item.Number("current_period_end"), ["start"] = item.Number("current_period_start") };
        line["pricing"] = new JsonObject
        {
            ["price_details"] = new JsonObject { ["price"] = price.Id(), ["product"] = price.Text("product") },
            ["type"] = "price_details",
            ["unit_amount_decimal"] = price.Text("unit_amount_decimal"),
        };
        return line;
    }

    public static JsonObject OfProration(string invoice, JsonObject proration)
    {
        var source = proration["parent"]!["subscription_details"]!.AsObject();
        var line = Line(invoice, proration, proration.Number("amount"), proration.Text("currency"));
        line["description"] = proration.Text("description");
        line["parent"] = Parent(source.Text("subscription"), source.Text("subscription_item"), proration.Id());
        line["period"] = proration["period"]!.DeepClone();
        line["pricing"] = proration["pricing"]!.DeepClone();
        return line;
    }

    private static JsonObject Line(string invoice, JsonObject source, long amount, string? currency) => new()
    {
        ["id"] = Draft.NewId("il_1"),
        ["object"] = "line_item",
        ["amount"] = amount,
        ["currency"] = currency,
        ["description"] = null,
        ["discount_amounts"] = new JsonArray(),
        ["discountable"] = source["discountable"]?.DeepClone() ?? true,
        ["invoice"] = invoice,
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["quantity"] = source.Number("quantity"),
    };

    private static JsonObject Parent(string? subscription, string? item, string? proration) => new()
    {
        ["invoice_item_details"] = null,
        ["subscription_item_details"] = new JsonObject
        {
            ["invoice_item"] = proration,
            ["proration"] = proration is not null,
            ["proration_details"] = new JsonObject { ["credited_items"] = null },
            ["subscription"] = subscription,
            ["subscription_item"] = item,
        },
        ["type"] = "subscription_item_details",
    };
}
