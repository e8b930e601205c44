using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Lost">The machine is gone for good: it was missed twice.</param>
/// <param name="Down">Bots that do not run, by agreement.</param>
/// <param name="Back">Bots that are up and still counted as failed.</param>
public sealed record Findings(bool Lost, IReadOnlyList<SweptBot> Down, IReadOnlyList<SweptBot> Back);

/// <summary>Looks, and writes down what it saw: the verdict on each bot, and what is not as it was wanted. It changes no machine.</summary>
public sealed class HealthActivities(
    MachineWatch watch, PublicProbe outside, DeploymentStore deployments, ConditionStore conditions, DriftLog drift, Pager pager)
{
    [Function(nameof(Examine))]
    public async Task<Findings> Examine([ActivityTrigger] RecoverInput input, CancellationToken ct)
    {
        var view = await watch.LookAsync(input.Vm, ct);
        var seen = new List<(Deployment Deployment, Verdict Verdict)>();
        foreach (var bot in input.Bots)
        {
            // Whoever holds it now knows better.
            if (await deployments.FindAsync(bot.Account, bot.Deployment, ct) is
                { Operation: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: { } } deployment
                && deployment.Vm == input.Vm)
            {
                seen.Add((deployment, await LookAsync(view, deployment, ct)));
            }
        }

        await drift.OnMachineAsync(view, ct);
        return new(
            await watch.IsLostAsync(input.Vm, view, seen.All(one => one.Verdict.Kind is VerdictKind.VmLost), ct),
            [.. seen.Where(one => one.Verdict.Kind is VerdictKind.Down).Select(Swept)],
            [.. seen.Where(one => one.Verdict.IsUp && one.Deployment.Status is DeploymentStatus.Failed).Select(Swept)]);
    }

    private async Task<Verdict> LookAsync(MachineView view, Deployment deployment, CancellationToken ct)
    {
        var (publicly, saidPublicly) = await outside.LookAsync(deployment.Slug, ct);
        var sightings = new Sightings(
            Observation.Of(view.Heartbeat, deployment.Id, view.At),
            Observation.Of(view.Bots, deployment.Id, view.At, view.Heartbeat?.RestartsBefore), publicly,
            view.Cloud);
        var verdict = Quorum.Decide(sightings);
        var said = $"heartbeat: {Tell(view, sightings, deployment.Id)}; ssh: "
            + $"{(view.Bots is null ? view.Said : Observation.Tell(view.Bots, deployment.Id))}; outside: {saidPublicly}; "
            + $"cloud: {(view.Cloud is MachineSight.NotAsked ? "not asked" : view.Cloud.ToString().ToLowerInvariant())}";
        var differences = await drift.OfAsync(view, deployment, ct);
        var condition = await conditions.ChangeAsync(
            deployment.Account, deployment.Id,
            before => Recovered(before.Seen(verdict, said, view.At), view.At) with
            {
                Drift = differences.Known ? differences.Fingerprint : before.Drift,
            },
            ct);
        if (condition is { GivenUp: null, IsUp: true })
        {
            await pager.ResolveAsync(PageKind.CrashLoop, deployment.Id, ct);
        }

        return verdict;
    }

    /// <summary>What had been given up and came back is looked after again; its restarts are forgotten when it has been well for
    /// longer.</summary>
    private static Condition Recovered(Condition condition, DateTimeOffset now) =>
        condition.HasRecovered(now) ? condition with { GivenUp = null } : condition;

    private static string Tell(MachineView view, Sightings sightings, string deployment) => view.Heartbeat switch
    {
        null => "none yet",
        { ReceivedAt: var at } when sightings.Heartbeat is Sight.Silent && view.At - at >= Observation.HeartbeatMax => $"none since {at:u}",
        { Report.Bots: var bots } => Observation.Tell(bots, deployment),
    };

    private static SweptBot Swept((Deployment Deployment, Verdict) one) => new(one.Deployment.Account, one.Deployment.Id);
}

public static class HealthCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<Findings> Examine(RecoverInput input) =>
            context.CallActivityAsync<Findings>(nameof(HealthActivities.Examine), input, Retry.Store);
    }
}
