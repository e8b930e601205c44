using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <param name="Preview">The token that the preview's result holds.</param>
/// <param name="Plan">What <paramref name="Preview"/> was called before.</param>
public sealed record ApplyPreview(string? Preview, string? Plan);

/// <param name="Token">For POST …/apply, which does exactly this, until <paramref name="Expires"/> and as long as nothing it looked at has
/// moved.</param>
/// <param name="From">The version that runs.</param>
/// <param name="Target">The older version that it goes back to; null for a new one.</param>
/// <param name="StateHash">SHA-256 of the whole state that it leads to, hexadecimal.</param>
/// <param name="DowntimeSeconds">From the old version's stop until the new one's first answer, as the last boot took.</param>
/// <param name="FirstGate">False when the machine has no room to try the version beside the bot that runs.</param>
/// <param name="Checks">What will be looked at before the bot is switched, in words.</param>
/// <param name="Price">Null when it stays.</param>
/// <param name="Blocked">What of it could not work here, so that it is not applied; empty when all can.</param>
/// <param name="Moves">True when it goes to another machine.</param>
public sealed record PreviewView(
    string Token, DateTimeOffset Expires, int From, int? Target, string StateHash, string Image, [property: Wire(typeof(Risk))] string Risk,
    bool Restarts, int DowntimeSeconds, bool FirstGate, IReadOnlyList<string> Checks, IReadOnlyList<ChangeView> Changes, PriceChange? Price,
    IReadOnlyList<Blocked> Blocked, bool Moves)
{
    public static PreviewView Of(ChangePreview preview) => new(
        preview.Token, preview.Expires, preview.From, preview.Target, preview.StateHash, preview.Image, preview.Diff.Risk.Wire(),
        preview.Restarts, preview.DowntimeSeconds, preview.FirstGate, preview.Checks,
        [.. preview.Diff.Changes.Select(ChangeView.Of)], preview.Price, preview.Blocked ?? [], preview.Moves);
}

/// <summary>Every change can be looked at first, with `?preview=true`, and made as it was seen.</summary>
public sealed class ChangePreviews(Ownership ownership, SeenChanges seen)
{
    public const string Parameter = "preview";

    /// <summary>What <see cref="Parameter"/> was called before.</summary>
    public const string FormerParameter = "plan";

    /// <summary>Whether the change is only to be looked at.</summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Query[Parameter] == "true" || request.Query[FormerParameter] == "true";

    /// <summary>Does what a preview said, and nothing else.</summary>
    [Function("ApplyPreview")]
    [Needs(Permission.Change)]
    [Takes(typeof(ApplyPreview)), Answers(202, typeof(Begun))]
    public async Task<IActionResult> Apply(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/apply")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<ApplyPreview>(request, ct);
        var token = body.Preview ?? body.Plan;
        return Answers.Accepted(await seen.ApplyAsync(client, deployment, Caller.Of(request), token, ct));
    }
}

/// <summary>Makes a change just as its preview said.</summary>
public sealed class SeenChanges(OperationStore operations, OperationStarter starter, TimeProvider clock)
{
    /// <param name="client">Of the engine.</param>
    /// <param name="deployment">Which is to be changed.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="token">The id of the operation that was the preview.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="ProblemException">When there is no such preview, or it does not hold any more.</exception>
    public async Task<Operation> ApplyAsync(DurableTaskClient client, Deployment deployment, IAsker by, string? token, CancellationToken ct)
    {
        var (preview, change) = await FindAsync(deployment, token, ct);
        var kind = change switch
        {
            _ when preview.Moves => OperationKind.Move,
            { Version: not null } => OperationKind.Rollback,
            { Tag: not null } => OperationKind.Upgrade,
            _ => OperationKind.Update,
        };
        return await starter.BeginAsync(client, deployment, kind, by, change.ToJson(), ct);
    }

    /// <summary>What was previewed and the change itself, as long as it holds.</summary>
    /// <inheritdoc cref="ApplyAsync"/>
    public async Task<(ChangePreview Preview, ChangeRequest Change)> FindAsync(Deployment deployment, string? token, CancellationToken ct)
    {
        var previewed = Shared.Ids.IsValid(token, Shared.Ids.Operation) ? await operations.FindAsync(deployment.Account, token, ct) : null;
        if (previewed is not { Kind: OperationKind.Preview, Status: OperationStatus.Succeeded } || previewed.Deployment != deployment.Id)
        {
            throw Problems.Invalid("preview", "is not the token of a preview for this deployment. Ask with '?preview=true' first.");
        }

        var preview = ChangePreview.Parse(previewed.Result!);
        if (preview.Expires < clock.GetUtcNow() || preview.From != deployment.ActiveVersion)
        {
            throw Problems.PreviewVoid(preview.Expires < clock.GetUtcNow()
                ? $"It was good until {preview.Expires:u}."
                : $"It was made for version {preview.From}, and {deployment.ActiveVersion} is active now.");
        }

        if (preview.Blocked is { Count: > 0 })
        {
            throw Problems.CannotWorkHere(preview.Blocked);
        }

        var change = ChangeRequest.Parse(previewed.Request!) with { Previewed = preview.StateHash };
        if (change.Secrets is { Count: > 0 })
        {
            throw Problems.PreviewVoid("It names secrets, whose values a preview does not keep. Send the change itself.");
        }

        return (preview, change);
    }
}
