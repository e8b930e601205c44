using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What can be taken off a price, and the codes that customers type for it. Limits of redemption, and coupons for some products or
/// customers only, are refused rather than faked.</summary>
internal static class Coupons
{
    public const string Kind = "coupon";
    public const string CodeKind = "promotion_code";

    private const int CodeLength = 8;

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/coupons",
            ["amount_off", "currency", "duration", "duration_in_months", "id", "metadata.*", "name", "percent_off", "expand.*"], Create),
        new("GET", "/v1/coupons", StripeRoute.Paging, call => call.Page(Kind, _ => true)),
        new("GET", "/v1/coupons/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("POST", "/v1/promotion_codes", ["active", "code", "metadata.*", "promotion.coupon", "promotion.type", "expand.*"], CreateCode),
        new("GET", "/v1/promotion_codes", [.. StripeRoute.Paging, "active", "code", "coupon"], ListCodes),
        new("GET", "/v1/promotion_codes/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, CodeKind))),
        new("POST", "/v1/promotion_codes/{id}", ["active", "metadata.*", "expand.*"], UpdateCode),
    ];

    /// <summary>The promotion code that somebody typed, in whatever case; null for none that counts.</summary>
    public static JsonObject? Typed(Draft draft, string code) => draft.All(CodeKind).FirstOrDefault(known => IsActive(known) && IsCalled(known, code));

    public static JsonObject Of(Draft draft, JsonObject promotionCode) => draft.Get((string)promotionCode["promotion"]!["coupon"]!, Kind);

    private static JsonObject Create(StripeCall call)
    {
        var form = call.Form;
        var id = form.Text("id") ?? Draft.NewId("", CodeLength);
        if (call.Draft.Find(id, Kind) is not null)
        {
            throw StripeFailure.Invalid("Coupon already exists.", "resource_already_exists", "id");
        }

        var (percent, amount) = (form.Decimal("percent_off"), form.Number("amount_off"));
        if (percent is null == amount is null)
        {
            throw StripeFailure.Invalid("You must pass either `percent_off` or `amount_off`, and not both.", null, "percent_off");
        }

        if (percent is <= 0 or > 100 || amount is < 1)
        {
            throw StripeFailure.Invalid("A coupon takes off more than nothing, and at most 100 percent.", null, amount is null ? "percent_off" : "amount_off");
        }

        var duration = form.Choice("duration", "forever", "once", "repeating") ?? "once";
        var months = form.Number("duration_in_months");
        if (duration == "repeating" != months is >= 1)
        {
            throw StripeFailure.Invalid("`duration_in_months` is given with `duration=repeating`, and only then.", null, "duration_in_months");
        }

        var coupon = call.Draft.Put(new JsonObject
        {
            ["id"] = id,
            ["object"] = Kind,
            ["amount_off"] = amount,
            ["created"] = call.Draft.Seconds,
            ["currency"] = amount is null ? null : form.Required("currency").ToLowerInvariant(),
            ["duration"] = duration,
            ["duration_in_months"] = months,
            ["livemode"] = false,
            ["max_redemptions"] = null,
            ["metadata"] = form.Metadata(),
            ["name"] = form.Text("name"),
            ["percent_off"] = percent,
            ["redeem_by"] = null,
            ["times_redeemed"] = 0,
            ["valid"] = true,
        });
        call.Draft.Emit("coupon.created", coupon);
        return call.Show(coupon);
    }

    private static JsonObject CreateCode(StripeCall call)
    {
        var (draft, form, promotion) = (call.Draft, call.Form, call.Form.Group("promotion"));
        _ = promotion.Choice("type", "coupon") ?? throw StripeFailure.Required(promotion.Param("type"));
        var coupon = draft.Referenced(promotion.Required("coupon"), Kind, promotion.Param("coupon"));
        var code = form.Text("code") is { Length: > 0 } wanted ? wanted : Draft.NewId("", CodeLength).ToUpperInvariant();
        if (!code.All(char.IsAsciiLetterOrDigit))
        {
            throw StripeFailure.Invalid("A promotion code has only the letters a to z and digits.", null, "code");
        }

        if (Typed(draft, code) is not null)
        {
            throw StripeFailure.Invalid("An active promotion code with this code already exists.", null, "code");
        }

        var made = draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("promo_1"),
            ["object"] = CodeKind,
            ["active"] = form.Flag("active") ?? true,
            ["code"] = code,
            ["created"] = draft.Seconds,
            ["customer"] = null,
            ["expires_at"] = null,
            ["livemode"] = false,
            ["max_redemptions"] = null,
            ["metadata"] = form.Metadata(),
            ["promotion"] = new JsonObject { ["coupon"] = coupon.Id(), ["type"] = "coupon" },
            ["restrictions"] = new JsonObject
            {
                ["first_time_transaction"] = false,
                ["minimum_amount"] = null,
                ["minimum_amount_currency"] = null,
            },
            ["times_redeemed"] = 0,
        });
        draft.Emit("promotion_code.created", made);
        return call.Show(made);
    }

    private static JsonObject ListCodes(StripeCall call)
    {
        var (active, code, coupon) = (call.Form.Flag("active"), call.Form.Text("code"), call.Form.Text("coupon"));
        return call.Page(CodeKind, known =>
            (active is null || IsActive(known) == active)
            && (code is null || IsCalled(known, code))
            && (coupon is null || (string?)known["promotion"]!["coupon"] == coupon));
    }

    private static JsonObject UpdateCode(StripeCall call)
    {
        var known = call.Draft.Get(call.Id, CodeKind);
        known["active"] = call.Form.Flag("active") ?? IsActive(known);
        known["metadata"] = call.Form.Metadata(known["metadata"]);
        call.Draft.Put(known);
        call.Draft.Emit("promotion_code.updated", known);
        return call.Show(known);
    }

    private static bool IsActive(JsonObject promotionCode) => (bool)promotionCode["active"]!;

    private static bool IsCalled(JsonObject promotionCode, string code) =>
        string.Equals(promotionCode.Text("code"), code, StringComparison.OrdinalIgnoreCase);
}
