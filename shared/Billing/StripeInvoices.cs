using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>A bill as the provider keeps it. Amounts are in the smallest unit of the currency.</summary>
/// <param name="Periods">The times that were paid for in advance with it; not what changes within a period were worth.</param>
/// <param name="Subscription">That it is a bill of; null for none.</param>
/// <param name="FromBalance">What of it was paid from what the customer had with us, beside what was charged.</param>
/// <param name="Credited">What of it was given back to the customer's balance after it was paid.</param>
/// <param name="Url">A page that shows it, and on which an open one can be paid; null while it is a draft.</param>
public sealed record InvoiceState(
    string Id, string? Number, string? Deployment, DateTimeOffset CreatedAt, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, long Total,
    long AmountDue, long AmountPaid, string Currency, string Status, DateTimeOffset? NextAttemptAt, string? Url, string? Pdf,
    IReadOnlyList<Span> Periods, long Credited, string? Subscription = null, long FromBalance = 0);

/// <param name="IsProration">It is for the rest of the period that a change of plan fell into.</param>
public sealed record InvoiceLine(string Description, long Amount, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, bool IsProration);

/// <summary>A bill that there is not yet.</summary>
public sealed record InvoicePreview(DateTimeOffset At, long Total, long AmountDue, string Currency, IReadOnlyList<InvoiceLine> Lines);

/// <summary>Bills at Stripe, and the pages on which a customer manages how they are paid.</summary>
public sealed class StripeInvoices(StripeConnection connection, StripePrices prices)
{
    private const int PageMax = 100;

    /// <param name="customer">Whose.</param>
    /// <param name="after">The last one that was seen; null for the newest.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<(IReadOnlyList<InvoiceState> Items, bool HasMore)> ListAsync(string customer, string? after, int max, CancellationToken ct)
    {
        var wanted = new InvoiceListOptions { Customer = customer, StartingAfter = after, Limit = max };
        var page = await connection.RunAsync((client, stop) => new InvoiceService(client).ListAsync(wanted, null, stop), ct);
        return ([.. page.Data.Select(State)], page.HasMore);
    }

    /// <summary>Those of a subscription that were paid, newest first.</summary>
    public async Task<IReadOnlyList<InvoiceState>> PaidAsync(string subscription, CancellationToken ct)
    {
        var wanted = new InvoiceListOptions { Subscription = subscription, Status = "paid", Limit = PageMax };
        return await connection.RunAsync(
            async (client, stop) => await new InvoiceService(client).ListAutoPagingAsync(wanted, cancellationToken: stop).Select(State).ToListAsync(stop),
            ct);
    }

    /// <summary>Nobody can pay any more what is open of a subscription, or was given up.</summary>
    /// <returns>False where something of it may be left: it was just being paid, or the provider does not know the subscription.</returns>
    public async Task<bool> VoidAsync(string subscription, CancellationToken ct)
    {
        var isAll = true;
        foreach (var status in (string[])["open", "uncollectible"])
        {
            var wanted = new InvoiceListOptions { Subscription = subscription, Status = status, Limit = PageMax };
            var bills = await connection.FindAsync(
                async (client, stop) => await new InvoiceService(client).ListAutoPagingAsync(wanted, cancellationToken: stop).ToListAsync(stop), ct);
            isAll &= bills is not null;
            foreach (var bill in bills ?? [])
            {
                isAll &= await TryVoidAsync(bill.Id, ct);
            }
        }

        return isAll;
    }

    /// <summary>The next bill as it would be.</summary>
    /// <param name="subscription">That is billed.</param>
    /// <param name="plan">With which it goes on; null for the one that it has.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="PermanentException">When there is none: it has ended, or ends with its period.</exception>
    public async Task<InvoicePreview> PreviewAsync(string subscription, PlanPrice? plan, CancellationToken ct)
    {
        var options = new InvoiceCreatePreviewOptions { Subscription = subscription };
        if (plan is not null)
        {
            var known = await connection.RunAsync(
                (client, stop) => new SubscriptionService(client).GetAsync(subscription, null, null, stop), ct);
            var item = known.Items.Data.Single();
            options.SubscriptionDetails = new()
            {
                Items = [new() { Id = item.Id, Price = await prices.ToBePaidAsync(item.Price, plan, ct) }],
                ProrationBehavior = StripeGateway.ProrationBehavior,
            };
        }

        var preview = await connection.RunAsync((client, stop) => new InvoiceService(client).CreatePreviewAsync(options, null, stop), ct);
        return new(
            Time(preview.NextPaymentAttempt ?? preview.PeriodEnd), preview.Total, preview.AmountDue, preview.Currency,
            [.. preview.Lines.Data.Select(Line)]);
    }

    /// <summary>Where the customer changes the card, and pays what is open.</summary>
    public async Task<string> PortalAsync(string customer, string returnUrl, CancellationToken ct)
    {
        var options = new Stripe.BillingPortal.SessionCreateOptions { Customer = customer, ReturnUrl = returnUrl };
        return (await connection.RunAsync(
            (client, stop) => new Stripe.BillingPortal.SessionService(client).CreateAsync(options, null, stop), ct)).Url;
    }

    /// <summary>Whether time to come was to be paid with it, and not only what changes within a period were worth.</summary>
    internal static bool BuysTime(Invoice invoice) => invoice.Lines?.Data.Exists(line => !IsProration(line)) == true;

    private async Task<bool> TryVoidAsync(string id, CancellationToken ct)
    {
        try
        {
            await connection.RunAsync((client, stop) => new InvoiceService(client).VoidInvoiceAsync(id, null, null, stop), ct);
            return true;
        }
        catch (PermanentException)
        {
            return false;
        }
    }

    private static InvoiceState State(Invoice invoice)
    {
        // Its own period is that in which things were added to it; what was paid for stands in its lines.
        var lines = invoice.Lines?.Data ?? [];
        var (start, end) = lines.Count > 0
            ? (lines.Max(line => line.Period.Start), lines.Max(line => line.Period.End))
            : (invoice.PeriodStart, invoice.PeriodEnd);
        return new(
            invoice.Id, invoice.Number, invoice.Parent?.SubscriptionDetails?.Metadata?.GetValueOrDefault(StripeMetadata.DeploymentKey),
            Time(invoice.Created), Time(start), Time(end), invoice.Total, invoice.AmountDue, invoice.AmountPaid, invoice.Currency,
            invoice.Status ?? "draft", invoice.NextPaymentAttempt is { } next ? Time(next) : null, invoice.HostedInvoiceUrl,
            invoice.InvoicePdf,
            [.. lines.Where(line => !IsProration(line)).Select(line => new Span(Time(line.Period.Start), Time(line.Period.End)))],
            invoice.PostPaymentCreditNotesAmount, invoice.Parent?.SubscriptionDetails?.SubscriptionId, StripeBalances.Applied(invoice));
    }

    private static InvoiceLine Line(InvoiceLineItem line) => new(
        line.Description ?? "", line.Amount, Time(line.Period.Start), Time(line.Period.End), IsProration(line));

    private static bool IsProration(InvoiceLineItem line) =>
        line.Parent?.SubscriptionItemDetails?.Proration == true || line.Parent?.InvoiceItemDetails?.Proration == true;

    private static DateTimeOffset Time(DateTime at) => new(DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
