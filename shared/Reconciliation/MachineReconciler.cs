using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Reconciliation;

/// <summary>Goes slowly over all machines: whether they are watched, whether what should lead to them does, and whether everything that is
/// promised on them is promised to somebody.</summary>
public sealed class MachineReconciler(Tables tables, VmStore vms, Orphans orphans, ReconcilerFindings findings)
{
    /// <summary>More is promised there than there is.</summary>
    public const string Overpromised = "overpromised";

    private const string Name = "reconcile-machines";
    private const int OpenMax = 5_000;

    /// <summary>The next page of each pool is its first one.</summary>
    public Task BeginAgainAsync(CancellationToken ct) =>
        Task.WhenAll(Enum.GetValues<Tier>().Select(pool => tables.Sweeps.RemoveAsync(Name, pool.ToString(), ct)));

    /// <returns>How many rows were put right.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (healed, isWhole) = (0, true);
        foreach (var pool in Enum.GetValues<Tier>())
        {
            var after = (await tables.Sweeps.FindAsync(Name, pool.ToString(), ct))?.GetString("after") ?? "";
            var page = await vms.PageAsync(pool, after, ct);
            await tables.Sweeps.UpsertEntityAsync(
                new TableEntity(Name, pool.ToString()) { ["after"] = page.Count == VmStore.PageMax ? page[^1].Id : "" }, TableUpdateMode.Replace, ct);
            isWhole &= page.Count < VmStore.PageMax;
            foreach (var vm in page)
            {
                healed += await HealAsync(vm, ct);
                await (vm.FreeMb < 0 ? findings.OpenAsync(Overpromised, vm.Id, null, ct) : Task.CompletedTask);
            }
        }

        await CloseAsync(ct);
        await findings.LookedAsync(Reconciler.Machines, isWhole, ct);
        return healed;
    }

    /// <summary>What was found before and is so no more.</summary>
    private async Task CloseAsync(CancellationToken ct)
    {
        foreach (var known in (await findings.OpenAsync(OpenMax, ct)).Where(known => known.What == Overpromised))
        {
            if (await vms.FindAsync(known.Subject, ct) is not { FreeMb: < 0 })
            {
                await findings.CloseAsync(Overpromised, known.Subject, ct);
            }
        }
    }

    /// <summary>What cannot be put right now keeps nothing else waiting.</summary>
    private async Task<int> HealAsync(Vm vm, CancellationToken ct)
    {
        var healed = 0;
        await TryAsync("machine-missing", vm.Id, () => vms.HealAsync(vm, ct));
        foreach (var name in vm.Reservations.Keys)
        {
            await TryAsync("reservation-orphan", name, () => orphans.RemoveAsync(vm, name, ct));
        }

        return healed;

        async Task TryAsync(string what, string row, Func<Task<bool>> heal)
        {
            try
            {
                if (await heal())
                {
                    await findings.HealedAsync(what, row == vm.Id ? row : $"{row} on {vm.Id}", ct);
                    healed++;
                }
            }
            catch (Exception trouble) when (!ct.IsCancellationRequested)
            {
                findings.Tell(trouble, what, $"{row} on {vm.Id}");
            }
        }
    }
}

/// <summary>What nobody comes back for: the room, and whatever still takes it up, of a bot that is gone or elsewhere, or of a candidate that
/// nobody tries any more.</summary>
public sealed class Orphans(VmStore vms, DeploymentStore deployments, VmJobs jobs, CloudMachines cloud)
{
    /// <summary>What has left goes, candidates first: their room is that of their bots.</summary>
    public async Task RemoveLeftAsync(Vm vm, CancellationToken ct)
    {
        foreach (var id in vm.Left)
        {
            var candidate = Bots.CandidateOf(id);
            if (vm.Owners.TryGetValue(id, out var account) && await deployments.FindAsync(account, id, ct) is { } back && back.Vm == vm.Id)
            {
                // Whoever closes an old operation late may have marked one that has come back.
                await vms.ChangeAsync(vm.Pool, vm.Id, now => now with { Left = now.Left.Remove(id) }, ct);
            }
            else if (!vm.Reservations.ContainsKey(candidate) || await RemoveAsync(vm, candidate, ct))
            {
                await RemoveAsync(vm, id, ct);
            }
        }
    }

    /// <summary>Whatever runs there goes before its room is given to another.</summary>
    /// <returns>True when the room was promised to nobody, and is free.</returns>
    public async Task<bool> RemoveAsync(Vm vm, string name, CancellationToken ct)
    {
        var id = Bots.IsCandidate(name) ? Bots.DeploymentOf(name) : name;
        if (!vm.Owners.TryGetValue(id, out var account) && (name == id || vm.Reservations.ContainsKey(id)))
        {
            // A row of before machines knew whose bots they have.
            return false;
        }

        var hasLeft = vm.Left.Contains(id);
        var deployment = account is null ? null : await deployments.FindAsync(account, id, ct);
        if (deployment is not null
            && ((deployment.IsBusy && !hasLeft) || (name == id && (deployment.Vm == vm.Id || deployment.Destination == vm.Id))))
        {
            return false;
        }

        // The data of a bot that went elsewhere without it is not for a sweep to delete. A machine of its own goes as a whole.
        var isElsewhere = name == id && !hasLeft && deployment is { Status: not DeploymentStatus.Terminated };
        if (vm is { Status: VmStatus.Ready, Pool: Tier.Shared } && !await IsRemovedAsync(vm, new RemoveRequest(name, KeepVolume: isElsewhere), ct))
        {
            return false;
        }

        await vms.ReleaseAsync(vm.Pool, vm.Id, name, ct);
        return true;
    }

    /// <summary>False while it is still at it: the next round looks again.</summary>
    private async Task<bool> IsRemovedAsync(Vm vm, RemoveRequest what, CancellationToken ct)
    {
        try
        {
            var job = $"orphan-{what.Deployment}";
            var seen = await jobs.LookAsync<RemoveRequest, RemoveResult>(
                vm, job, isBegun: false, VmVerb.Remove, () => Task.FromResult(what), progress: null, ct);
            if (seen.Ended)
            {
                await jobs.CollectAsync(vm, job, ct);
            }

            return seen.Error is { } error ? throw new VmFailedException(error) : seen.Ended;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            if (await cloud.FindAsync(vm.Id, ct) is not null)
            {
                throw;
            }

            return true;
        }
    }
}
