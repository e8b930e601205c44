using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Name">What holds, in a word.</param>
/// <param name="Rule">The same as a sentence.</param>
/// <param name="Holds">Null while not everything was looked at yet.</param>
/// <param name="CheckedAt">When everything had been looked at last; null for never.</param>
/// <param name="Detail">What was found; null for nothing.</param>
public sealed record StaffInvariantView(string Name, string Rule, bool? Holds, DateTimeOffset? CheckedAt, string? Detail);

/// <param name="Operation">The newest, which may have ended.</param>
public sealed record StaffUnservedView(
    string Account, string Deployment, string Name, [property: Wire(typeof(DeploymentStatus))] string Status, string? Operation);

/// <param name="Open">All that are.</param>
/// <param name="Unattended">Those that nobody has acknowledged, and that are not silenced.</param>
/// <param name="HasMore">True when there are more.</param>
public sealed record StaffAlertCountView(int Open, int Unattended, bool HasMore);

/// <param name="MemoryMb">What may be promised on all of them.</param>
/// <param name="UsedMb">What is.</param>
public sealed record StaffVmCountView(int Count, long MemoryMb, long UsedMb);

/// <param name="Stuck">The first of them: GET /staff/operations?status=stuck has all.</param>
/// <param name="Failed">The newest failures that nothing was done about since.</param>
/// <param name="PaidNotRunning">Bots that are paid for, do not run, and nobody is at it.</param>
public sealed record StaffOverviewView(
    IReadOnlyList<StaffOperationView> Stuck, IReadOnlyList<StaffOperationView> Failed, IReadOnlyList<StaffUnservedView> PaidNotRunning,
    StaffAlertCountView Alerts, IReadOnlyList<StaffInvariantView> Invariants, StaffVmCountView Vms, DateTimeOffset CheckedAt);

/// <summary>What needs an operator, on one page.</summary>
public sealed class StaffOverview(StaffCallers callers, StaffOperationFinder finder, StaffInvariants invariants, StaffTally tally)
{
    /// <summary>What is stuck, what failed, who pays for nothing, and whether all holds that should.</summary>
    [Function("StaffGetOverview")]
    [OperatorsOnly, Answers(200, typeof(StaffOverviewView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/overview")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var stuck = finder.GoingAsync(null, view => view.Stuck is not null, ct);
        var failed = finder.FailedAsync(null, view => view.NeedsStaff, ct);
        var (alerts, vms, now) = await tally.CountAsync(ct);
        var unserved = await invariants.UnservedAsync((await failed).Operations, ct);
        return new OkObjectResult(new StaffOverviewView(
            (await stuck).Operations, (await failed).Operations, unserved, alerts, await invariants.OfAsync(ct), vms, now));
    }
}

/// <summary>Numbers that cost a little, and change slowly enough to be asked for once in half a minute.</summary>
public sealed class StaffTally(VmStore vms, Pager pager, PageSilences silences, TimeProvider clock)
{
    private const int PagesMax = 1_000;
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(30);

    private (DateTimeOffset At, StaffVmCountView? Seen) known;

    public async Task<(StaffAlertCountView Alerts, StaffVmCountView Vms, DateTimeOffset Now)> CountAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (known.Seen is null || now - known.At > KnownFor)
        {
            var (count, memory, used) = await vms.TallyAsync(ct);
            known = (now, new(count, memory, used));
        }

        var (pages, silent) = (await pager.OpenAsync("", PagesMax, ct), await silences.AllAsync(ct));
        var unattended = pages.Count(page => page.AcknowledgedAt is null && !silent.ContainsKey(Pager.KeyOf(page.Id)!));
        return (new(pages.Count, unattended, pages.Count == PagesMax), known.Seen!, now);
    }
}

/// <summary>What should always be true, as reconcilers last found it.</summary>
public sealed class StaffInvariants(ReconcilerFindings findings, PaidNotRunning unserved, TimeProvider clock)
{
    private const int FindingsMax = 500;

    /// <summary>What was put right since then counts: it should never have been otherwise.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>So long what was just paid for may take until it is begun; the reconciler comes by again meanwhile.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private static readonly (string Name, string Rule, Reconciler By, string[] Broken)[] All =
    [
        ("money-is-machines", "Who pays has a bot that runs, and nobody has a place for nothing.", Reconciler.Deployments,
            [PaidAndRunning.NotRunning, PaidAndRunning.NotPaid]),
        ("one-machine-a-bot", "A bot has its place on one machine, and every place has its bot.", Reconciler.Machines,
            ["place-missing", "reservation-orphan"]),
        ("room-for-all", "No machine promises more memory than it has.", Reconciler.Machines, [MachineReconciler.Overpromised]),
        ("nothing-forgotten", "Whatever goes on, runs or is to be backed up is found by whoever looks after it.", Reconciler.Deployments,
            ["busy-missing", "backup-missing", "machine-missing"]),
    ];

    /// <inheritdoc cref="PaidNotRunning.OfAsync"/>
    public Task<IReadOnlyList<StaffUnservedView>> UnservedAsync(IReadOnlyList<StaffOperationView> failed, CancellationToken ct) =>
        unserved.OfAsync(failed, ct);

    public async Task<IReadOnlyList<StaffInvariantView>> OfAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var found = (await findings.OpenAsync(FindingsMax, ct)).Where(finding => now - finding.At > Grace)
            .Concat(await findings.HealedSinceAsync(now - Memory, FindingsMax, ct)).ToLookup(finding => finding.What);
        var views = new List<StaffInvariantView>();
        foreach (var (name, rule, by, kinds) in All)
        {
            var (looked, broken) = (await findings.LookedAsync(by, ct), kinds.SelectMany(what => found[what]).ToList());
            views.Add(new(
                name, rule, broken.Count > 0 ? false : looked.Wholly is null ? null : true, looked.Wholly,
                broken.Count == 0 ? null : Words(broken)));
        }

        return views;
    }

    private static string Words(List<Finding> broken)
    {
        var newest = broken.MaxBy(one => one.At)!;
        return $"{broken.Count} found within a day or not put right, the newest {newest.Subject} ({newest.What}).";
    }
}

/// <summary>Who pays and has nothing: by what failed just now, and by what the reconciler met since. Each is looked at again before it is
/// told.</summary>
public sealed class PaidNotRunning(ReconcilerFindings findings, DeploymentStore deployments)
{
    private const int Max = 200;

    /// <param name="failed">The newest failures.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<StaffUnservedView>> OfAsync(IReadOnlyList<StaffOperationView> failed, CancellationToken ct)
    {
        var met = (await findings.OpenAsync(Max, ct)).Where(finding => finding is { What: PaidAndRunning.NotRunning, Account: not null });
        var unserved = new List<StaffUnservedView>();
        var all = failed.Select(one => (one.Account, one.Deployment)).Concat(met.Select(one => (one.Account!, one.Subject))).Distinct();
        foreach (var (account, id) in all)
        {
            if (await deployments.FindAsync(account, id, ct) is { } deployment
                && PaidAndRunning.Fault(deployment) == PaidAndRunning.NotRunning)
            {
                unserved.Add(new(account, id, deployment.Name, deployment.Status.Wire(), deployment.LastOperation));
            }
        }

        return unserved;
    }
}
