using System.ComponentModel;
using Launchpad.Shared;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Launchpad.Functions.Assistants;

/// <summary>What an assistant can find out: nothing that its owner could not see, and no secret.</summary>
public sealed class AssistantReads(DeploymentStore deployments, DeploymentViews views, OperationStore operations, BotLogs logs)
{
    private const int LinesMax = 100;

    public IEnumerable<McpServerTool> Of(Account account)
    {
        yield return Tool(
            "list_bots", "The bots of this account: how each is, what goes on with it, and what can be asked of it.",
            async ([Description("The cursor of the page before; leave it out to begin.")] string? cursor = null, CancellationToken ct = default) =>
                cursor is null || Ids.IsValid(cursor, Ids.Deployment)
                    ? await views.ListAsync(account.Id, cursor, isLiving: false, ct)
                    : throw new McpException("This is no cursor: it is what the page before answered."));
        yield return Tool(
            "get_bot", "One bot: how it is and why, how it is paid for, what can be asked of it.",
            async ([Description("Its id, dep_…")] string bot, CancellationToken ct) =>
                await views.OfAsync(await FindAsync(account, bot, ct), ct));
        yield return Tool(
            "list_operations", "What was done with a bot, newest first, and how each ended.",
            async ([Description("Its id, dep_…")] string bot, CancellationToken ct) =>
            {
                var found = await FindAsync(account, bot, ct);
                var listed = await operations.ListAsync(account.Id, found.Id, null, found.CreatedAt, ct);
                return new OperationPage([.. listed.Select(one => OperationViews.Summary(one, found))], null);
            });
        yield return Tool(
            "explain_operation", "One operation step by step: what happened, why it failed, what was taken back and what can be done.",
            async ([Description("Its id, op_…")] string operation, CancellationToken ct) => await ExplainAsync(account, operation, ct));
        yield return Tool(
            "read_logs", "The newest lines that a bot wrote, secrets left out.",
            async ([Description("Its id, dep_…")] string bot, [Description("Only lines with these words in them.")] string? contains = null, CancellationToken ct = default) =>
            {
                var found = await FindAsync(account, bot, ct);
                return (await logs.FindAsync(found.Id, new(null, null, Rules.Search(contains), null, LinesMax), ct)).Lines;
            });
    }

    /// <summary>What its owner would see of an operation.</summary>
    public async Task<OperationView> ExplainAsync(Account account, string id, CancellationToken ct)
    {
        var operation = Ids.IsValid(id, Ids.Operation) ? await operations.FindAsync(account.Id, id, ct) : null;
        return operation is null
            ? throw new McpException("There is no operation of that id in this account. list_operations has them.")
            : OperationViews.Of(
                operation, await deployments.GetAsync(account.Id, operation.Deployment, ct), await operations.StepsAsync(id, ct),
                await operations.Usual.OfAsync(operation.Kind, ct));
    }

    /// <summary>The same answer for an id of somebody else and for none.</summary>
    public async Task<Deployment> FindAsync(Account account, string bot, CancellationToken ct) =>
        Ids.IsValid(bot, Ids.Deployment) && await deployments.FindAsync(account.Id, bot, ct) is { } found
            ? found
            : throw new McpException("There is no bot of that id in this account. list_bots has them.");

    private static McpServerTool Tool(string name, string words, Delegate call) =>
        McpServerTool.Create(call, new() { Name = name, Description = words, ReadOnly = true, OpenWorld = false });
}
