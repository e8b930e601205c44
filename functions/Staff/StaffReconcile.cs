using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Reconciliation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <param name="Lately">When it looked at some of it last.</param>
/// <param name="Wholly">When it had looked at everything last.</param>
public sealed record StaffReconcilerView([property: Wire(typeof(Reconciler))] string Name, DateTimeOffset? Lately, DateTimeOffset? Wholly);

/// <param name="What">The kind of the difference.</param>
/// <param name="Subject">The deployment, the machine, or the place on one.</param>
/// <param name="At">When it was put right, or first seen.</param>
/// <param name="Fixable">POST …/fix may help.</param>
public sealed record StaffFindingView(
    string Id, [property: Wire(typeof(FindingKind))] string What, string Subject, string? Account, DateTimeOffset At, bool Fixable);

/// <param name="BegunAt">Null before, which is some seconds.</param>
/// <param name="DoneAt">Null until everything was looked at.</param>
/// <param name="Healed">How much was put right so far.</param>
/// <param name="Open">How much was left for a person in the end; null until it is done.</param>
public sealed record StaffRunView(
    string Id, string By, DateTimeOffset AskedAt, DateTimeOffset? BegunAt, DateTimeOffset? DoneAt, int Healed, int? Open)
{
    internal static StaffRunView Of(ReconcileRun run) => new(run.Id, run.By, run.AskedAt, run.BegunAt, run.DoneAt, run.Healed, run.Open);
}

/// <param name="Run">The newest that somebody asked for; null for none.</param>
/// <param name="Open">What only a person can put right.</param>
/// <param name="Healed">What was put right in the last thirty days, the newest first.</param>
public sealed record StaffReconcileView(
    IReadOnlyList<StaffReconcilerView> Reconcilers, StaffRunView? Run, IReadOnlyList<StaffInvariantView> Invariants,
    IReadOnlyList<StaffFindingView> Open, IReadOnlyList<StaffFindingView> Healed);

/// <summary>Differences between what is and what should be, as the reconcilers find them while they go slowly over everything.</summary>
public sealed class StaffReconcile(StaffCallers callers, StaffFindings findings, StaffInvariants invariants, StaffFixes fixes)
{

    /// <summary>What was found, and when everything was looked at last.</summary>
    [Function("StaffGetReconcile")]
    [OperatorsOnly, Answers(200, typeof(StaffReconcileView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/reconcile")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        return new OkObjectResult(await findings.ViewAsync(await invariants.OfAsync(ct), ct));
    }

    /// <summary>Has everything looked at now. It begins within some seconds, and GET …/reconcile tells how far it is; who asks while it goes
    /// on gets the same run.</summary>
    [Function("StaffRunReconcile")]
    [OperatorsOnly, Answers(202, typeof(StaffRunView))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/reconcile/runs")] HttpRequest request, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return new AcceptedResult("/api/staff/reconcile", StaffRunView.Of(await fixes.RunAsync(who, ct)));
    }

    /// <summary>Puts one difference right, or with `?preview=true` says how it would.</summary>
    [Function("StaffFixFinding")]
    [Query(ChangePreviews.Parameter, "true", "false")]
    [OperatorsOnly, StepUp(OfPreviews = false), Answers(200, typeof(StaffFixView)), Answers(202, typeof(StaffFixView))]
    public async Task<IActionResult> Fix(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/reconcile/findings/{id}/fix")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var finding = await findings.FindAsync(id, ct);
        return ChangePreviews.IsAsked(request)
            ? new OkObjectResult(await fixes.PreviewAsync(finding, ct))
            : new AcceptedResult("/api/staff/reconcile", await fixes.FixAsync(client, who, finding, ct));
    }
}

/// <summary>What reconcilers found, as operators see it.</summary>
public sealed class StaffFindings(ReconcilerFindings findings, ReconcileRuns runs, TimeProvider clock)
{
    private const int Max = 200;
    private const int IdMax = 200;

    public async Task<StaffReconcileView> ViewAsync(IReadOnlyList<StaffInvariantView> invariants, CancellationToken ct)
    {
        var reconcilers = new List<StaffReconcilerView>();
        foreach (var which in Enum.GetValues<Reconciler>())
        {
            var looked = await findings.LookedAsync(which, ct);
            reconcilers.Add(new(which.Wire(), looked.Lately, looked.Wholly));
        }

        var (open, healed) = (await findings.OpenAsync(Max, ct), await findings.HealedSinceAsync(clock.GetUtcNow().AddDays(-30), Max, ct));
        return new(
            reconcilers, await runs.FindAsync(ct) is { } run ? StaffRunView.Of(run) : null, invariants,
            [.. open.Select(one => View(one, StaffFixes.IsKnown(one)))], [.. healed.Select(one => View(one, isFixable: false))]);
    }

    /// <exception cref="ProblemException">When nothing is open under that id.</exception>
    public async Task<Finding> FindAsync(string id, CancellationToken ct) =>
        id.Length <= IdMax && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        && await findings.FindOpenAsync(id, ct) is { } found
            ? found
            : throw Problems.NoneOfThatId();

    private static StaffFindingView View(Finding one, bool isFixable) =>
        new(one.Id, one.What, one.Subject, one.Account, one.At, isFixable);
}
