using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>What was given back for a subscription, all in all.</summary>
/// <param name="AmountCents">In the smallest unit of the currency.</param>
public sealed record Refunded(long AmountCents, string Currency)
{
    public static readonly Refunded Nothing = new(0, "");

    public Refunded And(long cents, string currency) => new(AmountCents + cents, currency);
}

/// <param name="Given">What was given back of the invoice by now.</param>
/// <param name="All">What was given back of its subscription by now.</param>
public sealed record InvoiceRefund(string Account, string Deployment, string Subscription, Refunded Given, Refunded All);

/// <summary>Money back. A payment is given back once, whoever asks and however often.</summary>
public sealed class StripeRefunds(StripeConnection connection)
{
    private const int PageMax = 100;

    /// <summary>Gives back every payment of the subscription's invoices that was made from a moment on.</summary>
    /// <returns>All that was given back by now, be it by this call or before.</returns>
    public async Task<Refunded> RefundAsync(string subscription, DateTimeOffset from, CancellationToken ct)
    {
        var total = Refunded.Nothing;
        foreach (var payment in await PaymentsAsync(subscription, from, ct))
        {
            total = total.And(await GiveBackAsync(payment, subscription, ct), payment.Currency);
        }

        return total;
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

        var given = Refunded.Nothing;
        foreach (var payment in await PaymentsOfAsync(invoice, ct))
        {
            given = given.And(await GiveBackAsync(payment, subscription, ct), payment.Currency);
        }

        var all = Refunded.Nothing;
        foreach (var payment in given.AmountCents > 0 ? await PaymentsAsync(subscription, DateTimeOffset.MinValue, ct) : [])
        {
            all = all.And(await RefundedAsync(payment, ct), payment.Currency);
        }

        return given.AmountCents > 0 ? new(account, deployment, subscription, given, all) : null;
    }

    /// <summary>What was given back of an invoice to whatever it was paid with.</summary>
    public async Task<long> RefundedAsync(string invoice, CancellationToken ct)
    {
        var refunded = 0L;
        foreach (var payment in await PaymentsOfAsync(invoice, ct))
        {
            refunded += await RefundedAsync(payment, ct);
        }

        return refunded;
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

    private async Task<List<InvoicePayment>> PaymentsAsync(string subscription, DateTimeOffset from, CancellationToken ct)
    {
        var billed = new InvoiceListOptions { Subscription = subscription, Limit = PageMax };
        var invoices = await connection.RunAsync(
            async (client, stop) =>
                await new InvoiceService(client).ListAutoPagingAsync(billed, cancellationToken: stop).ToListAsync(stop),
            ct);
        var payments = new List<InvoicePayment>();
        foreach (var invoice in invoices.Where(invoice => invoice.AmountPaid > 0))
        {
            payments.AddRange((await PaymentsOfAsync(invoice.Id, ct)).Where(payment => payment.Created >= from.UtcDateTime));
        }

        return payments;
    }

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
