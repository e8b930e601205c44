using System.ComponentModel.DataAnnotations;
using System.Net.Http.Json;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Health;

/// <summary>How the operator is reached. Section "Operator".</summary>
public sealed record OperatorOptions
{
    public const string Section = "Operator";

    /// <summary>Pages are posted here as JSON; null: they stand in the table and in the log only.</summary>
    public Uri? PageUrl { get; init; }

    /// <summary>What the names of runbooks are appended to.</summary>
    [Required]
    public string Runbooks { get; init; } = "docs/runbooks/";
}

public enum PageKind
{
    CrashLoop,
    MachineLost,
    Drift,

    /// <summary>The cloud has no machine to give, and somebody waits for one.</summary>
    NoCapacity,

    /// <summary>A saga ended without an outcome; nobody knows how far it came.</summary>
    SagaFailed,

    /// <summary>The payment provider does not give back what was paid for nothing.</summary>
    RefundRefused,

    /// <summary>The payment provider does not give back a part of what was paid for a bot that was not up as was promised.</summary>
    CreditRefused,

    /// <summary>A payment is contested at the customer's bank.</summary>
    DisputeOpened,

    /// <summary>Somebody pays for a bot that does not run, for longer than it may take.</summary>
    PaidNotRunning,

    /// <summary>Bots have no backup of the last day. One page for all of them.</summary>
    BackupMissing,

    /// <summary>A bot did not come up from its newest backup.</summary>
    DrillFailed,

    /// <summary>Letters do not go out.</summary>
    MailUnsent,

    /// <summary>Payments of an account are held until a person has looked at them.</summary>
    PaymentReview,

    /// <summary>The records of a day are not signed.</summary>
    HeadsUnsigned,

    /// <summary>More sign-ins are refused than people mistype. One page for all of them.</summary>
    SignInsRefused,
}

/// <summary>A person is needed. One per incident: while it is open, the same is not raised again.</summary>
/// <param name="Subject">The deployment, machine or account it is about.</param>
/// <param name="Runbook">What it means, what was tried and what to do.</param>
/// <param name="AcknowledgedBy">Who has taken it on; null for nobody yet.</param>
public sealed record Page(
    string Id, PageKind Kind, string Subject, string Reason, string Runbook, DateTimeOffset RaisedAt, DateTimeOffset? ResolvedAt = null,
    DateTimeOffset? AcknowledgedAt = null, string? AcknowledgedBy = null);

/// <summary>Raises pages and takes them back: a row and a line in the log, then the operator's webhook. What the webhook does not take is
/// kept and told again every minute, by a timer of its own: nothing that heals waits for it.</summary>
public sealed class Pager(Tables tables, IOptions<OperatorOptions> options, TimeProvider clock, ILogger<Pager> log) : IDisposable
{
    private const int PageMax = 100;

    /// <summary>What is open, and what was not told yet, of whatever subject: all of that is one partition.</summary>
    private const string Open = "open";

    /// <summary>As long as whoever raises a page waits for the webhook. What it does not take by then is told later.</summary>
    private static readonly TimeSpan PatienceOfRaise = TimeSpan.FromSeconds(2);

    private readonly PageSilences silences = new(tables, clock);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>False when it is open already: one page per incident.</summary>
    public async Task<bool> RaiseAsync(PageKind kind, string subject, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var page = new Page($"{subject}-{kind.Wire()}-{now.ToUnixTimeSeconds()}", kind, subject, reason, Runbook(kind), now);
        var row = Write(page, Open, OpenKey(kind, subject));
        if (!await tables.Pages.TryAddAsync(row, ct))
        {
            var before = await tables.Pages.FindAsync(Open, row.RowKey, ct);
            if (before is null || Read(before).ResolvedAt is null || !await tables.Pages.TryReplaceAsync(row, before.ETag, ct))
            {
                return false;
            }
        }

        log.LogError("PAGE {Kind} {Subject}: {Reason} Runbook: {Runbook}", kind.Wire(), subject, reason, page.Runbook);
        await DeliverAsync(row.RowKey, PatienceOfRaise, ct);
        return true;
    }

    /// <summary>False when none is open.</summary>
    public async Task<bool> ResolveAsync(PageKind kind, string subject, CancellationToken ct)
    {
        var key = OpenKey(kind, subject);
        while (await tables.Pages.FindAsync(Open, key, ct) is { } row && Read(row) is { ResolvedAt: null } page)
        {
            if (await tables.Pages.TryReplaceAsync(Write(page with { ResolvedAt = clock.GetUtcNow() }, Open, key), row.ETag, ct))
            {
                log.LogWarning("RESOLVED {Kind} {Subject}", kind.Wire(), subject);
                await DeliverAsync(key, PatienceOfRaise, ct);
                return true;
            }
        }

        return false;
    }

    public async Task<bool> IsOpenAsync(PageKind kind, string subject, CancellationToken ct) =>
        await tables.Pages.FindAsync(Open, OpenKey(kind, subject), ct) is { } row && Read(row).ResolvedAt is null;

    /// <summary>Some of what waits for a person, in the order of their keys.</summary>
    /// <param name="after">The key that the page before ended with; empty for the first.</param>
    /// <param name="max">How many.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<Page>> OpenAsync(string after, int max, CancellationToken ct) =>
        await tables.Pages
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {Open} and RowKey gt {after}"), PageMax, cancellationToken: ct)
            .Select(Read).Where(page => page.ResolvedAt is null).Take(max).ToListAsync(ct);

