using System.Text;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

public sealed record Checkout(string? Deployment);

/// <summary>Checkout, and the webhook that alone starts provisioning: what the browser does afterwards decides nothing.</summary>
public sealed class Billing(
    StripeGateway stripe, Payments payments, DeploymentStore deployments, SubscriptionStore subscriptions, Callers callers,
    Recorder recorder, IOptions<SiteOptions> site, TimeProvider clock)
{
    private const int EventBytesMax = 256 * 1024;

    [Function("Checkout")]
    public async Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "billing/checkout")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var id = (await Bodies.ReadAsync<Checkout>(request, ct)).Deployment;
        var deployment = Shared.Ids.IsValid(id, Shared.Ids.Deployment) ? await deployments.FindAsync(account.Id, id, ct) : null;
        if (deployment is null)
        {
            throw Problems.NotFound();
        }

        var paid = (await subscriptions.OfAsync(account.Id, deployment.Id, ct)).Any(subscription => subscription.IsPaid);
        if (paid || deployment.Status is not DeploymentStatus.Requested)
        {
            throw Problems.WrongState(deployment, "Only an order that was not paid yet can be paid.");
        }

        await recorder.ActAsync(deployment.Id, account.Id, "open-checkout", new { deployment.Plan }, ct);
        var plan = Plan.Get(deployment.Plan);
        var link = await stripe.CreateCheckoutAsync(
            new(account.Id, deployment.Id, account.Email, plan.Id, plan.PriceLookupKey, plan.MonthlyCents, plan.Currency,
                $"{site.Value.BaseUrl}api/billing/return", $"{site.Value.BaseUrl}api/billing/return?cancelled",
                $"checkout-{deployment.Id}-{clock.GetUtcNow():yyyyMMddHH}"),
            ct);
        return new ObjectResult(new { url = link.Url, session = link.SessionId }) { StatusCode = StatusCodes.Status201Created };
    }

    /// <summary>What the browser comes back to.</summary>
    [Function("CheckoutReturn")]
    [Query("cancelled")]
    public static ContentResult Return(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "billing/return")] HttpRequest request)
    {
        var (title, text) = request.Query.ContainsKey("cancelled")
            ? ("Nothing was paid", "You can pay later: ask for a new checkout link, the order is kept.")
            : ("Thank you", "Your bot is being built as soon as the payment is confirmed. GET /api/deployments/{id} names the operation, "
                + "GET /api/operations/{id} shows every step with its reason.");
        return new()
        {
            ContentType = "text/html; charset=utf-8",
            Content = $"""
                <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>{title} · Launchpad</title><link rel="icon" href="data:,">
                <style>body{"{"}font:18px/1.6 system-ui;max-width:34rem;margin:15vh auto;padding:0 1rem{"}"}</style>
                <h1>{title}</h1><p>{text}</p></html>
                """,
        };
    }

    [Function("Webhook")]
    public async Task<IActionResult> Webhook(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "billing/webhook")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var raw = await Bodies.ReadBytesAsync(request, EventBytesMax, ct);
        StripeEvent received;
        try
        {
            received = await stripe.ReadWebhookAsync(
                Encoding.UTF8.GetString(raw), request.Headers["Stripe-Signature"].FirstOrDefault(), ct);
        }
        catch (WebhookRejectedException rejected)
        {
            throw Problems.WebhookRejected(rejected.Message);
        }

        await payments.ReceiveAsync(received, client, ct);
        return new OkObjectResult(new { received = received.Id });
    }
}

/// <summary>Acts on what the payment provider says. An event is only a hint that something changed: the subscription itself is fetched, so
/// events may come twice, late or in any order.</summary>
public sealed class Payments(
    StripeGateway stripe, EventLedger ledger, SubscriptionStore subscriptions, DeploymentStore deployments, OperationStarter starter,
    Recorder recorder, TimeProvider clock)
{
    public async Task ReceiveAsync(StripeEvent received, DurableTaskClient client, CancellationToken ct)
    {
        if (received is not { Account: { } account, Deployment: { } deployment, Subscription: { } id }
            || await ledger.EnterAsync(account, received, ct))
        {
            return;
        }

        var asOf = clock.GetUtcNow();
        if (await stripe.FindSubscriptionAsync(id, ct) is { } state)
        {
            var subscription = new Subscription(account, id, deployment, state.Plan ?? "", state.Status, asOf);
            await subscriptions.SaveAsync(subscription, ct);
            if (subscription.IsPaid)
            {
                await PaidAsync(subscription, client, ct);
            }
        }

        await ledger.CloseAsync(account, received.Id, ct);
    }

    private async Task PaidAsync(Subscription subscription, DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await deployments.FindAsync(subscription.Account, subscription.Deployment, ct);
        if (deployment is { Subscription: null, Status: not DeploymentStatus.Terminated })
        {
            deployment = await deployments.ChangeAsync(
                subscription.Account, subscription.Deployment,
                current => current.Subscription is null ? current with { Subscription = subscription.Id } : null, ct);
        }

        if (deployment?.Subscription == subscription.Id)
        {
            await recorder.ActOnceAsync(
                $"paid-{subscription.Id}", deployment.Id, "payment", "paid", new { subscription = subscription.Id }, ct);
        }

        if (deployment is null or { Status: DeploymentStatus.Terminated } or { Operation.Kind: OperationKind.Terminate }
            || deployment.Subscription != subscription.Id)
        {
            // Paid for something that is gone, or a second time: it must not be charged again.
            await stripe.CancelSubscriptionAsync(subscription.Id, ct);
            await subscriptions.SaveAsync(subscription with { Status = "canceled", AsOf = clock.GetUtcNow() }, ct);
            return;
        }

        if (deployment.Status is DeploymentStatus.Requested || deployment.Operation?.Kind is OperationKind.Provision)
        {
            await starter.BeginAsync(
                client, deployment, OperationKind.Provision, "payment", typed: null, ct);
        }
    }
}
