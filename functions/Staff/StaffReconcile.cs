using Launchpad.Shared;
using Launchpad.Shared.Reconciliation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Lately">When it looked at some of it last.</param>
/// <param name="Wholly">When it had looked at everything last.</param>
public sealed record StaffReconcilerView([property: Wire(typeof(Reconciler))] string Name, DateTimeOffset? Lately, DateTimeOffset? Wholly);

/// <param name="What">The kind of the difference.</param>
/// <param name="Subject">The deployment, the machine, or the place on one.</param>
/// <param name="At">When it was put right, or first seen.</param>
public sealed record StaffFindingView(string What, string Subject, string? Account, DateTimeOffset At);

/// <param name="Open">What only a person can put right.</param>
/// <param name="Healed">What was put right in the last thirty days, the newest first.</param>
public sealed record StaffReconcileView(
    IReadOnlyList<StaffReconcilerView> Reconcilers, IReadOnlyList<StaffInvariantView> Invariants, IReadOnlyList<StaffFindingView> Open,
    IReadOnlyList<StaffFindingView> Healed);

/// <summary>Differences between what is and what should be, as the reconcilers find them while they go slowly over everything.</summary>
public sealed class StaffReconcile(StaffCallers callers, ReconcilerFindings findings, StaffInvariants invariants, TimeProvider clock)
{
    private const int Max = 200;

    /// <summary>What was found, and when everything was looked at last.</summary>
    [Function("StaffGetReconcile")]
    [OperatorsOnly, Answers(200, typeof(StaffReconcileView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/reconcile")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var reconcilers = new List<StaffReconcilerView>();
        foreach (var which in Enum.GetValues<Reconciler>())
        {
            var looked = await findings.LookedAsync(which, ct);
            reconcilers.Add(new(which.Wire(), looked.Lately, looked.Wholly));
        }

        var healed = await findings.HealedSinceAsync(clock.GetUtcNow().AddDays(-30), Max, ct);
        return new OkObjectResult(new StaffReconcileView(
            reconcilers, await invariants.OfAsync(ct), [.. (await findings.OpenAsync(Max, ct)).Select(View)], [.. healed.Select(View)]));
    }

    private static StaffFindingView View(Finding one) => new(one.What, one.Subject, one.Account, one.At);
}
