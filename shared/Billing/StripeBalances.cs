using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>What customers have with us at Stripe, which their next bill starts from: what of a bill it paid goes back to it, once.</summary>
internal sealed class StripeBalances(StripeConnection connection)
{
    private const string InvoiceKey = "invoice";
    private const int PageMax = 100;

    /// <summary>What of a bill was paid from it. Below nothing, a balance is the customer's.</summary>
    public static long Applied(Invoice bill) => Math.Max(0, (bill.EndingBalance ?? bill.StartingBalance) - bill.StartingBalance);

    /// <returns>All that went back to it of the bill by now.</returns>
    public async Task<long> GiveBackAsync(Invoice bill, CancellationToken ct)
    {
        var (owed, back) = (Applied(bill), await GivenBackAsync(bill, ct));
        if (owed == 0 || back > 0)
        {
            return back;
        }

        var options = new CustomerBalanceTransactionCreateOptions
        {
            Amount = -owed,
            Currency = bill.Currency,
            Description = $"Invoice {bill.Number} was given back",
            Metadata = new() { [InvoiceKey] = bill.Id },
        };
        var once = new RequestOptions { IdempotencyKey = $"balance-back-{bill.Id}" };
        return await connection.FindAsync(
            (client, stop) => new CustomerBalanceTransactionService(client).CreateAsync(bill.CustomerId, options, once, stop), ct) is null ? 0 : owed;
    }

    /// <inheritdoc cref="GiveBackAsync"/>
    public async Task<long> GivenBackAsync(Invoice bill, CancellationToken ct)
    {
        if (Applied(bill) == 0)
        {
            return 0;
        }

        // A customer who was deleted has no balance.
        var wanted = new CustomerBalanceTransactionListOptions { Limit = PageMax };
        var all = await connection.FindAsync(
            async (client, stop) => await new CustomerBalanceTransactionService(client)
                .ListAutoPagingAsync(bill.CustomerId, wanted, cancellationToken: stop).ToListAsync(stop),
            ct);
        return -(all ?? []).Where(one => StripeMetadata.Value(one, InvoiceKey) == bill.Id).Sum(one => one.Amount);
    }
}
