using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="ModelKey">The customer's own key for the model provider; without one the operator's is used.</param>
/// <param name="Instructions">Markdown that tells the bot who it is.</param>
public sealed record CreateDeployment(
    string? Name, string? Plan, string? Model, string? Instructions, string? ModelKey, string? TelegramToken);

public sealed record Message(string? Text);

/// <param name="Request">The id that the waiting browser shows.</param>
public sealed record WaitingBrowser(string? Request);

/// <param name="Url">Where the bot is reached; null until it runs.</param>
/// <param name="Operation">The id of what is going on; null for nothing.</param>
/// <param name="LastOperation">The id of the newest operation, which may have ended.</param>
/// <param name="Billing">How it is paid for, as the payment provider last said.</param>
public sealed record DeploymentView(
    string Id, string Name, string Plan, string Status, string? Url, int? ActiveVersion, int? LastKnownGood, string? Operation,
    string? LastOperation, DateTimeOffset CreatedAt, BillingView Billing);

/// <summary>A customer's bots. Nothing here waits for a machine.</summary>
public sealed class Deployments(
    DeploymentStore deployments, BotSecrets secrets, Bots bots, OperationStarter starter, Callers callers, Ownership ownership, TimeProvider clock,
    IOptions<QuotaOptions> quota, Recorder recorder, Bills bills)
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
        var name = Rules.Name(body.Name);
        if (await deployments.CountLiveAsync(account.Id, ct) >= quota.Value.DeploymentsMax)
        {
            throw Problems.QuotaReached(quota.Value.DeploymentsMax);
        }

        var deployment = await OrderAsync(account, name, plan, settings, typed, ct);
        return new CreatedResult($"/api/deployments/{deployment.Id}", View(deployment, await bills.OfAsync(deployment, ct)));
    }

    [Function("ListDeployments")]
    [Query("continuation")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var (items, next) = await deployments.ListAsync(account.Id, request.Query["continuation"].FirstOrDefault(), ct);
        var billing = await bills.OfAllAsync(account.Id, ct);
        return new OkObjectResult(new { deployments = items.Select(item => View(item, billing(item))), continuation = next });
    }

    [Function("GetDeployment")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return new OkObjectResult(View(deployment, await bills.OfAsync(deployment, ct)));
    }

    /// <summary>Deleting twice answers the same operation.</summary>
    [Function("DeleteDeployment")]
    [Query("window", "none")]
    public async Task<IActionResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "deployments/{id}")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return deployment.Status is DeploymentStatus.Terminated
            ? new NoContentResult()
            : Answers.Accepted(await starter.BeginAsync(
                client, deployment, OperationKind.Terminate, deployment.Account,
                request.Query["window"] == "none" ? DeletionRequest.AtOnce : null, ct));
    }

    /// <summary>Provisions a paid order again after it failed.</summary>
    [Function("RetryDeployment")]
    public async Task<IActionResult> Retry(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/retry")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        // One that failed before anything was made is still what it was when it was ordered.
        return deployment.LastOperation is null
            ? throw Problems.WrongState(deployment, "Only an order whose provisioning failed can be retried.")
            : Answers.Accepted(await starter.BeginAsync(
                client, deployment, OperationKind.Provision, deployment.Account, typed: null, ct));
    }

    /// <summary>Stops and starts nothing that runs well: it converges the machine to the active version, which brings a bot back that is
    /// down.</summary>
    [Function("RestartDeployment")]
    public async Task<IActionResult> Restart(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/restart")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.Restart, deployment.Account, typed: null, ct));
    }

    [Function("TestDeployment")]
    public async Task<IActionResult> Test(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/test-message")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var text = Rules.Message((await Bodies.ReadAsync<Message>(request, ct)).Text);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.TestMessage, deployment.Account, text, ct));
    }

    /// <summary>A browser that opens the bot for the first time shows an id and waits; its owner lets it in with this.</summary>
    [Function("PairDeploymentBrowser")]
    public async Task<IActionResult> Pair(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/browsers")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var waiting = Rules.BrowserRequest((await Bodies.ReadAsync<WaitingBrowser>(request, ct)).Request);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.PairBrowser, deployment.Account, waiting, ct));
    }

    /// <summary>What opens the bot at its address; the owner alone can read it.</summary>
    [Function("GetGatewayToken")]
    public async Task<IActionResult> GatewayToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/gateway-token")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        if (deployment.Status is DeploymentStatus.Running)
        {
            await recorder.ActAsync(id, deployment.Account, "read-gateway-token", null, ct);
        }

        return deployment.Status is DeploymentStatus.Running
            ? new OkObjectResult(new { token = await secrets.GetAsync(deployment.Id, BotSecretNames.GatewayToken, ct) })
            : throw Problems.WrongState(deployment, "There is a token while the bot runs.");
    }

    /// <summary>The row comes first, so that a secret without an owner cannot exist; if the vault refuses, the row goes again.</summary>
    private async Task<Deployment> OrderAsync(
        Account account, string name, Plan plan, BotSettings settings, Dictionary<string, string?> typed, CancellationToken ct)
    {
        var id = Shared.Ids.New(Shared.Ids.Deployment, clock);
        var deployment = new Deployment
        {
            Id = id,
            Account = account.Id,
            Name = name,
            Slug = Slugs.From(name, id),
            Plan = plan.Id,
            Settings = settings,
            CreatedAt = clock.GetUtcNow(),
        };
        await deployments.AddAsync(deployment, ct);
        try
        {
            foreach (var (secret, value) in typed)
            {
                if (value is not null)
                {
                    await secrets.PutAsync(id, secret, value, ct);
                }
            }
        }
        catch
        {
            await secrets.EraseAllAsync(id, CancellationToken.None);
            await deployments.RemoveAsync(account.Id, id, CancellationToken.None);
            throw;
        }

        return deployment;
    }

    private DeploymentView View(Deployment deployment, BillingView billing) => new(
        deployment.Id, deployment.Name, deployment.Plan, deployment.Status.Wire(),
        deployment.Status is DeploymentStatus.Running ? bots.Url(deployment) : null,
        deployment.ActiveVersion, deployment.LastKnownGood, deployment.Operation?.Id, deployment.LastOperation,
        deployment.CreatedAt, billing);
}
