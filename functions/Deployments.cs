using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="ModelKey">The customer's own key for the model provider; without one the operator's is used.</param>
/// <param name="Instructions">Markdown that tells the bot who it is.</param>
/// <param name="CloneOf">A deployment of the caller's whose data it begins with; null for none.</param>
/// <param name="Backup">Which of its backups; null for the newest.</param>
public sealed record CreateDeployment(
    [property: Required] string? Name, [property: Required] string? Plan, string? Model, string? Instructions, string? ModelKey,
    string? TelegramToken, string? CloneOf, string? Backup);

/// <param name="StatusSince">Null where that was not kept.</param>
/// <param name="Reason">Why it is as it is, where that needs saying; null otherwise.</param>
/// <param name="Url">Where the bot is reached; null unless it runs.</param>
/// <param name="Model">Name of the language model; null for the operator's.</param>
/// <param name="Operation">The id of what is going on; null for nothing.</param>
/// <param name="LastOperation">The id of the newest operation, which may have ended.</param>
/// <param name="UndoUntil">Until when its deletion can be taken back; null where there is nothing to take back.</param>
/// <param name="Billing">How it is paid for, as the payment provider last said.</param>
/// <param name="Can">What its owner can ask for, and why not where he cannot.</param>
public sealed record DeploymentView(
    string Id, string Name, string Plan, [property: Wire(typeof(DeploymentStatus))] string Status, DateTimeOffset? StatusSince,
    string? Reason, string? Url,
    string? Model, bool Telegram, int? ActiveVersion, int? LastKnownGood, int? PreviousGood, string? Operation, string? LastOperation,
    DateTimeOffset CreatedAt, DateTimeOffset? UndoUntil, BillingView Billing, IReadOnlyList<Ability> Can);

/// <param name="Cursor">Leads to the next page; null when this was the last.</param>
public sealed record DeploymentPage(IEnumerable<DeploymentView> Deployments, string? Cursor);

public sealed record Rename([property: Required] string? Name);

/// <summary>A customer's bots: those there are, and an order for another one.</summary>
public sealed class Deployments(Ownership ownership, NewOrders orders, DeploymentViews views, Origins origins)
{
    /// <summary>Orders a bot, which is built as soon as it is paid for.</summary>
    [Function("CreateDeployment")]
    [Needs(Permission.Change)]
    [Takes(typeof(CreateDeployment)), Answers(201, typeof(DeploymentView))]
    public async Task<IActionResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        if (account.ClosesAt is { } closesAt)
        {
            throw Problems.AccountClosing(closesAt);
        }

        var body = await Bodies.ReadAsync<CreateDeployment>(request, ct);
        var plan = Plan.FindSold(body.Plan) ?? throw Problems.Invalid("plan", "is not a plan. GET /api/plans lists them.");
        var typed = new Dictionary<string, string?>
        {
            [BotSecretNames.ModelKey] = Rules.ModelKey(body.ModelKey),
            [BotSecretNames.TelegramToken] = Rules.TelegramToken(body.TelegramToken),
        };
        var settings = new BotSettings(Rules.Model(body.Model), Rules.Instructions(body.Instructions), body.TelegramToken is not null);
        var origin = await origins.ChooseAsync(account.Id, body.CloneOf, body.Backup, ct);
        var deployment = await orders.PlaceAsync(new(account.Id, Rules.Name(body.Name), plan, settings, origin), typed, ct);
        return new CreatedResult($"/api/deployments/{deployment.Id}", await views.OfAsync(deployment, ct));
    }

    /// <summary>Your bots, oldest first, at most 100 at a time: all that you ever had, or with `living=true` those that are not deleted.</summary>
    [Function("ListDeployments")]
    [Needs(Permission.Read)]
    [Query("cursor"), Query("living", "true", "false")]
    [Answers(200, typeof(DeploymentPage))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        return new OkObjectResult(await views.ListAsync(
            account.Id, Rules.Cursor(request.Query["cursor"].FirstOrDefault(), Shared.Ids.Deployment), request.Query["living"] == "true", ct));
    }

    /// <summary>One bot: how it is, what goes on with it, and what can be asked of it.</summary>
    [Function("GetDeployment")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(DeploymentView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}")] HttpRequest request, string id,
        CancellationToken ct) =>
        new OkObjectResult(await views.OfAsync(await ownership.FindAsync(request, id, ct), ct));
}

