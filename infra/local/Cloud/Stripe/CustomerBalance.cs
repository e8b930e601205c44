using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What a customer has with the merchant, which the next invoice starts from; below nothing it is the customer's.</summary>
internal static class CustomerBalance
{
    public const string Kind = "customer_balance_transaction";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("POST", "/v1/customers/{id}/balance_transactions", ["amount", "currency", "description", "metadata.*", "expand.*"], Create),
        new("GET", "/v1/customers/{id}/balance_transactions", StripeRoute.Paging, call =>
        {
            call.Draft.Get(call.Id, Customers.Kind);
            return call.Page(Kind, item => item.Text("customer") == call.Id);
        }),
    ];

    /// <param name="about">What else is said of it: the credit note or the invoice that it is of.</param>
    public static JsonObject Add(Draft draft, string customer, long amount, string type, string? currency, JsonObject about)
    {
        var owner = draft.Get(customer, Customers.Kind);
        var before = owner.Number("balance");
        owner["balance"] = before + amount;
        draft.Put(owner);
        draft.Emit("customer.updated", owner, new JsonObject { ["balance"] = before });
        var made = new JsonObject
        {
            ["id"] = Draft.NewId("cbtxn_1"),
            ["object"] = Kind,
            ["amount"] = amount,
            ["created"] = draft.Seconds,
            ["credit_note"] = null,
            ["currency"] = currency,
            ["customer"] = customer,
            ["description"] = null,
            ["ending_balance"] = before + amount,
            ["invoice"] = null,
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
            ["type"] = type,
        };
        foreach (var (name, value) in about)
        {
            made[name] = value?.DeepClone();
        }

        return draft.Put(made);
    }

    private static JsonObject Create(StripeCall call)
    {
        var form = call.Form;
        form.Required("amount");
        return call.Show(Add(
            call.Draft, call.Id, form.Number("amount")!.Value, "adjustment", form.Required("currency"),
            new() { ["description"] = form.Text("description"), ["metadata"] = form.Metadata() }));
    }
}
