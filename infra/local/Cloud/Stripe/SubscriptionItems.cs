using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>The prices within a subscription, the period they are paid for, and their change.</summary>
internal static class SubscriptionItems
{
    private const int QuantityMax = 999_999;

    /// <summary>What a session's line becomes; its first period begins now.</summary>
    public static JsonObject Of(Draft draft, string subscription, JsonObject line) => new()
    {
        ["id"] = Draft.NewId("si_", 14),
        ["object"] = "subscription_item",
        ["billing_thresholds"] = null,
        ["created"] = draft.Seconds,
        ["current_period_end"] = After(draft.Seconds, line["price"]!["recurring"]!.AsObject()),
        ["current_period_start"] = draft.Seconds,
        ["discounts"] = new JsonArray(),
        ["metadata"] = new JsonObject(),
        ["price"] = line["price"]!.DeepClone(),
        ["quantity"] = line["quantity"]!.DeepClone(),
        ["subscription"] = subscription,
        ["tax_rates"] = new JsonArray(),
    };

    /// <summary>A new period of every item.</summary>
    public static void Begin(JsonObject subscription, long startsAt)
    {
        foreach (var item in Subscriptions.Items(subscription))
        {
            item["current_period_start"] = startsAt;
            item["current_period_end"] = After(startsAt, item["price"]!["recurring"]!.AsObject());
        }
    }

    /// <summary>Gives the items that the form names another price or quantity, and says what that is worth. The answer is the invoice
    /// that has to be charged at once, if there is one.</summary>
    public static JsonObject? Change(Draft draft, JsonObject subscription, Form form)
    {
        var behavior = form.Choice("proration_behavior", "always_invoice", "create_prorations", "none") ?? "create_prorations";
        var from = ProrationDate(draft, subscription, form);
        var wanted = form.Items("items")
            .Select(item => Read(draft, subscription, item))
            .Where(change => change.Price.Id() != (string?)change.Item["price"]!["id"] || change.Quantity != change.Item.Number("quantity"))
            .ToList();
        if (wanted.Count == 0)
        {
            return null;
        }

        // Another interval, or the first price after a free one, is another period: it begins now and is charged as a whole, and of
        // the old one only the rest is given back.
        // A trial goes on with whatever follows on it.
        var isTrial = Subscriptions.IsTrial(subscription);
        var restarts = !isTrial && (wanted.Exists(change => Interval(change.Price) != Interval(change.Item["price"]!.AsObject()))
            || (Cost(subscription) == 0 && wanted.Sum(change => change.Price.Number("unit_amount") * change.Quantity) > 0));
        var prorated = behavior == "none" || isTrial
            ? []
            : (restarts ? Subscriptions.Items(subscription) : wanted.Select(change => change.Item)).Distinct().ToList();
        prorated.ForEach(item => Prorations.Credit(draft, subscription, item, from));
        foreach (var (item, price, quantity) in wanted)
        {
            item["price"] = price.DeepClone();
            item["quantity"] = quantity;
            item.Remove(Prorations.Whole);
        }

        if (Subscriptions.Items(subscription).Select(item => Interval(item["price"]!.AsObject())).Distinct().Count() > 1)
        {
            throw StripeFailure.Invalid(
                "Currency and interval fields must match across all plans on this subscription. Found mismatch in interval field.");
        }

        if (restarts)
        {
            subscription["billing_cycle_anchor"] = draft.Seconds;
            Begin(subscription, draft.Seconds);
        }
        else
        {
            prorated.ForEach(item => Prorations.Debit(draft, subscription, item, from));
        }

        return restarts || (behavior == "always_invoice" && !isTrial)
            ? Invoices.Issue(draft, subscription, "subscription_update", withPeriod: restarts)
            : null;
    }

    // A change may arrive in the instant between the end of the period and its renewal.
    private static long ProrationDate(Draft draft, JsonObject subscription, Form form)
    {
        var item = Subscriptions.Items(subscription).First();
        var (start, end) = (item.Number("current_period_start"), item.Number("current_period_end"));
        var from = form.Number("proration_date") ?? Math.Min(draft.Seconds, end);
        return from >= start && from <= end
            ? from
            : throw StripeFailure.Invalid(
                "Cannot specify proration date outside of current subscription period", null, "proration_date");
    }

    private static Wanted Read(Draft draft, JsonObject subscription, Form form)
    {
        var id = form.Text("id") ?? throw StripeFailure.Invalid(
            "Adding an item to a subscription is not in this stand-in: say by its id which item changes.", null, form.Param("id"));
        var item = Subscriptions.Items(subscription).FirstOrDefault(known => known.Id() == id)
            ?? throw StripeFailure.Dangling("subscription item", id, form.Param("id"));
        var price = form.Text("price") is { } named
            ? Price(draft, subscription, named, form.Param("price"))
            : item["price"]!.AsObject();
        var quantity = form.Number("quantity") ?? item.Number("quantity");
        return quantity is >= 0 and <= QuantityMax
            ? new(item, price, quantity)
            : throw StripeFailure.Invalid("Invalid non-negative integer", "parameter_invalid_integer", form.Param("quantity"));
    }

    private static JsonObject Price(Draft draft, JsonObject subscription, string id, string param)
    {
        var price = Catalog.ActivePrice(draft, id, param);
        if (price.Text("type") != "recurring")
        {
            throw StripeFailure.Invalid(
                "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.", null, param);
        }

        return price.Text("currency") == subscription.Text("currency")
            ? price
            : throw StripeFailure.Invalid($"The price specified only supports `{price.Text("currency")}`. "
                + $"This doesn't match the expected currency: `{subscription.Text("currency")}`.", null, param);
    }

    private static long Cost(JsonObject subscription) => Subscriptions.Items(subscription)
        .Sum(item => item["price"]!.AsObject().Number("unit_amount") * item.Number("quantity"));

    private static (string? Interval, long Count) Interval(JsonObject price)
    {
        var recurring = price["recurring"]!.AsObject();
        return (recurring.Text("interval"), recurring.Number("interval_count"));
    }

    private static long After(long start, JsonObject recurring)
    {
        var (time, count) = (DateTimeOffset.FromUnixTimeSeconds(start), (int)recurring.Number("interval_count"));
        var end = recurring.Text("interval") switch
        {
            "day" => time.AddDays(count),
            "week" => time.AddDays(7 * count),
            "month" => time.AddMonths(count),
            _ => time.AddYears(count),
        };
        return end.ToUnixTimeSeconds();
    }

    private sealed record Wanted(JsonObject Item, JsonObject Price, long Quantity);
}
