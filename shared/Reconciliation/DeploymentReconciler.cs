using Azure.Data.Tables;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Reconciliation;

/// <summary>Goes slowly over all deployments, a page at a time, and puts right what should lead to them and does not. Nothing is expected
/// to be found: what is, is counted.</summary>
public sealed class DeploymentReconciler(Tables tables, DeploymentHealing healing, ReconcilerFindings findings, Pager pager)
{
    private const string Name = "reconcile-deployments";
    private const int PageMax = 1_000;
    private const int OpenMax = 5_000;

    private static readonly string[] Columns = ["PartitionKey", "RowKey", "operation", "ending", "vm", "status", "subscription", "ladder", "heldSince"];

    /// <summary>The next page is the first one.</summary>
    public Task BeginAgainAsync(CancellationToken ct) => tables.Sweeps.RemoveAsync(Name, "place", ct);

    /// <returns>How many rows were put right.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var place = (await tables.Sweeps.FindAsync(Name, "place", ct))?.GetString("next");
        var pages = tables.Deployments.QueryAsync<TableEntity>(select: Columns, maxPerPage: PageMax, cancellationToken: ct)
            .AsPages(string.IsNullOrEmpty(place) ? null : place, PageMax);
        var healed = 0;
        var open = (await findings.OpenAsync(OpenMax, ct)).Select(known => (known.What, known.Subject)).ToHashSet();
        await foreach (var page in pages)
        {
            // Before the page: one that cannot be read to its end keeps none of the others waiting.
            await tables.Sweeps.UpsertEntityAsync(
                new TableEntity(Name, "place") { ["next"] = page.ContinuationToken ?? "" }, TableUpdateMode.Replace, ct);
            var known = new Dictionary<string, Vm?>();
            foreach (var row in page.Values)
            {
                healed += await HealAsync(row, known, ct) ? 1 : 0;
                await CompareAsync(row, open, ct);
            }

            await findings.LookedAsync(Reconciler.Deployments, isWhole: page.ContinuationToken is null, ct);
            break;
        }

        return healed;
    }

    /// <summary>What only a person can put right stays open until it is.</summary>
    private async Task CompareAsync(TableEntity row, HashSet<(string What, string Subject)> open, CancellationToken ct)
    {
        var fault = PaidAndRunning.Fault(row);
        if (fault is not null && !open.Contains((fault, row.RowKey)))
        {
            await findings.OpenAsync(fault, row.RowKey, row.PartitionKey, ct);
        }

        foreach (var what in PaidAndRunning.All.Where(what => what != fault && open.Contains((what, row.RowKey))))
        {
            // Whoever is interrupted finds it open, and does both again.
            if (what == PaidAndRunning.NotRunning)
            {
                await pager.ResolveAsync(PageKind.PaidNotRunning, row.RowKey, ct);
            }

            await findings.CloseAsync(what, row.RowKey, ct);
        }
    }

    private async Task<bool> HealAsync(TableEntity row, Dictionary<string, Vm?> known, CancellationToken ct)
    {
        try
        {
            if (await healing.HealAsync(row, known, ct) is not { } what)
            {
                return false;
            }

            await findings.HealedAsync(what, row.RowKey, ct);
            return true;
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            findings.Tell(trouble, "deployment", row.RowKey);
            return false;
        }
    }
}

/// <summary>What has to lead to one deployment.</summary>
public sealed class DeploymentHealing(DeploymentStore deployments, Places places, BackupClocks clocks)
{
    /// <param name="row">Of the deployment.</param>
    /// <param name="known">Machines that were read before.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>What was missing, and is not any more; null for nothing.</returns>
    public async Task<string?> HealAsync(TableEntity row, Dictionary<string, Vm?> known, CancellationToken ct)
    {
        var (account, id) = (row.PartitionKey, row.RowKey);
        if (row.GetString("operation") is { Length: > 0 } || row.GetString("ending") is { Length: > 0 })
        {
            return await deployments.HealAsync(account, id, ct) ? "busy-missing" : null;
        }

        return row.GetString("vm") is not { } vm ? null
            : await places.HealAsync(account, id, vm, known, ct) ? "place-missing"
            : await clocks.HealAsync(account, id, ct) ? "backup-missing"
            : null;
    }
}

/// <summary>Whether a machine knows of a bot that should run there; whoever looks after machines would not find it otherwise.</summary>
public sealed class Places(VmStore vms, PlacedBots placed, ConditionStore conditions, DeploymentStore deployments)
{
    /// <param name="account">Whose bot.</param>
    /// <param name="id">Of the deployment.</param>
    /// <param name="machine">The machine that its row was read with.</param>
    /// <param name="known">Machines that were read before.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>True when there was something to put right.</returns>
    public async Task<bool> HealAsync(
        string account, string id, string machine, Dictionary<string, Vm?> known, CancellationToken ct)
    {
        if (!known.TryGetValue(machine, out var vm))
        {
            known[machine] = vm = await vms.FindAsync(machine, ct);
        }

        if (vm?.Owners.ContainsKey(id) == true
            || await placed.FindAsync(account, id, ct) is not { Bot: { } bot } || bot.Vm != machine)
        {
            return false;
        }

        if (vm is null)
        {
            return await conditions.FindAsync(account, id, ct) is null
                && await conditions.LoseAsync(account, id, ct) is not null;
        }

        var plan = Plan.Get((await deployments.GetAsync(account, id, ct)).Plan);
        await vms.ChangeAsync(
            vm.Pool, vm.Id, now => now.With(account, id, now.Reservations.GetValueOrDefault(id, plan.MemoryMb)), ct);
        return true;
    }
}
