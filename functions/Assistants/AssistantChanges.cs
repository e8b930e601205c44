using System.ComponentModel;
using System.Text.Json.Nodes;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask.Client;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Launchpad.Functions.Assistants;

/// <param name="Preview">The operation that found out what the change would do.</param>
/// <param name="Says">What it found so far.</param>
/// <param name="Next">What has to happen before the change can be made.</param>
public sealed record AssistantPreview(string Preview, OperationView Says, string Next);

/// <summary>What an assistant can ask for. It is shown what a change would do, and makes it only with its owner's word for just that.</summary>
public sealed class AssistantChanges(AssistantReads reads, ConfigPatches patches, SeenChanges seen, SessionStore sessions)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Who asks is bound as on any other way, and named in the record.</summary>
    public IEnumerable<McpServerTool> Of(Caller caller, DurableTaskClient client)
    {
        var account = caller.Account;
        yield return McpServerTool.Create(
            async (
                [Description("The bot's id, dep_…")] string bot,
                [Description("Name of another language model.")] string? model = null,
                [Description("Markdown that tells the bot who it is, in place of what it has.")] string? instructions = null,
                [Description("Another plan.")] string? plan = null,
                [Description("A JSON merge patch of the bot's own configuration, as text.")] string? config = null,
                [Description("Why, for the list of versions.")] string? why = null,
                CancellationToken ct = default) =>
            {
                var patch = Patch(model, instructions, plan, config, why);
                var operation = await RunAsync(caller, async () =>
                    await patches.BeginAsync(client, await reads.FindAsync(account, bot, ct), caller, patch, isPreview: true, ct));
                var says = await EndedAsync(account, operation.Id, ct);
                return new AssistantPreview(operation.Id, says, says.Status is "succeeded"
                    ? $"Show this to the owner. To allow just this change, he confirms it on the page of the bot's operation {operation.Id}; "
                        + "apply_change takes the word that he gets there."
                    : "It cannot be made like this: what is above says why.");
            },
            new()
            {
                Name = "preview_change",
                Description = "Finds out what a change of a bot would do: what differs, the risk, how long the bot is away, what it costs. Nothing is changed.",
                ReadOnly = true,
                OpenWorld = false,
            });
        yield return McpServerTool.Create(
            async (
                [Description("The bot's id, dep_…")] string bot,
                [Description("What preview_change answered as preview, op_…")] string preview,
                [Description("The owner's word, which he gets when he confirms the preview on his page.")] string confirmation,
                CancellationToken ct) =>
            {
                var deployment = await reads.FindAsync(account, bot, ct);
                if (await sessions.FindAsync(confirmation, ct) is not { Scope: { } scope } word || word.Account != account.Id
                    || scope != Scopes.Confirmation(preview))
                {
                    throw new McpException("This is not the owner's word for this preview. He gets one when he confirms it on the bot's page; it is good for ten minutes.");
                }

                var begun = await RunAsync(caller, () => seen.ApplyAsync(client, deployment, caller, preview, ct));
                await sessions.CloseAsync(confirmation, ct);
                return new Begun(begun.Id, "accepted");
            },
            new()
            {
                Name = "apply_change",
                Description = "Makes a change just as its preview said, with the owner's word for it. explain_operation follows it.",
                Destructive = true,
                OpenWorld = false,
            });
    }

    /// <exception cref="ProblemException">When it is no preview, or does not hold any more.</exception>
    public async Task EnsureHoldsAsync(Operation preview, CancellationToken ct) =>
        await seen.FindAsync(await reads.FindAsync(new(preview.Account, "", default), preview.Deployment, ct), preview.Id, ct);

    private static JsonObject Patch(string? model, string? instructions, string? plan, string? config, string? why)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in new[] { ("model", model), ("instructions", instructions), ("plan", plan), ("why", why) })
        {
            if (value is not null)
            {
                patch[name] = value;
            }
        }

        if (config is not null)
        {
            patch["config"] = Parsed(config);
        }

        return patch;
    }

    private static JsonNode? Parsed(string config)
    {
        try
        {
            return JsonNode.Parse(config);
        }
        catch (System.Text.Json.JsonException)
        {
            throw new McpException("'config' is not JSON. It is a merge patch of the bot's own configuration.");
        }
    }

    private async Task<OperationView> EndedAsync(Account account, string operation, CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            var view = await reads.ExplainAsync(account, operation, ct);
            if (view.FinishedAt is not null || waited > Patience)
            {
                return view;
            }

            await Task.Delay(Pause, ct);
        }
    }

    private static async Task<T> RunAsync<T>(Caller caller, Func<Task<T>> change)
    {
        try
        {
            caller.Require(Permission.Change);
            return await change();
        }
        catch (ProblemException refused)
        {
            throw new McpException(refused.Message);
        }
    }
}