    /// <summary>The page of that id as long as it is open; null otherwise.</summary>
    public async Task<Page?> FindOpenAsync(string id, CancellationToken ct) =>
        KeyOf(id) is { } key && await tables.Pages.FindAsync(Open, key, ct) is { } row && Read(row) is { ResolvedAt: null } page && page.Id == id
            ? page
            : null;

    /// <summary>Somebody has taken it on; the first who did stays.</summary>
    /// <returns>Null when no page of that id is open.</returns>
    public async Task<Page?> AcknowledgeAsync(string id, string by, CancellationToken ct)
    {
        while (KeyOf(id) is { } key && await tables.Pages.FindAsync(Open, key, ct) is { } row
            && Read(row) is { ResolvedAt: null } page && page.Id == id)
        {
            if (page.AcknowledgedAt is not null)
            {
                return page;
            }

            var taken = page with { AcknowledgedAt = clock.GetUtcNow(), AcknowledgedBy = by };
            var changed = Write(taken, Open, key);
            changed["told"] = row.GetBoolean("told");
            if (await tables.Pages.TryReplaceAsync(changed, row.ETag, ct))
            {
                return taken;
            }
        }

        return null;
    }

    /// <summary>Everything that waits for a person.</summary>
    public async Task<IReadOnlyList<Page>> OpenAsync(CancellationToken ct) =>
        await OpenRows(ct).Select(Read).Where(page => page.ResolvedAt is null).ToListAsync(ct);

    /// <summary>Tells what the webhook did not take before.</summary>
    public async Task DeliverAllAsync(CancellationToken ct)
    {
        await foreach (var row in OpenRows(ct))
        {
            await DeliverAsync(row.RowKey, _http.Timeout, ct);
        }
    }

    public void Dispose() => _http.Dispose();

    private AsyncPageable<TableEntity> OpenRows(CancellationToken ct) =>
        tables.Pages.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Open}"), PageMax, cancellationToken: ct);

    private async Task DeliverAsync(string key, TimeSpan patience, CancellationToken ct)
    {
        if (await tables.Pages.FindAsync(Open, key, ct) is not { } row || row.GetBoolean("told") is true)
        {
            return;
        }

        var page = Read(row);
        var isSilenced = await silences.UntilAsync(key, ct) is not null;
        if (isSilenced && page.ResolvedAt is null)
        {
            // Still open when the silence ends, it is told then.
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        try
        {
            await (isSilenced ? Task.CompletedTask : TellAsync(page, limit.Token));
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            log.LogError(silent, "The operator's webhook did not take {Page}; it is told again", page.Id);
            return;
        }

        if (page.ResolvedAt is null)
        {
            row["told"] = true;
            await tables.Pages.TryReplaceAsync(row, row.ETag, ct);
            return;
        }

        await tables.Pages.UpsertEntityAsync(
            Write(page, page.Subject, $"{TableRows.Inverted(page.RaisedAt.UtcTicks)}-{page.Kind.Wire()}"),
            TableUpdateMode.Replace, ct);
        await RemoveAsync(key, row.ETag, ct);
    }

    /// <summary>One that was raised anew meanwhile stays.</summary>
    private async Task RemoveAsync(string key, ETag tag, CancellationToken ct)
    {
        try
        {
            await tables.Pages.DeleteEntityAsync(Open, key, tag, ct);
        }
        catch (RequestFailedException other) when (other.Status is 404 or 412)
        {
            // Gone, or another one by now.
        }
    }

    /// <summary>A receiver that gets one twice knows it by its key.</summary>
    private async Task TellAsync(Page page, CancellationToken ct)
    {
        if (options.Value.PageUrl is not { } url)
        {
            return;
        }

        var status = page.ResolvedAt is null ? "raised" : "resolved";
        var (id, kind, deployment) = (page.Id, page.Kind.Wire(), Ids.IsValid(page.Subject, Ids.Deployment) ? page.Subject : null);
        var vm = deployment is null ? page.Subject : null;
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = JsonContent.Create(
                new { id, status, kind, deployment, vm, page.Reason, page.Runbook, page.RaisedAt, page.ResolvedAt },
                options: JsonSerializerOptions.Web),
        };
        request.Headers.Add("Idempotency-Key", $"{page.Id}-{status}");
        using var answer = await _http.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
    }

    private string Runbook(PageKind kind) => $"{options.Value.Runbooks}{kind.Wire()}.md";

    /// <summary>What a page lies under: the same for one about the same again. Null for what is no id.</summary>
    public static string? KeyOf(string id) => id.LastIndexOf('-') is > 0 and var end ? id[..end] : null;

    private static string OpenKey(PageKind kind, string subject) => $"{subject}-{kind.Wire()}";

    private static TableEntity Write(Page page, string partition, string row) => new(partition, row)
    {
        ["id"] = page.Id,
        ["subject"] = page.Subject,
        ["kind"] = page.Kind.ToString(),
        ["reason"] = page.Reason,
        ["runbook"] = page.Runbook,
        ["raisedAt"] = page.RaisedAt,
        ["resolvedAt"] = page.ResolvedAt,
        ["acknowledgedAt"] = page.AcknowledgedAt,
        ["acknowledgedBy"] = page.AcknowledgedBy,
    };

    private static Page Read(TableEntity row) => new(
        row.GetString("id"), Enum.Parse<PageKind>(row.GetString("kind")), row.GetString("subject"), row.GetString("reason"),
        row.GetString("runbook"), row.GetDateTimeOffset("raisedAt")!.Value, row.GetDateTimeOffset("resolvedAt"),
        row.GetDateTimeOffset("acknowledgedAt"), row.GetString("acknowledgedBy"));
}
