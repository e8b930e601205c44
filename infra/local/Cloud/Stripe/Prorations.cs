using System.Globalization;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What a change in the middle of a period is worth. It waits, as a pair of invoice items, for the subscription's next
/// invoice.</summary>
internal static class Prorations
{
    public const string Kind = "invoiceitem";

    /// <summary>Of an item: what its current period comes to as a whole, after discounts.</summary>
    public const string Whole = "_whole";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("GET", "/v1/invoiceitems", [.. StripeRoute.Paging, "customer", "invoice", "pending"], List),
        new("GET", "/v1/invoiceitems/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
    ];

    /// <summary>Gives back what the item was paid for and has not yet been used.</summary>
    public static void Credit(Draft draft, JsonObject subscription, JsonObject item, long from) =>
        Add(draft, subscription, item, from, -Worth(item, from), "Unused");

    /// <summary>Asks for what the item, as it is now, costs for the rest of the period.</summary>
    public static void Debit(Draft draft, JsonObject subscription, JsonObject item, long from)
    {
        item[Whole] = Discounts.Net(draft, subscription, Gross(item));
        Add(draft, subscription, item, from, Worth(item, from), "Remaining");
    }

    /// <summary>Newest first, as an invoice lists them.</summary>
    public static IReadOnlyList<JsonObject> Pending(Draft draft, string subscription) => [.. draft.All(Kind).Where(item =>
        IsPending(item) && (string?)item["parent"]!["subscription_details"]!["subscription"] == subscription)];

    private static bool IsPending(JsonObject item) => item["invoice"] is null;

    // To the second. Rounded before it gets its sign, so that a change and its way back at the same second cancel out.
    private static long Worth(JsonObject item, long from)
    {
        var (start, end) = (item.Number("current_period_start"), item.Number("current_period_end"));
        var whole = (decimal)(item[Whole] is null ? Gross(item) : item.Number(Whole));
        return (long)Math.Round(whole * (end - from) / (end - start), MidpointRounding.AwayFromZero);
    }

    private static long Gross(JsonObject item) => item["price"]!.AsObject().Number("unit_amount") * item.Number("quantity");

    private static void Add(Draft draft, JsonObject subscription, JsonObject item, long from, long amount, string which)
    {
        var (price, quantity) = (item["price"]!.AsObject(), item.Number("quantity"));
        var name = draft.Get(price.Text("product")!, "product").Text("name");
        var date = DateTimeOffset.FromUnixTimeSeconds(from).ToString("dd MMM yyyy", CultureInfo.InvariantCulture);
        var proration = draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("ii_1"),
            ["object"] = Kind,
            ["amount"] = amount,
            ["currency"] = price.Text("currency"),
            ["customer"] = subscription.Text("customer"),
            ["date"] = draft.Seconds,
            ["description"] = $"{which} time on {(quantity == 1 ? "" : $"{quantity} × ")}{name} after {date}",
            ["discountable"] = false,
            ["discounts"] = new JsonArray(),
            ["invoice"] = null,
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
            ["parent"] = new JsonObject
            {
                ["subscription_details"] = new JsonObject
                {
                    ["subscription"] = subscription.Id(),
                    ["subscription_item"] = item.Id(),
                },
                ["type"] = "subscription_details",
            },
            ["period"] = new JsonObject { ["end"] = item.Number("current_period_end"), ["start"] = from },
            ["pricing"] = new JsonObject
            {
                ["price_details"] = new JsonObject { ["price"] = price.Id(), ["product"] = price.Text("product") },
                ["type"] = "price_details",
                ["unit_amount_decimal"] = Math.Round((decimal)amount / Math.Max(1, quantity), 12).ToString(CultureInfo.InvariantCulture),
            },
            ["proration"] = true,
            ["quantity"] = quantity,
            ["tax_rates"] = new JsonArray(),
            ["test_clock"] = null,
        });
        draft.Emit("invoiceitem.created", proration);
    }

    private static JsonObject List(StripeCall call)
    {
        var form = call.Form;
        var (customer, invoice, pending) = (form.Text("customer"), form.Text("invoice"), form.Flag("pending"));
        return call.Page(Kind, item =>
            (customer is null || item.Text("customer") == customer)
            && (invoice is null || item.Text("invoice") == invoice)
            && (pending is null || IsPending(item) == pending));
    }
}
