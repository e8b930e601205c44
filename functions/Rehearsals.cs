using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="Fault">One of the `rehearsals` of GET /api/capabilities; null for the first.</param>
public sealed record RehearsalOf(string? Fault);

/// <summary>Breaks a bot's upgrade on purpose, so that its owner has seen what happens before it happens.</summary>
public sealed class Rehearsals(Ownership ownership, OperationStarter starter, IOptions<RolloutOptions> options)
{
    /// <summary>Upgrades the bot to a release that is known to fail. It stays on its good version, or goes back to it; nothing of it counts
    /// as a failed upgrade.</summary>
    [Function("Rehearse")]
    [Needs(Permission.Change)]
    [Takes(typeof(RehearsalOf), Optional = true), Answers(202, typeof(Begun))]
    public async Task<IActionResult> Begin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/rehearsals")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var asked = await Bodies.ReadIfAnyAsync<RehearsalOf>(request, ct);
        var tags = options.Value.RehearsalTags;
        if (tags.Count == 0)
        {
            throw Problems.WrongState(deployment, "This Launchpad has no release to rehearse with: its operator sets Rollouts__Rehearsals.");
        }

        var tag = asked?.Fault ?? tags[0];
        if (!tags.Contains(tag))
        {
            throw Problems.Invalid("fault", $"is one of {string.Join(", ", tags)}.");
        }

        var change = new ChangeRequest(null, tag, null, DataChoice.AsNow, $"Rehearsal: what if {tag} were the next release?");
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.Rehearsal, Caller.Of(request), change.ToJson(), ct));
    }
}
