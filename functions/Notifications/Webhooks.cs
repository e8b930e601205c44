using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Notifications;

/// <summary>Where an account has its events sent.</summary>
public sealed class Webhooks(Callers callers, OwnWebhooks own, WebhookEndpoints endpoints, Deliveries deliveries)
{
    /// <summary>The webhooks of this account, oldest first, and what they can hear of.</summary>
    [Function("ListWebhooks")]
    [Needs(Permission.Manage)]
    [Answers(200, typeof(WebhookList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "webhooks")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(new WebhookList(
            [.. (await endpoints.ListAsync((await callers.RequireAsync(request, ct)).Id, ct)).Select(WebhookView.Of)], EventTypes.All));

    /// <summary>Has events sent to a server of yours from now on.</summary>
    [Function("CreateWebhook")]
    [Needs(Permission.Manage)]
    [StepUp, Takes(typeof(NewWebhook)), Answers(201, typeof(WebhookMade))]
    public async Task<IActionResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var body = await Bodies.ReadAsync<NewWebhook>(request, ct);
        var made = await endpoints.AddAsync(account.Id, own.Url(body.Url), OwnWebhooks.Description(body.Description), OwnWebhooks.Types(body.Types), ct)
            ?? throw Problems.Invalid("url", $"is of one too many: an account has at most {WebhookEndpoints.PerAccountMax} webhooks.");
        return new ObjectResult(new WebhookMade(made.Secret, WebhookView.Of(made.Kept))) { StatusCode = StatusCodes.Status201Created };
    }

    /// <summary>Changes a webhook. What was not sent while it was off can be sent by a replay.</summary>
    [Function("ChangeWebhook")]
    [Needs(Permission.Manage)]
    [StepUp, Takes(typeof(WebhookChange)), Answers(200, typeof(WebhookView))]
    public async Task<IActionResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "webhooks/{webhook}")] HttpRequest request, string webhook, CancellationToken ct)
    {
        var known = await own.FindAsync(request, webhook, ct);
        var body = await Bodies.ReadAsync<WebhookChange>(request, ct);
        var (url, types) = (body.Url is null ? null : own.Url(body.Url), body.Types is null ? null : OwnWebhooks.Types(body.Types));
        var description = body.Description is null ? null : OwnWebhooks.Description(body.Description);
        var changed = await endpoints.ChangeAsync(
            known.Account, known.Id,
            now => now with
            {
                Url = url ?? now.Url,
                Types = types ?? now.Types,
                Description = description ?? now.Description,
                FailingSince = body.Enabled is true || url is not null ? null : now.FailingSince,
                DisabledWhy = body.Enabled switch { true => null, false => now.DisabledWhy ?? WebhookEndpoint.Paused, _ => now.DisabledWhy },
            },
            ct);
        return new OkObjectResult(WebhookView.Of(changed ?? throw Problems.NotFound()));
    }

    /// <summary>Sends nothing there any more, and forgets what was sent.</summary>
    [Function("DeleteWebhook")]
    [Needs(Permission.Manage)]
    [StepUp, Answers(204)]
    public async Task<IActionResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "webhooks/{webhook}")] HttpRequest request, string webhook, CancellationToken ct)
    {
        var known = await own.FindAsync(request, webhook, ct);
        await endpoints.RemoveAsync(known.Account, known.Id, ct);
        await deliveries.RemoveAllAsync(known.Account, known.Id, ct);
        return new NoContentResult();
    }
}
