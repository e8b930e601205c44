using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Reconciliation;

/// <summary>Everything is to be looked at now, because somebody wants it so.</summary>
/// <param name="By">Who.</param>
/// <param name="BegunAt">When the first of it was looked at; null before.</param>
/// <param name="DoneAt">When all of it had been; null before.</param>
/// <param name="Healed">How much was put right so far.</param>
/// <param name="Open">How much was left for a person in the end; null before.</param>
public sealed record ReconcileRun(
    string Id, string By, DateTimeOffset AskedAt, DateTimeOffset? BegunAt = null, DateTimeOffset? DoneAt = null, int Healed = 0, int? Open = null)
{
    public const string Prefix = "rec";

    public ETag ETag { get; init; }
}

/// <summary>The newest run. Whoever asks while one goes on gets that one.</summary>
public sealed class ReconcileRuns(Tables tables, TimeProvider clock)
{
    private const string Partition = "run";
    private const string Row = "newest";

    public async Task<ReconcileRun?> FindAsync(CancellationToken ct) =>
        await tables.Findings.FindAsync(Partition, Row, ct) is { } row ? Read(row) : null;

    /// <param name="by">Who asks.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<ReconcileRun> AskAsync(string by, CancellationToken ct)
    {
        while (true)
        {
            var newest = await FindAsync(ct);
            if (newest is { DoneAt: null })
            {
                return newest;
            }

            var run = new ReconcileRun(Ids.New(ReconcileRun.Prefix, clock), by, clock.GetUtcNow()) { ETag = newest?.ETag ?? default };
            if (await (newest is null ? tables.Findings.TryAddAsync(Write(run), ct) : TrySaveAsync(run, ct)))
            {
                return run;
            }
        }
    }

    /// <summary>False when somebody else has saved since.</summary>
    public Task<bool> TrySaveAsync(ReconcileRun run, CancellationToken ct) => tables.Findings.TryReplaceAsync(Write(run), run.ETag, ct);

    private static TableEntity Write(ReconcileRun run) => new(Partition, Row)
    {
        ["id"] = run.Id,
        ["by"] = run.By,
        ["askedAt"] = run.AskedAt,
        ["begunAt"] = run.BegunAt,
        ["doneAt"] = run.DoneAt,
        ["healed"] = run.Healed,
        ["open"] = run.Open,
    };

    private static ReconcileRun Read(TableEntity row) => new(
        row.GetString("id"), row.GetString("by"), row.GetDateTimeOffset("askedAt")!.Value, row.GetDateTimeOffset("begunAt"),
        row.GetDateTimeOffset("doneAt"), row.GetInt32("healed") ?? 0, row.GetInt32("open"))
    {
        ETag = row.ETag,
    };
}

/// <summary>Does what was asked for: both reconcilers go over everything from its beginning, some pages at a time.</summary>
public sealed class ReconcileRounds(
    ReconcileRuns runs, DeploymentReconciler deployments, MachineReconciler machines, ReconcilerFindings findings)
{
    private const int PagesMax = 20;
    private const int OpenMax = 5_000;

    /// <param name="clock">What the run is measured with.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task GoOnAsync(TimeProvider clock, CancellationToken ct)
    {
        for (var page = 0; page < PagesMax && await runs.FindAsync(ct) is { DoneAt: null } run; page++)
        {
            if (run.BegunAt is not { } begun)
            {
                await deployments.BeginAgainAsync(ct);
                await machines.BeginAgainAsync(ct);
                await runs.TrySaveAsync(run with { BegunAt = clock.GetUtcNow() }, ct);
                continue;
            }

            var healed = run.Healed + await deployments.RunAsync(ct) + await machines.RunAsync(ct);
            var isDone = await HasLookedAsync(Reconciler.Deployments, begun, ct) && await HasLookedAsync(Reconciler.Machines, begun, ct);
            await runs.TrySaveAsync(
                isDone
                    ? run with { Healed = healed, DoneAt = clock.GetUtcNow(), Open = (await findings.OpenAsync(OpenMax, ct)).Count }
                    : run with { Healed = healed },
                ct);
        }
    }

    private async Task<bool> HasLookedAsync(Reconciler which, DateTimeOffset since, CancellationToken ct) =>
        (await findings.LookedAsync(which, ct)).Wholly >= since;
}
