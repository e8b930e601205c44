using System.Globalization;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Money that goes back to the card it came from.</summary>
internal static class Refunds
{
    public const string Kind = "refund";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/refunds", ["amount", "metadata.*", "payment_intent", "reason", "expand.*"], Create),
        new("GET", "/v1/refunds", [.. StripeRoute.Paging, "payment_intent"], List),
        new("GET", "/v1/refunds/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("POST", "/v1/refunds/{id}", ["metadata.*", "expand.*"], Update),
    ];

    private static JsonObject Create(StripeCall call)
    {
        var (draft, form) = (call.Draft, call.Form);
        var intent = draft.Referenced(form.Required("payment_intent"), "payment_intent", "payment_intent");
        return call.Show(Make(
            draft, intent, form.Number("amount"), form.Choice("reason", "duplicate", "fraudulent", "requested_by_customer"), form.Metadata()));
    }

    /// <param name="asked">Null for all that was not given back yet.</param>
    public static JsonObject Make(Draft draft, JsonObject intent, long? asked, string? reason, JsonObject metadata)
    {
        var left = intent.Number("amount_received") - Of(draft, intent.Id()).Sum(refund => refund.Number("amount"));
        if (left == 0)
        {
            throw StripeFailure.Invalid($"The payment intent {intent.Id()} has already been refunded.", "charge_already_refunded");
        }

        var amount = asked ?? left;
        if (amount < 1)
        {
            throw StripeFailure.Invalid("Invalid positive integer", "parameter_invalid_integer", "amount");
        }

        if (amount > left)
        {
            throw StripeFailure.Invalid(
                $"Refund amount ({Money(amount)}) is greater than unrefunded amount on charge ({Money(left)})", null, "amount");
        }

        var refund = draft.Put(new JsonObject
        {
            ["id"] = Draft.NewId("re_3"),
            ["object"] = Kind,
            ["amount"] = amount,
            ["balance_transaction"] = null,
            ["charge"] = null,
            ["created"] = draft.Seconds,
            ["currency"] = intent.Text("currency"),
            ["metadata"] = metadata,
            ["payment_intent"] = intent.Id(),
            ["reason"] = reason,
            ["receipt_number"] = null,
            ["source_transfer_reversal"] = null,
            ["status"] = "succeeded",
            ["transfer_reversal"] = null,
        });
        draft.Emit("refund.created", refund);
        return refund;
    }

    private static JsonObject List(StripeCall call)
    {
        var intent = call.Form.Text("payment_intent");
        return call.Page(Kind, refund => intent is null || refund.Text("payment_intent") == intent);
    }

    private static JsonObject Update(StripeCall call)
    {
        var refund = call.Draft.Get(call.Id, Kind);
        refund["metadata"] = call.Form.Metadata(refund["metadata"]);
        return call.Show(call.Draft.Put(refund));
    }

    private static IEnumerable<JsonObject> Of(Draft draft, string intent) =>
        draft.All(Kind).Where(refund => refund.Text("payment_intent") == intent);

    private static string Money(long cents) => string.Create(CultureInfo.InvariantCulture, $"${cents / 100m:0.00}");
}
