using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>Something of what was paid that is given back to its customer's balance, which the next bill starts from.</summary>
/// <param name="Invoice">On which it was paid.</param>
public sealed record Credit(string Id, string Invoice, long AmountCents, string Currency);

/// <param name="Key">What makes it one however often it is asked for: a month of the bot.</param>
/// <param name="Subscriptions">That ever paid for it.</param>
/// <param name="For">The time of which something is given back.</param>
/// <param name="Percent">Of what was paid for that time.</param>
public sealed record CreditOrder(
    string Account, string Deployment, string Key, IReadOnlyList<string> Subscriptions, Span For, int Percent);

/// <summary>Credit notes: one for a bot and a month, and never for more than was paid and is not given back already.</summary>
public sealed class StripeCredits(StripeConnection connection, StripeInvoices invoices, StripeRefunds refunds)
{
    private const string MonthKey = "month";
    private const int PageMax = 100;

    /// <returns>The one that there is now; null where nothing of what was paid is left to be given back.</returns>
    public async Task<Credit?> GiveAsync(CreditOrder order, CancellationToken ct)
    {
        var bills = await BillsAsync(order, ct);
        if (await FindAsync(order, bills, ct) is { } known)
        {
            return known;
        }

        if (Owed(order, bills) is not ({ } bill, > 0 and var amount))
        {
            return null;
        }

        try
        {
            return Of(await MakeAsync(order, bill, amount, ct));
        }
        catch (PermanentException)
        {
            // Another amount was asked for under the same key before, and its answer was lost.
            if (await FindAsync(order, bills, ct) is { } made)
            {
                return made;
            }

            throw;
        }
    }

    /// <summary>The bill that has most of that time, and what is given back on it.</summary>
    private static (InvoiceState? Bill, long Amount) Owed(CreditOrder order, IReadOnlyList<(InvoiceState Bill, long Left)> bills)
    {
        var shares = bills.Select(one => (one.Bill, one.Left, Share: Share(one.Bill, one.Left, order.For))).Where(one => one.Share > 0).ToList();
        if (shares.Count == 0)
        {
            return (null, 0);
        }

        var (bill, left, _) = shares.MaxBy(one => one.Share);
        return (bill, Math.Min((long)Math.Round(shares.Sum(one => one.Share) * order.Percent / 100m, MidpointRounding.AwayFromZero), left));
    }

    /// <summary>How much of what is left of a bill was for that time.</summary>
    private static decimal Share(InvoiceState bill, long left, Span time)
    {
        var all = bill.Periods.Sum(period => period.Length.Ticks);
        return all == 0 ? 0 : (decimal)left * bill.Periods.Sum(period => period.Within(time).Length.Ticks) / all;
    }

    /// <summary>Those that were paid for some of that time, and what of each was not given back.</summary>
    private async Task<IReadOnlyList<(InvoiceState Bill, long Left)>> BillsAsync(CreditOrder order, CancellationToken ct)
    {
        var bills = new List<(InvoiceState, long)>();
        foreach (var subscription in order.Subscriptions)
        {
            foreach (var bill in await invoices.PaidAsync(subscription, ct))
            {
                if (bill.Periods.Any(period => period.Within(order.For).Length > TimeSpan.Zero))
                {
                    bills.Add((bill, bill.AmountPaid + bill.FromBalance - bill.Credited - await refunds.RefundedAsync(bill.Id, ct)));
                }
            }
        }

        return bills;
    }

    private async Task<Credit?> FindAsync(CreditOrder order, IReadOnlyList<(InvoiceState Bill, long Left)> bills, CancellationToken ct)
    {
        foreach (var (bill, _) in bills)
        {
            var wanted = new CreditNoteListOptions { Invoice = bill.Id, Limit = PageMax };
            var notes = await connection.RunAsync(
                async (client, stop) => await new CreditNoteService(client).ListAutoPagingAsync(wanted, cancellationToken: stop).ToListAsync(stop), ct);
            if (notes.FirstOrDefault(note => HasEffect(note) && IsFor(note, order)) is { } known)
            {
                return Of(known);
            }
        }

        return null;
    }

    private Task<CreditNote> MakeAsync(CreditOrder order, InvoiceState bill, long amount, CancellationToken ct)
    {
        var options = new CreditNoteCreateOptions
        {
            Invoice = bill.Id,
            Amount = amount,
            CreditAmount = amount,
            Reason = "product_unsatisfactory",
            EmailType = "none",
            Memo = $"Uptime in {order.Key}",
            Metadata = new()
            {
                [StripeMetadata.AccountKey] = order.Account,
                [StripeMetadata.DeploymentKey] = order.Deployment,
                [MonthKey] = order.Key,
            },
        };
        return connection.MakeAsync(
            $"uptime-{order.Deployment}-{order.Key}", (client, once, stop) => new CreditNoteService(client).CreateAsync(options, once, stop),
            async id => await connection.FindAsync((client, stop) => new CreditNoteService(client).GetAsync(id, null, null, stop), ct)
                is { } note && HasEffect(note),
            ct);
    }

    private static bool IsFor(CreditNote note, CreditOrder order) =>
        StripeMetadata.Deployment(note) == order.Deployment && StripeMetadata.Value(note, MonthKey) == order.Key;

    private static bool HasEffect(CreditNote note) => note.Status != "void";

    private static Credit Of(CreditNote note) => new(note.Id, note.InvoiceId, note.Amount, note.Currency);
}
