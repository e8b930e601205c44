using System.ComponentModel.DataAnnotations;
using System.Text;
using Launchpad.Functions.Abuse;
using Launchpad.Functions.Access;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Access;
using Launchpad.Shared.Billing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

public sealed record Checkout([property: Required] string? Deployment);

/// <param name="Url">Of the payment page.</param>
/// <param name="Session">Its id at the payment provider.</param>
public sealed record PaymentPage(string Url, string Session);

/// <param name="Received">The id of the event.</param>
public sealed record WebhookReceipt(string Received);

/// <summary>Checkout: what the browser does after it decides nothing.</summary>
public sealed class Billing(Callers callers, CheckoutGate gate, Checkouts checkouts, IOptions<SiteOptions> site)
{
    /// <summary>Asked for again, it is the same page for as long as that one can be paid on.</summary>
    [Function("Checkout")]
    [Needs(Permission.Pay)]
    [Takes(typeof(Checkout)), Answers(201, typeof(PaymentPage))]
    public async Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "billing/checkout")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var asked = (await Bodies.ReadAsync<Checkout>(request, ct)).Deployment;
        var (deployment, plan, trialDays) = await gate.PassAsync(Caller.Of(request), asked, Callers.Address(request), ct);
        var page = site.Value.Page($"paid?deployment={deployment.Id}");
        var link = await checkouts.OpenAsync(
            new(
                account.Id, deployment.Id, account.Email, PlanPrice.Of(plan), page.AbsoluteUri, $"{page.AbsoluteUri}&cancelled",
                [.. deployment.FormerSubscriptions, .. deployment.Subscription is { } ended ? [ended] : Array.Empty<string>()])
            {
                TrialDays = trialDays,
                TakesCodes = plan.TakesCodes,
            },
            ct);
        return link is null
            ? throw Problems.WrongState(deployment, "It was paid, and begins as soon as the payment is confirmed.")
            : new ObjectResult(new PaymentPage(link.Url, link.SessionId)) { StatusCode = StatusCodes.Status201Created };
    }
}

/// <summary>The webhook, which alone (with the clock, should it fail) starts provisioning.</summary>
public sealed class BillingWebhook(StripeWebhooks stripe, PaymentEvents events, PaymentGuard guard)
{
    private const int EventBytesMax = 256 * 1024;

    /// <summary>Events of the payment provider, which signs them.</summary>
    [Function("Webhook")]
    [Unrecorded("What an event changes is recorded with the change.")]
    [Open, Answers(200, typeof(WebhookReceipt))]
    public async Task<IActionResult> Webhook(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "billing/webhook")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var raw = await Bodies.ReadBytesAsync(request, EventBytesMax, ct);
        StripeEvent received;
        try
        {
            received = await stripe.ReadAsync(
                Encoding.UTF8.GetString(raw), request.Headers["Stripe-Signature"].FirstOrDefault(), ct);
        }
        catch (WebhookRejectedException rejected)
        {
            throw Problems.WebhookRejected(rejected.Message);
        }

        await (received.Attempts is { } attempts ? guard.HearAsync(attempts, ct) : events.ReceiveAsync(received, client, ct));
        return new OkObjectResult(new WebhookReceipt(received.Id));
    }
}
