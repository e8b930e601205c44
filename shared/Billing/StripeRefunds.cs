using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>What was given back for a subscription, all in all.</summary>
/// <param name="AmountCents">In the smallest unit of the currency.</param>
public sealed record Refunded(long AmountCents, string Currency)
{
    public static readonly Refunded Nothing = new(0, "");
}

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
            var back = await RefundedAsync(payment, ct);
            if (back < payment.AmountPaid)
            {
                await MakeAsync(payment, subscription, ct);
                back = payment.AmountPaid ?? 0;
            }

            total = new(total.AmountCents + back, payment.Currency);
        }

        return total;
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
            var paid = new InvoicePaymentListOptions { Invoice = invoice.Id, Status = "paid", Limit = PageMax };
            payments.AddRange((await connection.RunAsync(
                    (client, stop) => new InvoicePaymentService(client).ListAsync(paid, null, stop), ct))
                .Where(payment => payment.Created >= from.UtcDateTime
                    && payment.Payment is { PaymentIntentId: not null } or { ChargeId: not null }));
        }

        return payments;
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
