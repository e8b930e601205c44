using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="MonthlyCents">What its plan costs whoever buys it today; who bought it before may pay less.</param>
public sealed record BotBilling(
    string Deployment, string Name, [property: Wire(typeof(DeploymentStatus))] string Status, string Plan, long? MonthlyCents,
    string? Currency, BillingView Billing);

/// <param name="Cursor">Leads to the next page; null when this was the last.</param>
public sealed record BillingPage(IEnumerable<BotBilling> Bots, string? Cursor);

/// <summary>What an account pays for.</summary>
public sealed class BillingOverviews(Ownership ownership, DeploymentStore deployments, Bills bills)
{
    /// <summary>Your bots and how each is paid for, oldest first, at most 100 at a time. Deleted ones are left out.</summary>
    [Function("GetBilling")]
    [Needs(Permission.Read)]
    [Query("cursor")]
    [Answers(200, typeof(BillingPage))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "billing")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        var page = deployments.ListAsync(account.Id, Rules.Cursor(request.Query["cursor"].FirstOrDefault(), Shared.Ids.Deployment), isLiving: true, ct);
        var billing = await bills.OfSomeAsync(account.Id, ItemsAsync(), ct);
        var (items, next) = await page;
        return new OkObjectResult(new BillingPage([.. items.Select(one => View(one, billing(one)))], next));

        async Task<IReadOnlyList<Deployment>> ItemsAsync() => (await page).Items;
    }

    private static BotBilling View(Deployment deployment, BillingView billing)
    {
        var plan = Plan.Find(deployment.Plan);
        return new(
            deployment.Id, deployment.Name, deployment.Status.Wire(), deployment.Plan, plan?.MonthlyCents, plan?.Currency, billing);
    }
}
