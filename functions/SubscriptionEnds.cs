using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record Paid([property: Required] string? Deployment);

/// <summary>The end of paying, with the period that is paid for, and the change of one's mind.</summary>
public sealed class SubscriptionEnds(Ownership ownership, SubscriptionWishes wishes, Bills bills)
{
    /// <summary>Nothing is charged any more. The bot runs until the end of what is paid for, and is kept for a while after that. Asked
    /// again, it is the same.</summary>
    [Function("CancelBilling")]
    [Needs(Permission.Pay)]
    [Takes(typeof(Paid)), Answers(200, typeof(BillingView))]
    public Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "billing/cancel")] HttpRequest request, CancellationToken ct) =>
        WishAsync(request, ends: true, ct);

    /// <summary>Takes a cancellation back, as long as the period that is paid for goes on.</summary>
    [Function("UncancelBilling")]
    [Needs(Permission.Pay)]
    [Takes(typeof(Paid)), Answers(200, typeof(BillingView))]
    public Task<IActionResult> Uncancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "billing/uncancel")] HttpRequest request, CancellationToken ct) =>
        WishAsync(request, ends: false, ct);

    private async Task<IActionResult> WishAsync(HttpRequest request, bool ends, CancellationToken ct)
    {
        await ownership.CallerAsync(request, ct);
        var deployment = await ownership.FindAsync(request, (await Bodies.ReadAsync<Paid>(request, ct)).Deployment ?? "", ct);
        await wishes.EndWithPeriodAsync(deployment, Caller.Of(request).Actor, ends, ct);
        return new OkObjectResult(await bills.OfAsync(deployment, ct));
    }
}

/// <summary>Tells the provider what a customer wants of a subscription.</summary>
public sealed class SubscriptionWishes(StripeGateway stripe, Subscriptions subscriptions, Recorder recorder)
{
    /// <param name="deployment">What is paid for.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="ends">Whether it is to end.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="ProblemException">When nothing pays for the deployment that could end, or go on.</exception>
    public async Task EndWithPeriodAsync(Deployment deployment, string by, bool ends, CancellationToken ct)
    {
        if (deployment is not { Subscription: { } own, Status: not DeploymentStatus.Terminated })
        {
            throw Problems.WrongState(deployment, "No subscription pays for it.");
        }

        if (!ends && await subscriptions.FindAsync(deployment.Account, own, ct) is { IsTakenBack: true })
        {
            throw Problems.WrongState(deployment, Abilities.TakenBack);
        }

        try
        {
            await stripe.EndWithPeriodAsync(own, ends, ct);
        }
        catch (PermanentException over) when (over.Code == StripeGateway.Ended)
        {
            throw Problems.WrongState(deployment, "The subscription has ended already.");
        }

        await recorder.ActAsync(
            deployment.Id, by, ends ? "cancel-subscription" : "keep-subscription", new { subscription = own }, ct);
        await subscriptions.AskAsync(deployment.Account, deployment.Id, own, ct);
    }
}
