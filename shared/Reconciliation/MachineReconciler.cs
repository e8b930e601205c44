using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Reconciliation;

/// <summary>Goes slowly over all machines: whether they are watched, whether what should lead to them does, and whether everything that is
/// promised on them is promised to somebody.</summary>
public sealed class MachineReconciler(Tables tables, VmStore vms, DeploymentStore deployments, ILogger<MachineReconciler> log)
{
    private const string Name = "reconcile-machines";

    /// <returns>How many rows were put right.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var healed = 0;
        foreach (var pool in Enum.GetValues<Tier>())
        {
            var after = (await tables.Sweeps.FindAsync(Name, pool.ToString(), ct))?.GetString("after") ?? "";
            var page = await vms.PageAsync(pool, after, ct);
            await tables.Sweeps.UpsertEntityAsync(
                new TableEntity(Name, pool.ToString()) { ["after"] = page is [.., var last] ? last.Id : "" }, TableUpdateMode.Replace, ct);
            foreach (var vm in page)
            {
                healed += await HealAsync(vm, ct);
            }
        }

        return healed;
    }

    private async Task<int> HealAsync(Vm vm, CancellationToken ct)
    {
        var healed = 0;
        try
        {
            if (await vms.HealAsync(vm, ct))
            {
                Tell("machine-missing", vm, vm.Id);
            }

            foreach (var name in vm.Reservations.Keys)
            {
                if (await IsOrphanAsync(vm, name, ct))
                {
                    await vms.ReleaseAsync(vm.Pool, vm.Id, name, ct);
                    Tell("reservation-orphan", vm, name);
                }
            }
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            log.LogError(trouble, "{Vm} could not be reconciled", vm.Id);
        }

        return healed;

        void Tell(string what, Vm vm, string row)
        {
            log.LogError("{Row} on {Vm} was not as it should be ({What}): it was put right", row, vm.Id, what);
            IndexRows.CountHealed(what);
            healed++;
        }
    }

    /// <summary>Promised to a bot that is gone or elsewhere, or to a candidate that nobody tries any more.</summary>
    private async Task<bool> IsOrphanAsync(Vm vm, string name, CancellationToken ct)
    {
        var id = Bots.IsCandidate(name) ? Bots.DeploymentOf(name) : name;
        if (!vm.Owners.TryGetValue(id, out var account))
        {
            return false;
        }

        return await deployments.FindAsync(account, id, ct) is not { } deployment
            || (!deployment.IsBusy && (name != id || deployment.Vm != vm.Id));
    }
}
