using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="Deployment">What it is for; null for what the provider does not say.</param>
/// <param name="Status">draft, open, paid, void or uncollectible.</param>
/// <param name="Credited">What of it was given back for later bills.</param>
/// <param name="NextAttemptAt">When an open one is charged again by itself; null for never.</param>
/// <param name="HostedUrl">The provider's page of it, on which an open one can be paid.</param>
/// <param name="CanPay">Whether it is open, and paying it is good for something: what it is for has not ended.</param>
public sealed record InvoiceView(
    string Id, string? Number, string? Deployment, string? DeploymentName, DateTimeOffset CreatedAt, DateTimeOffset PeriodStart,
    DateTimeOffset PeriodEnd, long Total, long AmountDue, long AmountPaid, string Currency, string Status, DateTimeOffset? NextAttemptAt,
    string? HostedUrl, string? PdfUrl, long Credited, bool CanPay);

/// <param name="Cursor">Leads to older ones; null when there are none.</param>
public sealed record InvoicePage(IEnumerable<InvoiceView> Invoices, string? Cursor);

/// <param name="Url">Of the provider's page.</param>
public sealed record Portal(string Url);

/// <param name="At">When it will be charged.</param>
/// <param name="Proration">What the rest of this period comes to by the change; below nothing when it is given back.</param>
public sealed record InvoicePreviewView(
    string Deployment, string Plan, long MonthlyCents, string Currency, DateTimeOffset At, long Total, long AmountDue, long Proration,
    IEnumerable<InvoiceLine> Lines);

/// <summary>What was and will be billed, asked of the payment provider.</summary>
public sealed class Invoices(Ownership ownership, Payers payers, StripeInvoices stripe, IOptions<SiteOptions> site)
{
    private const int PageMax = 20;

    /// <summary>Your bills, newest first.</summary>
    [Function("ListInvoices")]
    [Needs(Permission.Pay)]
    [Query("cursor")]
    [Answers(200, typeof(InvoicePage))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "billing/invoices")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        if (await payers.FindAsync(account, ct) is not { } customer)
        {
            return new OkObjectResult(new InvoicePage([], null));
        }

        var (items, hasMore) = await PageAsync(customer, request.Query["cursor"].FirstOrDefault(), ct);
        var names = await payers.NamesAsync(account, items.Select(invoice => invoice.Deployment).OfType<string>(), ct);
        var open = items.Where(one => one.Status == "open").ToList();
        var ended = await payers.EndedAsync(account, open.Select(one => one.Subscription).OfType<string>(), ct);
        var payable = open.Where(one => one.Subscription is not { } of || !ended.Contains(of)).ToHashSet();
        return new OkObjectResult(new InvoicePage(items.Select(one => View(one, names, payable.Contains(one))), hasMore ? items[^1].Id : null));
    }

    /// <summary>The provider's own pages: the card that is charged, what is open, what was paid.</summary>
    [Function("OpenPortal")]
    [Needs(Permission.Pay)]
    [Answers(201, typeof(Portal))]
    public async Task<IActionResult> Open(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "billing/portal")] HttpRequest request, CancellationToken ct)
    {
        var customer = await payers.GetAsync(await ownership.CallerAsync(request, ct), ct);
        return new ObjectResult(new Portal(await stripe.PortalAsync(customer, site.Value.Page("billing").AbsoluteUri, ct)))
        {
            StatusCode = StatusCodes.Status201Created,
        };
    }

    /// <summary>The next bill of a bot, as it is or as it would be with another plan. Nothing is changed by looking.</summary>
    [Function("PreviewInvoice")]
    [Needs(Permission.Read)]
    [Query("plan")]
    [Answers(200, typeof(InvoicePreviewView))]
    public async Task<IActionResult> Preview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/invoice-preview")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var asked = request.Query["plan"].FirstOrDefault();
        var plan = (asked is null ? Plan.Find(deployment.Plan) : Plan.FindSold(asked)) ?? throw Problems.Invalid("plan", "is not a plan. GET /api/plans lists them.");
        if (deployment is not { Subscription: { } own, Status: not DeploymentStatus.Terminated })
        {
            throw Problems.WrongState(deployment, "Nothing is billed for it.");
        }

        try
        {
            var next = await stripe.PreviewAsync(own, asked is null ? null : PlanPrice.Of(plan), ct);
            return new OkObjectResult(new InvoicePreviewView(
                id, plan.Id, plan.MonthlyCents, next.Currency, next.At, next.Total, next.AmountDue,
                next.Lines.Where(line => line.IsProration).Sum(line => line.Amount), next.Lines));
        }
        catch (PermanentException none) when (none.Code == StripeRefusals.Code)
        {
            throw Problems.WrongState(deployment, "No other bill will come: what pays for it has ended, or will.");
        }
    }

    private async Task<(IReadOnlyList<InvoiceState> Items, bool HasMore)> PageAsync(string customer, string? cursor, CancellationToken ct)
    {
        try
        {
            return await stripe.ListAsync(customer, cursor, PageMax, ct);
        }
        catch (PermanentException refused) when (cursor is not null && refused.Code == StripeRefusals.Code)
        {
            throw Problems.Invalid("cursor", "is what the page before answered.");
        }
    }

    private static InvoiceView View(InvoiceState one, IReadOnlyDictionary<string, string> names, bool canPay) => new(
        one.Id, one.Number, one.Deployment, names.GetValueOrDefault(one.Deployment ?? ""), one.CreatedAt, one.PeriodStart, one.PeriodEnd,
        one.Total, one.AmountDue, one.AmountPaid, one.Currency, one.Status, one.NextAttemptAt, one.Url, one.Pdf, one.Credited,
        canPay);
}

/// <summary>Accounts as the payment provider knows them.</summary>
public sealed class Payers(StripeCheckout stripe, SubscriptionStore subscriptions, DeploymentStore deployments)
{
    /// <summary>Null for who never paid for anything.</summary>
    public async Task<string?> FindAsync(Account account, CancellationToken ct) =>
        await stripe.FindCustomerAsync(new(account.Id, account.Email), await subscriptions.CustomerAsync(account.Id, ct), ct);

    public async Task<string> GetAsync(Account account, CancellationToken ct) =>
        await stripe.CustomerAsync(new(account.Id, account.Email), await subscriptions.CustomerAsync(account.Id, ct), ct);

    /// <summary>Nothing is kept there that the account could be charged by.</summary>
    public async Task ForgetAsync(Account account, CancellationToken ct) =>
        await stripe.ForgetAsync(new(account.Id, account.Email), await subscriptions.CustomerAsync(account.Id, ct), ct);

    /// <summary>Those of its subscriptions that have ended.</summary>
    public async Task<IReadOnlySet<string>> EndedAsync(Account account, IEnumerable<string> ids, CancellationToken ct)
    {
        var ended = new HashSet<string>();
        foreach (var id in ids.Distinct())
        {
            if (await subscriptions.FindAsync(account.Id, id, ct) is { IsEnded: true })
            {
                ended.Add(id);
            }
        }

        return ended;
    }

    /// <summary>What the account's bots are called; those of them that are still known.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(Account account, IEnumerable<string> ids, CancellationToken ct)
    {
        var names = new Dictionary<string, string>();
        foreach (var id in ids.Distinct())
        {
            if (await deployments.FindAsync(account.Id, id, ct) is { } found)
            {
                names[id] = found.Name;
            }
        }

        return names;
    }
}
