using System.Globalization;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Coupons at work: on the payment page, and on a subscription's invoices for as long as each of them says.</summary>
internal static class Discounts
{
    public const string Kind = "discount";

    public static bool AreTaken(JsonObject session) => session["allow_promotion_codes"]?.GetValue<bool>() is true;

    /// <summary>Gives the session what the code says, instead of what another one did. False when it says nothing here.</summary>
    public static bool TryRedeem(Draft draft, JsonObject session, string code)
    {
        if (!AreTaken(session) || Coupons.Typed(draft, code) is not { } promotion)
        {
            return false;
        }

        var coupon = Coupons.Of(draft, promotion);
        if (coupon.Text("currency") is { } currency && currency != session.Text("currency"))
        {
            return false;
        }

        session["discounts"] = new JsonArray(new JsonObject { ["coupon"] = null, ["promotion_code"] = promotion.Id() });
        session["_discount"] = $"{promotion.Text("code")} ({Words(coupon)})";
        var left = AmountOff(coupon);
        foreach (var line in Sessions.Lines(session))
        {
            var off = Off(coupon, line.Number("amount_subtotal"), ref left);
            line["amount_discount"] = off;
            line["amount_total"] = line.Number("amount_subtotal") - off;
        }

        var total = Sessions.Lines(session).Sum(line => line.Number("amount_discount"));
        session["total_details"]!["amount_discount"] = total;
        session["amount_total"] = session.Number("amount_subtotal") - total;
        draft.Put(session);
        return true;
    }

    /// <summary>The subscription has from now on what its session was given.</summary>
    public static void Begin(Draft draft, JsonObject session, JsonObject subscription)
    {
        if (session["discounts"]?.AsArray() is not [{ } given])
        {
            return;
        }

        var code = draft.Get((string)given["promotion_code"]!, Coupons.CodeKind);
        var coupon = Coupons.Of(draft, code);
        foreach (var redeemed in (JsonObject[])[code, coupon])
        {
            redeemed["times_redeemed"] = redeemed.Number("times_redeemed") + 1;
            draft.Put(redeemed);
        }

        var discount = draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("di_1"),
            ["object"] = Kind,
            ["checkout_session"] = null,
            ["customer"] = subscription.Text("customer"),
            ["end"] = coupon["duration_in_months"] is null ? null : draft.Now.AddMonths((int)coupon.Number("duration_in_months")).ToUnixTimeSeconds(),
            ["invoice"] = null,
            ["invoice_item"] = null,
            ["promotion_code"] = code.Id(),
            ["source"] = new JsonObject { ["coupon"] = coupon.Id(), ["type"] = "coupon" },
            ["start"] = draft.Seconds,
            ["subscription"] = subscription.Id(),
            ["subscription_item"] = null,
        });
        subscription["discounts"] = new JsonArray(discount.Id());
    }

    /// <summary>Takes off the lines of an invoice what the subscription's discounts say, and says how much each took. What counts once is
    /// used up by the first invoice that it takes something off.</summary>
    public static JsonArray Take(Draft draft, JsonObject subscription, IReadOnlyList<JsonObject> lines)
    {
        var totals = new JsonArray();
        foreach (var (discount, coupon) in Running(draft, subscription))
        {
            var (total, left) = (0L, AmountOff(coupon));
            foreach (var line in lines.Where(line => (bool)line["discountable"]!))
            {
                var off = Off(coupon, Net(line), ref left);
                total += off;
                line["discount_amounts"]!.AsArray().Add(Amount(off, discount));
            }

            totals.Add(Amount(total, discount));
            if (total > 0 && coupon.Text("duration") == "once")
            {
                subscription["discounts"] = new JsonArray([.. subscription["discounts"]!.AsArray()
                    .Where(id => (string?)id != discount.Id()).Select(id => id!.DeepClone())]);
            }
        }

        return totals;
    }

    /// <summary>What an invoice line comes to.</summary>
    public static long Net(JsonObject line) => line.Number("amount") - Sum(line["discount_amounts"]!);

    public static long Sum(JsonNode amounts) => amounts.AsArray().Sum(amount => amount!.AsObject().Number("amount"));

    /// <summary>What a whole period of an item comes to for who changes to it now.</summary>
    public static long Net(Draft draft, JsonObject subscription, long cents) => Running(draft, subscription).Aggregate(cents, (left, one) =>
    {
        var most = AmountOff(one.Coupon);
        return left - Off(one.Coupon, left, ref most);
    });

    // A period that begins when the discount ends has it no more.
    private static List<(JsonObject Discount, JsonObject Coupon)> Running(Draft draft, JsonObject subscription)
    {
        var from = Subscriptions.Items(subscription).Min(item => item.Number("current_period_start"));
        return subscription["discounts"]!.AsArray().Select(id => draft.Get((string)id!, Kind))
            .Where(discount => discount["end"] is null || discount.Number("end") > from)
            .Select(discount => (Discount: discount, Coupon: draft.Get((string)discount["source"]!["coupon"]!, Coupons.Kind)))
            .ToList();
    }

    /// <param name="left">Of an amount that is taken off once for all lines.</param>
    private static long Off(JsonObject coupon, long cents, ref long left)
    {
        if (coupon["percent_off"] is { } percent)
        {
            return (long)Math.Round(Math.Max(0, cents) * (decimal)percent / 100m, MidpointRounding.AwayFromZero);
        }

        var off = Math.Clamp(cents, 0, left);
        left -= off;
        return off;
    }

    private static string Words(JsonObject coupon)
    {
        var off = coupon["percent_off"] is null
            ? CheckoutPages.Money(coupon.Number("amount_off"), coupon.Text("currency")!)
            : string.Create(CultureInfo.InvariantCulture, $"{(decimal)coupon["percent_off"]!:0.##}%");
        return coupon.Text("duration") switch
        {
            "forever" => $"{off} off",
            "once" => $"{off} off once",
            _ => $"{off} off for {coupon.Number("duration_in_months")} months",
        };
    }

    private static long AmountOff(JsonObject coupon) => coupon["amount_off"] is null ? 0 : coupon.Number("amount_off");

    private static JsonObject Amount(long amount, JsonObject discount) => new() { ["amount"] = amount, ["discount"] = discount.Id() };
}
