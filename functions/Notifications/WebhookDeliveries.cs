using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Notifications;

/// <summary>What was sent to a webhook, what came of it, and sending it again.</summary>
public sealed class WebhookDeliveries(OwnWebhooks own, WebhookEndpoints endpoints, Deliveries deliveries, Replays replays)
{
    /// <summary>Another secret signs from now on; the one before signs beside it for 24 hours.</summary>
    [Function("RotateWebhookSecret")]
    [Needs(Permission.Manage)]
    [StepUp, Answers(200, typeof(WebhookSecret))]
    public async Task<IActionResult> Rotate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/{webhook}/secret")] HttpRequest request, string webhook, CancellationToken ct)
    {
        var known = await own.FindAsync(request, webhook, ct);
        return new OkObjectResult(new WebhookSecret(await endpoints.RotateAsync(known.Account, known.Id, ct) ?? throw Problems.NotFound()));
    }

    /// <summary>What was sent in the last 30 days, newest events first, with every try.</summary>
    [Function("ListWebhookDeliveries")]
    [Needs(Permission.Manage)]
    [Answers(200, typeof(DeliveryList))]
    [Query("after")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "webhooks/{webhook}/deliveries")] HttpRequest request, string webhook,
        CancellationToken ct)
    {
        var known = await own.FindAsync(request, webhook, ct);
        var after = request.Query["after"].FirstOrDefault();
        if (after is not null && CustomerEvent.TimeOf(after) is null)
        {
            throw Problems.Invalid("after", "is what the page before answered.");
        }

        var page = await deliveries.ListAsync(known.Account, known.Id, after, ct);
        return new OkObjectResult(new DeliveryList(
            [.. page.Select(DeliveryView.Of)], page.Count == Deliveries.PageMax ? page[^1].Event : null));
    }

    /// <summary>Sends one event again, under the same id.</summary>
    [Function("ResendWebhookDelivery")]
    [Needs(Permission.Manage)]
    [Answers(202, typeof(DeliveryView))]
    public async Task<IActionResult> Resend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/{webhook}/deliveries/{event}/resend")] HttpRequest request, string webhook,
        string @event, CancellationToken ct)
    {
        var known = await own.FindAsync(request, webhook, ct);
        var again = CustomerEvent.TimeOf(@event) is null ? null : await deliveries.AgainAsync(known.Account, known.Id, @event, ct);
        return Accepted(again ?? throw Problems.NotFound());
    }

    /// <summary>Sends a test event, which goes the way of every other.</summary>
    [Function("TestWebhook")]
    [Needs(Permission.Manage)]
    [Answers(202, typeof(DeliveryView))]
    public async Task<IActionResult> Test(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/{webhook}/test")] HttpRequest request, string webhook, CancellationToken ct)
    {
        var known = await own.FindAsync(request, webhook, ct);
        return Accepted(await replays.TestAsync(known, ct));
    }

    /// <summary>Sends an event and everything after it again, each under its own id, as far as the webhook hears of it.</summary>
    [Function("ReplayWebhook")]
    [Needs(Permission.Manage)]
    [Takes(typeof(ReplayRequest)), Answers(202, typeof(ReplayView))]
    public async Task<IActionResult> Replay(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/{webhook}/replay")] HttpRequest request, string webhook, CancellationToken ct)
    {
        var known = await own.FindAsync(request, webhook, ct);
        var from = (await Bodies.ReadAsync<ReplayRequest>(request, ct)).From;
        return new ObjectResult(new ReplayView(await replays.RunAsync(known, from, ct))) { StatusCode = StatusCodes.Status202Accepted };
    }

    private static ObjectResult Accepted(Delivery delivery) =>
        new(DeliveryView.Of(delivery)) { StatusCode = StatusCodes.Status202Accepted };
}
