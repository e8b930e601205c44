using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>What is looked after by the clock. A row that makes trouble keeps no other from being looked after.</summary>
public sealed class Schedules(BusySweep operations, VmStore vms, Caretaker caretaker, Recoveries health)
{
    /// <summary>Every deployment that an operation holds has its saga, and every ending what follows from it.</summary>
    [Function("SweepOperations")]
    public async Task SweepOperations(
        [TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client,
        CancellationToken ct) =>
        OperationMetrics.Active(await operations.RunAsync(deployment => caretaker.LookAfterAsync(client, deployment, ct), ct));

    /// <summary>Every machine that is to be made or deleted has its saga.</summary>
    [Function("SweepMachines")]
    public async Task SweepMachines(
        [TimerTrigger("15 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        foreach (var tier in Enum.GetValues<Tier>())
        {
            await foreach (var vm in vms.UnsettledAsync(tier, ct))
            {
                await caretaker.LookAfterAsync(client, vm, ct);
            }
        }
    }

    /// <summary>At the start, because a machine may have rebooted meanwhile, and every minute.</summary>
    [Function("SweepHealth")]
    public Task SweepHealth(
        [TimerTrigger("30 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client,
        CancellationToken ct) =>
        health.StartAsync(client, ct);
}

/// <summary>Looks after one row at a time. What it throws at is told and left for the next minute.</summary>
public sealed class Caretaker(Resumption resumption, Closing closing, TimeProvider clock, ILogger<Caretaker> log)
{
    /// <summary>An operation this young is still being started by whoever asked for it, and one that ended a moment ago is being closed by
    /// its saga.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    public Task LookAfterAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct) =>
        log.AloneAsync(deployment.Id, async () =>
        {
            var now = clock.GetUtcNow();
            if (deployment.Ending is { } ending && now - ending.At > Settled)
            {
                await closing.CloseAsync(deployment, ct);
            }

            if (deployment.Operation is { } held && now - held.Since > Settled
                && !await Recoveries.WillBeginAsync(client, deployment, ct))
            {
                log.LogDebug("Looking after {Operation}", held.Id);
                await resumption.ResumeAsync(client, deployment, ct);
            }
        });

    public Task LookAfterAsync(DurableTaskClient client, Vm vm, CancellationToken ct) =>
        log.AloneAsync(vm.Id, () => client.StartConvergingAsync(new(vm.Pool, vm.Id), ct));
}

/// <summary>Rows that are looked after one by one.</summary>
internal static class Rows
{
    /// <summary>What is thrown at one keeps no other waiting: it is told, and tried again the next time.</summary>
    public static async Task AloneAsync(this ILogger log, string row, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException)
        {
            log.LogError(trouble, "{Row} could not be looked after", row);
        }
    }
}