/// <summary>Finds whose data a new bot begins with.</summary>
public sealed class Origins(DeploymentStore deployments, BackupStore backups)
{
    /// <exception cref="ProblemException">When the account has no such deployment, or that has no such backup.</exception>
    public async Task<BackupRef?> ChooseAsync(string account, string? cloneOf, string? backup, CancellationToken ct)
    {
        if (cloneOf is null)
        {
            return backup is null ? null : throw Problems.Invalid("backup", "is given with 'cloneOf', and only then.");
        }

        var found = Shared.Ids.IsValid(cloneOf, Shared.Ids.Deployment) ? await deployments.FindAsync(account, cloneOf, ct) : null;
        if (found is null or { Status: DeploymentStatus.Terminated })
        {
            throw Problems.Invalid("cloneOf", "is the id of a deployment of yours. GET /api/deployments lists them.");
        }

        var chosen = backup is null ? await backups.NewestAsync(cloneOf, ct) : await backups.FindAsync(cloneOf, backup, ct);
        return chosen is { DeletedAt: null }
            ? new(cloneOf, chosen.Id)
            : throw Problems.Invalid("cloneOf", "has no such backup. GET …/backups lists them, POST …/backups makes one.");
    }
}

/// <summary>Deployments as their owner sees them.</summary>
public sealed class DeploymentViews(DeploymentStore deployments, OperationStore operations, Bots bots, Bills bills)
{
    private readonly CoalescedReads<(string Account, string? Cursor, bool IsLiving), DeploymentPage> pages = new();

    public async Task<DeploymentView> OfAsync(Deployment deployment, CancellationToken ct) =>
        View(deployment, await NewestAsync(deployment, ct), await bills.OfAsync(deployment, ct));

    /// <summary>Oldest first, a page at a time. Who asks for the same at once shares an answer (ADR 45).</summary>
    public Task<DeploymentPage> ListAsync(string account, string? cursor, bool isLiving, CancellationToken ct) =>
        pages.GetAsync((account, cursor, isLiving), asked => ReadAsync(asked.Account, asked.Cursor, asked.IsLiving, CancellationToken.None), ct);

    private async Task<DeploymentPage> ReadAsync(string account, string? cursor, bool isLiving, CancellationToken ct)
    {
        var page = deployments.ListAsync(account, cursor, isLiving, ct);
        var billing = await bills.OfSomeAsync(account, ItemsAsync(), ct);
        var (items, next) = await page;
        var views = new List<DeploymentView>(items.Count);
        foreach (var item in items)
        {
            views.Add(View(item, await NewestAsync(item, ct), billing(item)));
        }

        return new(views, next);

        async Task<IReadOnlyList<Deployment>> ItemsAsync() => (await page).Items;
    }

    /// <summary>The newest operation, where it has something to say about how the deployment is; null otherwise.</summary>
    private async Task<Operation?> NewestAsync(Deployment deployment, CancellationToken ct) =>
        deployment is { LastOperation: { } id } && (deployment.Status is DeploymentStatus.Failed || deployment.Operation?.Kind is OperationKind.Terminate)
            ? await operations.FindAsync(deployment.Account, id, ct)
            : null;

    private DeploymentView View(Deployment deployment, Operation? newest, BillingView billing)
    {
        var undoUntil = newest is { Kind: OperationKind.Terminate, Request: { } request } && deployment.Operation is { Decision: null }
            && DeletionRequest.Parse(request) is { Until: var until } && until > newest.CreatedAt
                ? until
                : (DateTimeOffset?)null;
        return new(
            deployment.Id, deployment.Name, deployment.Plan, deployment.Status.Wire(), deployment.LastChange?.At,
            deployment.Status is DeploymentStatus.Failed ? newest?.Failure?.Message : null,
            deployment.Status is DeploymentStatus.Running ? bots.Url(deployment) : null,
            deployment.Settings.Model, deployment.Settings.Telegram,
            deployment.ActiveVersion, deployment.LastKnownGood, deployment.PreviousGood, deployment.Operation?.Id, deployment.LastOperation,
            deployment.CreatedAt,
            undoUntil, billing, Abilities.Of(deployment, undoUntil, billing));
    }
}
