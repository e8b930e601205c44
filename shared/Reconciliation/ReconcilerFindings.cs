using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Reconciliation;

/// <summary>Something that was not as it should be.</summary>
/// <param name="What">Of a few kinds: `busy-missing`, `paid-not-running`.</param>
/// <param name="Subject">The deployment, the machine or the place on one.</param>
/// <param name="Account">Whose deployment; null for what is nobody's.</param>
/// <param name="At">When it was put right, or first seen where it has not been.</param>
public sealed record Finding(string What, string Subject, string? Account, DateTimeOffset At)
{
    /// <summary>The same for the same difference, however often it is found.</summary>
    public string Id => KeyOf(What, Subject);

    internal static string KeyOf(string what, string subject) => $"{what}-{subject}";
}

/// <summary>Every kind of difference, as <see cref="Finding.What"/> spells it.</summary>
public enum FindingKind
{
    /// <summary>Somebody pays and has no bot that runs.</summary>
    PaidNotRunning,

    /// <summary>A bot has a place and nobody pays.</summary>
    RunningNotPaid,

    /// <summary>More is promised on a machine than it has.</summary>
    Overpromised,

    /// <summary>Nothing led to a bot that something goes on with.</summary>
    BusyMissing,

    /// <summary>A machine did not know of a bot that runs there.</summary>
    PlaceMissing,

    /// <summary>Nothing led to a bot's next backup.</summary>
    BackupMissing,

    /// <summary>Nothing led to a machine.</summary>
    MachineMissing,

    /// <summary>Room was promised to nobody.</summary>
    ReservationOrphan,
}

/// <summary>What goes over everything.</summary>
public enum Reconciler
{
    Deployments,
    Machines,
}

/// <summary>When everything was looked at last, and when some of it was.</summary>
public sealed record Looked(DateTimeOffset? Lately, DateTimeOffset? Wholly);

/// <summary>What reconcilers found, for those who have to know: what they put right, and what they cannot.</summary>
public sealed class ReconcilerFindings(Tables tables, TimeProvider clock, ILogger<ReconcilerFindings> log)
{
    private const string Healed = "healed";
    private const string Open = "open";
    private const string Check = "check";

    /// <summary>How long what was put right is remembered.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Nothing is expected to be found: what is, is told, counted and remembered.</summary>
    public async Task HealedAsync(string what, string subject, CancellationToken ct)
    {
        log.LogError("{Subject} was not as it should be ({What}): it was put right", subject, what);
        IndexRows.CountHealed(what);
        var now = clock.GetUtcNow();
        await tables.Findings.UpsertEntityAsync(
            new TableEntity(Healed, $"{TableRows.Inverted(now.UtcTicks)}-{what}-{subject}") { ["what"] = what, ["subject"] = subject, ["at"] = now },
            TableUpdateMode.Replace, ct);
    }

    /// <summary>It could not be looked at, or put right: it is tried again in the next round.</summary>
    public void Tell(Exception trouble, string what, string subject) =>
        log.LogError(trouble, "{Subject} could not be reconciled ({What})", subject, what);

    /// <summary>What nobody but a person can put right. Finding it again changes nothing.</summary>
    public Task OpenAsync(string what, string subject, string? account, CancellationToken ct) => tables.Findings.TryAddAsync(
        new TableEntity(Open, Key(what, subject)) { ["what"] = what, ["subject"] = subject, ["account"] = account, ["at"] = clock.GetUtcNow() }, ct);

    /// <summary>It is as it should be by now.</summary>
    public Task CloseAsync(string what, string subject, CancellationToken ct) => tables.Findings.RemoveAsync(Open, Key(what, subject), ct);

    /// <summary>What is open, not more than anybody could look at.</summary>
    public async Task<IReadOnlyList<Finding>> OpenAsync(int max, CancellationToken ct) =>
        await tables.Findings.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Open}"), cancellationToken: ct)
            .Take(max).Select(Read).ToListAsync(ct);

    /// <summary>What is open under that id; null for nothing.</summary>
    public async Task<Finding?> FindOpenAsync(string id, CancellationToken ct) =>
        await tables.Findings.FindAsync(Open, id, ct) is { } row ? Read(row) : null;

    /// <summary>What was put right since then, the newest first.</summary>
    public async Task<IReadOnlyList<Finding>> HealedSinceAsync(DateTimeOffset since, int max, CancellationToken ct) =>
        await tables.Findings
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {Healed} and RowKey lt {TableRows.Inverted(since.UtcTicks)}"), cancellationToken: ct)
            .Take(max).Select(Read).ToListAsync(ct);

    /// <param name="which">Of the reconcilers.</param>
    /// <param name="isWhole">True when there is nothing that it has not looked at since it was at the beginning.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task LookedAsync(Reconciler which, bool isWhole, CancellationToken ct)
    {
        var row = new TableEntity(Check, which.Wire()) { ["lately"] = clock.GetUtcNow() };
        if (isWhole)
        {
            row["wholly"] = clock.GetUtcNow();
        }

        return tables.Findings.UpsertEntityAsync(row, TableUpdateMode.Merge, ct);
    }

    public async Task<Looked> LookedAsync(Reconciler which, CancellationToken ct) =>
        await tables.Findings.FindAsync(Check, which.Wire(), ct) is { } row
            ? new(row.GetDateTimeOffset("lately"), row.GetDateTimeOffset("wholly"))
            : new(null, null);

    /// <summary>What is old goes.</summary>
    public Task<int> SweepAsync(CancellationToken ct) => tables.Findings.RemoveAsync(
        TableClient.CreateQueryFilter($"PartitionKey eq {Healed} and RowKey ge {TableRows.Inverted((clock.GetUtcNow() - Kept).UtcTicks)}"), ct);

    private static string Key(string what, string subject) => Finding.KeyOf(what, subject);

    private static Finding Read(TableEntity row) =>
        new(row.GetString("what"), row.GetString("subject"), row.GetString("account"), row.GetDateTimeOffset("at")!.Value);
}
