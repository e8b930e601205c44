using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="ModelKey">The customer's own key for the model provider; without one the operator's is used.</param>
/// <param name="Instructions">Markdown that tells the bot who it is.</param>
public sealed record CreateDeployment(
    string? Name, string? Plan, string? Model, string? Instructions, string? ModelKey, string? TelegramToken);

/// <param name="Url">Where the bot is reached; null until it runs.</param>
/// <param name="Operation">The id of what is going on; null for nothing.</param>
/// <param name="LastOperation">The id of the newest operation, which may have ended.</param>
/// <param name="Billing">How it is paid for, as the payment provider last said.</param>
public sealed record DeploymentView(
    string Id, string Name, string Plan, string Status, string? Url, int? ActiveVersion, int? LastKnownGood, string? Operation,
    string? LastOperation, DateTimeOffset CreatedAt, BillingView Billing);

/// <summary>A customer's bots: those there are, and an order for another one.</summary>
public sealed class Deployments(Callers callers, Ownership ownership, NewOrders orders, DeploymentViews views)
{
    [Function("CreateDeployment")]
    public async Task<IActionResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var body = await Bodies.ReadAsync<CreateDeployment>(request, ct);
        var plan = Plan.Find(body.Plan) ?? throw Problems.Invalid("plan", "is not a plan. GET /api/plans lists them.");
        var typed = new Dictionary<string, string?>
        {
            [BotSecretNames.ModelKey] = Rules.ModelKey(body.ModelKey),
            [BotSecretNames.TelegramToken] = Rules.TelegramToken(body.TelegramToken),
        };
        var settings = new BotSettings(Rules.Model(body.Model), Rules.Instructions(body.Instructions), body.TelegramToken is not null);
        var deployment = await orders.PlaceAsync(account.Id, Rules.Name(body.Name), plan, settings, typed, ct);
        return new CreatedResult($"/api/deployments/{deployment.Id}", await views.OfAsync(deployment, ct));
    }

    [Function("ListDeployments")]
    [Query("continuation")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var (deployments, next) = await views.ListAsync(account.Id, request.Query["continuation"].FirstOrDefault(), ct);
        return new OkObjectResult(new { deployments, continuation = next });
    }

    [Function("GetDeployment")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}")] HttpRequest request, string id,
        CancellationToken ct) =>
        new OkObjectResult(await views.OfAsync(await ownership.FindAsync(request, id, ct), ct));
}

/// <summary>Deployments as their owner sees them.</summary>
public sealed class DeploymentViews(DeploymentStore deployments, Bots bots, Bills bills)
{
    public async Task<DeploymentView> OfAsync(Deployment deployment, CancellationToken ct) =>
        View(deployment, await bills.OfAsync(deployment, ct));

    /// <summary>Oldest first, a page at a time.</summary>
    public async Task<(IEnumerable<DeploymentView> Views, string? Next)> ListAsync(
        string account, string? continuation, CancellationToken ct)
    {
        var (items, next) = await deployments.ListAsync(account, continuation, ct);
        var billing = await bills.OfAllAsync(account, ct);
        return (items.Select(item => View(item, billing(item))), next);
    }

    private DeploymentView View(Deployment deployment, BillingView billing) => new(
        deployment.Id, deployment.Name, deployment.Plan, deployment.Status.Wire(),
        deployment.Status is DeploymentStatus.Running ? bots.Url(deployment) : null,
        deployment.ActiveVersion, deployment.LastKnownGood, deployment.Operation?.Id, deployment.LastOperation,
        deployment.CreatedAt, billing);
}
