using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>What was given back for a subscription, all in all.</summary>
/// <param name="AmountCents">In the smallest unit of the currency.</param>
public sealed record Refunded(long AmountCents, string Currency)
{
    public static readonly Refunded Nothing = new(0, "");

    public Refunded And(long cents, string currency) => cents == 0 ? this : new(AmountCents + cents, currency);
}

/// <param name="Given">What was given back of the invoice by now.</param>
/// <param name="All">What was given back of its subscription by now.</param>
public sealed record InvoiceRefund(string Account, string Deployment, string Subscription, Refunded Given, Refunded All);

/// <summary>Money back, to whatever it came from. A payment is given back once, whoever asks and however often.</summary>
public sealed class StripeRefunds(StripeConnection connection)
{
    private const int PageMax = 100;

    private readonly StripeBalances balances = new(connection);

    /// <summary>Gives back all that was paid on the subscription's invoices from a moment on, and what was paid for time to come after it had
    /// ended. When it was paid counts, not when it was first asked for.</summary>
    /// <returns>All that was given back for it by now, be it by this call or before; nothing where nothing was paid since.</returns>
    public async Task<Refunded> RefundAsync(string subscription, DateTimeOffset from, DateTimeOffset? endedAt, CancellationToken ct)
    {
        var bills = await BillsAsync(subscription, ct);
        var total = Refunded.Nothing;
        foreach (var bill in bills.Exists(one => one.Status != "paid" || GoesBack(one, PaidAt(one))) ? bills : [])
        {
            total = total.And(await OfAsync(bill, subscription, at => GoesBack(bill, at), ct), bill.Currency);
        }

        return total;

        bool GoesBack(Invoice bill, DateTime paidAt) => paidAt >= from.UtcDateTime || (paidAt > endedAt?.UtcDateTime && StripeInvoices.BuysTime(bill));
    }

    /// <summary>Gives back what was paid on one invoice. Null when it is none of ours, or nothing was paid on it.</summary>
    public async Task<InvoiceRefund?> RefundInvoiceAsync(string invoice, CancellationToken ct)
    {
        var found = await connection.FindAsync((client, stop) => new InvoiceService(client).GetAsync(invoice, null, null, stop), ct);
        if (found?.Parent?.SubscriptionDetails is not { SubscriptionId: { } subscription, Metadata: { } ours }
            || !ours.TryGetValue(StripeMetadata.AccountKey, out var account) || !ours.TryGetValue(StripeMetadata.DeploymentKey, out var deployment))
        {
            return null;
        }

        var given = Refunded.Nothing.And(await OfAsync(found, subscription, _ => found.Status != "void", ct), found.Currency);
        var all = Refunded.Nothing;
        foreach (var bill in given.AmountCents > 0 ? await BillsAsync(subscription, ct) : [])
        {
            all = all.And(await OfAsync(bill, subscription, _ => false, ct), bill.Currency);
        }

        return given.AmountCents > 0 ? new(account, deployment, subscription, given, all) : null;
    }

    /// <summary>What was given back of an invoice to whatever it was paid with.</summary>
    public async Task<long> RefundedAsync(string invoice, CancellationToken ct) =>
        await connection.FindAsync((client, stop) => new InvoiceService(client).GetAsync(invoice, null, null, stop), ct) is { } bill
            ? await OfAsync(bill, "", _ => false, ct)
            : 0;

    /// <param name="goesBack">Whether what was paid at a moment is to be given back.</param>
    /// <returns>All that was given back of the bill by now.</returns>
    private async Task<long> OfAsync(Invoice bill, string subscription, Func<DateTime, bool> goesBack, CancellationToken ct)
    {
        var back = 0L;
        foreach (var payment in bill.AmountPaid > 0 ? await PaymentsOfAsync(bill.Id, ct) : [])
        {
            back += await (goesBack(payment.StatusTransitions?.PaidAt ?? payment.Created)
                ? GiveBackAsync(payment, subscription, ct)
                : RefundedAsync(payment, ct));
        }

        return back + await (bill.Status == "paid" && goesBack(PaidAt(bill)) ? balances.GiveBackAsync(bill, ct) : balances.GivenBackAsync(bill, ct));
    }

    /// <returns>All that was given back of it by now.</returns>
    private async Task<long> GiveBackAsync(InvoicePayment payment, string subscription, CancellationToken ct)
    {
        var back = await RefundedAsync(payment, ct);
        if (back < payment.AmountPaid)
        {
            await MakeAsync(payment, subscription, ct);
            back = payment.AmountPaid ?? 0;
        }

        return back;
    }

    /// <summary>Those on which something was paid, by card or from the customer's balance.</summary>
    private async Task<List<Invoice>> BillsAsync(string subscription, CancellationToken ct)
    {
        var billed = new InvoiceListOptions { Subscription = subscription, Limit = PageMax };
        return await connection.RunAsync(
            async (client, stop) => await new InvoiceService(client).ListAutoPagingAsync(billed, cancellationToken: stop)
                .Where(bill => bill.AmountPaid > 0 || (bill.Status == "paid" && StripeBalances.Applied(bill) > 0))
                .ToListAsync(stop),
            ct);
    }

    private static DateTime PaidAt(Invoice bill) => bill.StatusTransitions?.PaidAt ?? bill.Created;

    private async Task<IEnumerable<InvoicePayment>> PaymentsOfAsync(string invoice, CancellationToken ct)
    {
        var paid = new InvoicePaymentListOptions { Invoice = invoice, Status = "paid", Limit = PageMax };
        return (await connection.RunAsync((client, stop) => new InvoicePaymentService(client).ListAsync(paid, null, stop), ct))
            .Where(payment => payment.Payment is { PaymentIntentId: not null } or { ChargeId: not null });
    }

    private async Task<long> RefundedAsync(InvoicePayment payment, CancellationToken ct)
    {
        var of = new RefundListOptions
        {
            PaymentIntent = payment.Payment.PaymentIntentId,
            Charge = payment.Payment.ChargeId,
            Limit = PageMax,
        };
        var refunds = await connection.RunAsync((client, stop) => new RefundService(client).ListAsync(of, null, stop), ct);
        return refunds.Where(HasEffect).Sum(refund => refund.Amount);
    }

    private async Task MakeAsync(InvoicePayment payment, string subscription, CancellationToken ct)
    {
        // Without an amount it is all that was not given back yet.
        var options = new RefundCreateOptions
        {
            PaymentIntent = payment.Payment.PaymentIntentId,
            Charge = payment.Payment.ChargeId,
            Metadata = new() { ["subscription"] = subscription },
        };
        try
        {
            await connection.MakeAsync(
                $"refund-{payment.Id}", (client, once, stop) => new RefundService(client).CreateAsync(options, once, stop),
                async id => await connection.FindAsync((client, stop) => new RefundService(client).GetAsync(id, null, null, stop), ct)
                    is { } refund && HasEffect(refund),
                ct);
        }
        catch (PermanentException refused) when (refused.Is("charge_already_refunded"))
        {
            // Somebody was faster: that is what was wanted.
        }
    }

    private static bool HasEffect(Refund refund) => refund.Status is not ("failed" or "canceled");
}
