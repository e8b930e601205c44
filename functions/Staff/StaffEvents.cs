using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <summary>What operators look at.</summary>
public enum StaffTopic
{
    /// <summary>What goes on with anybody's bots, and what failed.</summary>
    Operations,

    /// <summary>What waits for a person.</summary>
    Alerts,

    /// <summary>Machines, and who has a place there. That one was heard is no news.</summary>
    Vms,

    /// <summary>What reconcilers found, and how far they are.</summary>
    Reconcile,
}

/// <summary>Something of a topic is not as it was: whoever shows it reads it again.</summary>
/// <param name="Tag">Differs whenever it does.</param>
public sealed record StaffEvent([property: Wire(typeof(StaffTopic))] string Topic, string Tag);

/// <summary>One stream for all that an operator's browser shows.</summary>
public sealed class StaffEvents(StaffCallers callers, StaffNews news, EventStreams streams)
{
    /// <summary>What changes, as it changes. The id of an event stands for all that was told until then: who comes back with it is told
    /// nothing as long as nothing is new, and everything otherwise.</summary>
    [Function("StreamStaff")]
    [Query("after")]
    [OperatorsOnly, Answers(200, typeof(StaffEvent), MediaType = "text/event-stream")]
    public async Task<IActionResult> Stream(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/events")] HttpRequest request, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var seen = request.Headers["Last-Event-ID"].FirstOrDefault() ?? request.Query["after"].FirstOrDefault();
        IReadOnlyDictionary<StaffTopic, string>? told = null;
        await streams.RunAsync(
            request.HttpContext.Response, who.Id, look => callers.IsLetInAsync(request, look),
            async end =>
            {
                var now = await news.NowAsync(end);
                var state = StaffNews.Digest(now.Values);
                var changed = told is null && state == seen ? [] : now.Where(one => told?[one.Key] != one.Value).ToList();
                told = now;
                return
                [
                    .. changed.Index().Select(one => new StreamEvent(
                        one.Index == changed.Count - 1 ? state : null, new StaffEvent(one.Item.Key.Wire(), one.Item.Value))),
                ];
            },
            ct);
        return new EmptyResult();
    }
}

/// <summary>How everything is that operators look at, read once for all who look.</summary>
public sealed class StaffNews(OperationNews operations, EstateNews estate) : IDisposable
{
    /// <summary>Where there is very much, news come later: reading takes a tenth of the time at most.</summary>
    private const int Rest = 9;
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim gate = new(1);
    private IReadOnlyDictionary<StaffTopic, string>? known;
    private (TimeSpan Took, long At) reading;

    /// <summary>A tag for each topic.</summary>
    public async Task<IReadOnlyDictionary<StaffTopic, string>> NowAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var age = Stopwatch.GetElapsedTime(reading.At);
            return known is not null && (age < Fresh || age < reading.Took * Rest) ? known : known = await ReadAsync(ct);
        }
        finally
        {
            gate.Release();
        }
    }

    public static string Digest(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))).AsSpan(0, 8));

    public void Dispose() => gate.Dispose();

    private async Task<IReadOnlyDictionary<StaffTopic, string>> ReadAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var now = new SortedDictionary<StaffTopic, string>
        {
            [StaffTopic.Operations] = Digest(await operations.NowAsync(ct)),
            [StaffTopic.Alerts] = Digest(await estate.AlertsAsync(ct)),
            [StaffTopic.Vms] = Digest(await estate.VmsAsync(ct)),
            [StaffTopic.Reconcile] = Digest(await estate.ReconcileAsync(ct)),
        };
        reading = (Stopwatch.GetElapsedTime(began), Stopwatch.GetTimestamp());
        return now;
    }
}

/// <summary>What goes on, step by step, and what failed, as lines that differ when it does. Of very much the first of it.</summary>
public sealed class OperationNews(DeploymentStore deployments, OperationStore operations)
{
    private const int BusyMax = 200;
    private const int FailedMax = 50;
    private const int AtOnceMax = 8;

    public async Task<IReadOnlyList<string>> NowAsync(CancellationToken ct)
    {
        var rows = await deployments.BusyRowsAsync(null, BusyMax, ct);
        var lines = new string[rows.Count];
        await Parallel.ForEachAsync(
            rows.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct },
            async (row, stop) => lines[row.Index] = await LineAsync(row.Item.GetString("account"), row.Item.RowKey, stop));
        return [.. lines, .. (await operations.Failures.PageAsync("", FailedMax, ct)).Select(row => row.RowKey)];
    }

    private async Task<string> LineAsync(string account, string id, CancellationToken ct)
    {
        var deployment = await deployments.FindAsync(account, id, ct);
        var steps = deployment?.Operation is { } held ? await operations.StepsAsync(held.Id, ct) : [];
        return $"{id} {deployment?.ETag} {string.Join(' ', steps)}";
    }
}

/// <summary>Everything else that operators look at, as lines that differ when it does. Of very much the first of it.</summary>
public sealed class EstateNews(PageNews pages, VmStore vms, ReconcilerFindings findings, ReconcileRuns runs)
{
    private const int Max = 200;

    /// <inheritdoc cref="PageNews.NowAsync"/>
    public Task<IReadOnlyList<string>> AlertsAsync(CancellationToken ct) => pages.NowAsync(ct);

    public async Task<IReadOnlyList<string>> VmsAsync(CancellationToken ct)
    {
        var lines = new List<string>();
        foreach (var pool in Enum.GetValues<Tier>())
        {
            lines.AddRange((await vms.PageAsync(pool, "", ct)).Select(vm => $"{vm.Id} {vm.ETag}"));
        }

        return lines;
    }

    public async Task<IReadOnlyList<string>> ReconcileAsync(CancellationToken ct)
    {
        var lines = new List<string> { $"{await runs.FindAsync(ct)}" };
        foreach (var which in Enum.GetValues<Reconciler>())
        {
            lines.Add($"{await findings.LookedAsync(which, ct)}");
        }

        return [.. lines, .. (await findings.OpenAsync(Max, ct)).Select(one => one.Id)];
    }
}

/// <summary>What waits for a person, who has it in hand, and what is silenced.</summary>
public sealed class PageNews(Pager pager, PageSilences silences)
{
    private const int Max = 200;

    public async Task<IReadOnlyList<string>> NowAsync(CancellationToken ct)
    {
        var silent = (await silences.AllAsync(ct)).OrderBy(one => one.Key, StringComparer.Ordinal);
        return
        [
            .. (await pager.OpenAsync("", Max, ct)).Select(page => $"{page.Id} {page.AcknowledgedAt:O}"),
            .. silent.Select(one => $"{one.Key} {one.Value:O}"),
        ];
    }
}
