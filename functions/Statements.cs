using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="HeldSeconds">How long it was kept in the month: from its first run to its deletion, but for when it was stopped for want of
/// payment.</param>
/// <param name="PaidSeconds">How much of the month's time so far was paid for.</param>
/// <param name="ChargedCents">What was paid in the month, by card or from what was credited before, in the smallest unit of the currency.</param>
/// <param name="Agrees">True when the two are the same, but for an hour.</param>
public sealed record StatementLine(
    string Deployment, string Name, long HeldSeconds, long PaidSeconds, long ChargedCents, string? Currency, bool Agrees);

public sealed record StatementView(string Month, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<StatementLine> Bots);

/// <summary>Whether what was charged is what was had.</summary>
public sealed class Statements(Ownership ownership, StatementReader reader)
{
    /// <summary>A month, `2026-01`, of all your bots: how long each was kept, and for how long it was paid.</summary>
    [Function("GetStatement")]
    [Needs(Permission.Read)]
    [Query("month")]
    [Answers(200, typeof(StatementView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "billing/statements")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        return Month.TryParse(request.Query["month"].FirstOrDefault(), out var month)
            ? new OkObjectResult(await reader.ReadAsync(account, $"{month}", month.Span, ct))
            : throw Problems.Invalid("month", "is a month like 2026-01.");
    }
}

/// <summary>Reads what a statement is made of.</summary>
public sealed class StatementReader(DeploymentStore deployments, RecordStore records, Payers payers, StripeInvoices stripe)
{
    private const int PageMax = 100;

    public async Task<StatementView> ReadAsync(Account account, string month, Span span, CancellationToken ct)
    {
        var bills = (await BillsAsync(account, span, ct)).ToLookup(bill => bill.Deployment);
        var until = span with { To = records.Now < span.To ? records.Now : span.To };
        var lines = new List<StatementLine>();
        await foreach (var deployment in AllAsync(account, ct))
        {
            var held = Statement.Total(Statement.Held(await records.AllAsync(deployment.Id, ct), records.Now), until);
            var paid = bills[deployment.Id].Where(bill => bill.Status == "paid").ToList();
            var time = Statement.Total(paid.SelectMany(bill => bill.Periods), until);
            if (held + time > TimeSpan.Zero)
            {
                lines.Add(new(
                    deployment.Id, deployment.Name, (long)held.TotalSeconds, (long)time.TotalSeconds,
                    paid.Where(bill => bill.CreatedAt >= span.From && bill.CreatedAt < span.To).Sum(bill => bill.AmountPaid + bill.FromBalance),
                    paid.FirstOrDefault()?.Currency, Statement.Agree(held, time)));
            }
        }

        return new(month, span.From, span.To, lines);
    }

    private async IAsyncEnumerable<Deployment> AllAsync(
        Account account, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            (var page, cursor) = await deployments.ListAsync(account.Id, cursor, ct);
            foreach (var deployment in page)
            {
                yield return deployment;
            }
        }
        while (cursor is not null);
    }

    /// <summary>Those that may be for some of it: a year's is the longest that is sold.</summary>
    private async Task<IReadOnlyList<InvoiceState>> BillsAsync(Account account, Span span, CancellationToken ct)
    {
        var bills = new List<InvoiceState>();
        if (await payers.FindAsync(account, ct) is not { } customer)
        {
            return bills;
        }

        var hasMore = true;
        while (hasMore && (bills.Count == 0 || bills[^1].CreatedAt > span.From.AddYears(-1)))
        {
            (var page, hasMore) = await stripe.ListAsync(customer, bills.Count > 0 ? bills[^1].Id : null, PageMax, ct);
            bills.AddRange(page);
        }

        return bills;
    }
}
