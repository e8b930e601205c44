using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Launchpad.Orchestrations.Activities;

public sealed record SweptVm(Tier Tier, string Vm);

public sealed record SweptBot(string Account, string Deployment);

/// <summary>Compares what should run with what does.</summary>
public sealed class SweepActivities(
    VmStore vms, VmAccess access, DeploymentStore deployments, OperationStore operations, TimeProvider clock, ILogger<SweepActivities> log)
{
    private static readonly TimeSpan RestartMax = TimeSpan.FromMinutes(10);

    [Function(nameof(ListVms))]
    public async Task<IReadOnlyList<SweptVm>> ListVms([ActivityTrigger] string reason, CancellationToken ct)
    {
        log.LogDebug("Sweeping: {Reason}", reason);
        var found = new List<SweptVm>();
        foreach (var tier in Enum.GetValues<Tier>())
        {
            found.AddRange((await vms.ListAsync(tier, ct))
                .Where(vm => vm is { Status: VmStatus.Ready, Reservations.IsEmpty: false })
                .Select(vm => new SweptVm(tier, vm.Id)));
        }

        return found;
    }

    /// <summary>None when the machine does not answer: that says nothing about its bots.</summary>
    [Function(nameof(FindDown))]
    public async Task<IReadOnlyList<SweptBot>> FindDown([ActivityTrigger] SweptVm input, CancellationToken ct)
    {
        if (await vms.FindAsync(input.Tier, input.Vm, ct) is not { Status: VmStatus.Ready } vm)
        {
            return [];
        }

        try
        {
            var facts = await access.RunAsync<FactsRequest, FactsResult>(vm, VmVerb.Facts, new(), ct);
            var up = facts.Deployments.Where(bot => bot.Running).Select(bot => bot.Deployment).ToHashSet();
            return await deployments.RunningOnAsync(input.Vm, ct)
                .Where(deployment => !up.Contains(deployment.Id))
                .Select(deployment => new SweptBot(deployment.Account, deployment.Id))
                .ToListAsync(ct);
        }
        catch (VmFailedException silent)
        {
            log.LogWarning(silent, "The machine {Vm} did not answer the sweep: {Code}", input.Vm, silent.Code);
            return [];
        }
    }

    /// <summary>Null when somebody else has the deployment, or it is not running any more.</summary>
    [Function(nameof(TakeForRestart))]
    public async Task<RestartInput?> TakeForRestart([ActivityTrigger] DeploymentInput input, CancellationToken ct)
    {
        var deployment = await Takes.TakeAsync(
            deployments, operations, input,
            current => current is { Status: DeploymentStatus.Running, Operation: null }
                ? current.TakeForRestart(input.Operation, clock, "sweep")
                : null,
            taken => new(
                input.Operation, input.Account, input.Deployment, OperationKind.Restart, OperationStatus.Accepted, "sweep",
                taken.Operation!.Since, taken.Operation.Since + RestartMax),
            ct);
        return deployment is null ? null : new(
            input.Operation, input.Account, input.Deployment, Plan.Get(deployment.Plan).Tier, deployment.Vm!,
            deployment.ActiveVersion!.Value, (deployment.Operation!.Since + RestartMax).UtcDateTime);
    }
}

public static class SweepCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<IReadOnlyList<SweptVm>> ListVms() =>
            context.CallActivityAsync<IReadOnlyList<SweptVm>>(nameof(SweepActivities.ListVms), "health", Retry.Store);

        public Task<IReadOnlyList<SweptBot>> FindDown(SweptVm vm) =>
            context.CallActivityAsync<IReadOnlyList<SweptBot>>(nameof(SweepActivities.FindDown), vm, Retry.Store);

        public Task<RestartInput?> TakeForRestart(DeploymentInput input) =>
            context.CallActivityAsync<RestartInput?>(nameof(SweepActivities.TakeForRestart), input, Retry.Store);
    }
}
