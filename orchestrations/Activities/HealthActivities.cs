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
public sealed class HealthActivities(MachineWatch machines, BotWatch bots, DeploymentStore deployments, DriftLog drift)
{
    [Function(nameof(Examine))]
    public async Task<Findings> Examine([ActivityTrigger] RecoverInput input, CancellationToken ct)
    {
        var view = await machines.LookAsync(input.Vm, ct);
        var seen = new List<(Deployment Deployment, Verdict Verdict)>();
        foreach (var bot in input.Bots)
        {
            // Whoever holds it now knows better.
            if (await deployments.FindAsync(bot.Account, bot.Deployment, ct) is
                { Work: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: { } } deployment
                && deployment.Vm == input.Vm)
            {
                seen.Add((deployment, await bots.LookAsync(view, deployment, ct)));
            }
        }

        await drift.OnMachineAsync(view, ct);
        return new(
            await machines.IsLostAsync(input.Vm, view, seen.All(one => one.Verdict.Kind is VerdictKind.VmLost), ct),
            [.. seen.Where(one => one.Verdict.Kind is VerdictKind.Down).Select(Swept)],
            [.. seen.Where(one => one.Verdict.IsUp && one.Deployment.Status is DeploymentStatus.Failed).Select(Swept)]);
    }

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
