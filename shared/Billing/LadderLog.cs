using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Billing;

/// <summary>How far a deployment's ladder has come. Nothing is written once it is another ladder, or over.</summary>
public sealed class LadderLog(DeploymentStore deployments, Notices notices, TimeProvider clock)
{
    /// <summary>Nobody starts the bot from here on.</summary>
    public Task<Deployment> HoldAsync(Deployment seen, CancellationToken ct) => ChangeAsync(
        seen, (now, ladder) => ladder with { Resumes = ladder.Resumes ?? now.Status is not DeploymentStatus.Suspended }, ct);

    public Task<Deployment> TriedAsync(Deployment seen, LadderStep step, CancellationToken ct) =>
        ChangeAsync(seen, (_, ladder) => ladder.Tried(step, clock.GetUtcNow()), ct);

    public Task<Deployment> PutOffAsync(Deployment seen, LadderStep step, TimeSpan by, CancellationToken ct) =>
        ChangeAsync(seen, (_, ladder) => ladder.PutOff(step, clock.GetUtcNow() + by), ct);

    /// <summary>Its owner is told first: better twice than never.</summary>
    public async Task<Deployment> DoneAsync(Deployment seen, LadderStep step, CancellationToken ct)
    {
        await notices.TellAsync(seen, step, ct);
        return await ChangeAsync(seen, (_, ladder) => ladder.Done(step, clock.GetUtcNow()), ct);
    }

    /// <summary>The bot is paid for and as it was before, or it is gone.</summary>
    public async Task<Deployment> EndAsync(Deployment seen, CancellationToken ct)
    {
        if (seen is { Status: DeploymentStatus.Terminated, Ladder.Next: { Kind: LadderStepKind.Deleted } last })
        {
            await notices.TellAsync(seen, last, ct);
        }
        else if (seen is { Status: not DeploymentStatus.Terminated, Ladder: { } over })
        {
            await notices.TellOverAsync(seen, over, ct);
        }

        return await ChangeAsync(seen, (_, _) => null, ct);
    }

    private Task<Deployment> ChangeAsync(Deployment seen, Func<Deployment, Ladder, Ladder?> change, CancellationToken ct) =>
        deployments.ChangeAsync(
            seen.Account, seen.Id,
            now => now.Ladder is { } ladder && (ladder.Since, ladder.IsOver) == (seen.Ladder!.Since, seen.Ladder.IsOver)
                ? now with { Ladder = change(now, ladder) }
                : null,
            ct);
}
