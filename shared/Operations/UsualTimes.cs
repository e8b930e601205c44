using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Operations;

/// <summary>A step that an operation of a kind usually takes, and how long.</summary>
public sealed record UsualStep(string Name, string Title, long Ms);

/// <summary>What operations of a kind do and how long that takes, as the last of them that succeeded were measured. It promises nothing:
/// people are shown what is still to come.</summary>
public sealed class UsualTimes(Tables tables)
{
    private const int RunsMax = 12;
    private const string Row = "usual";
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<OperationKind, (DateTime At, IReadOnlyList<UsualStep> Steps)> known = [];

    /// <summary>In their order; nothing as long as none of the kind has succeeded.</summary>
    public async Task<IReadOnlyList<UsualStep>> OfAsync(OperationKind kind, CancellationToken ct)
    {
        if (known.TryGetValue(kind, out var last) && DateTime.UtcNow - last.At < KnownFor)
        {
            return last.Steps;
        }

        var row = await tables.UsualTimes.FindAsync(kind.Wire(), Row, ct);
        var steps = row is null ? [] : Usual(Read(row));
        known[kind] = (DateTime.UtcNow, steps);
        return steps;
    }

    /// <summary>Takes one that has just succeeded into account. Of two at the same moment one is enough.</summary>
    public async Task LearnAsync(OperationKind kind, IReadOnlyList<OperationStep> taken, CancellationToken ct)
    {
        var run = taken.Where(step => step.Status is StepStatus.Done && !Steps.IsUndo(step.Name)).OrderBy(step => step.StartedAt)
            .Select(step => new UsualStep(step.Name, step.Title, step.DurationMs ?? 0)).ToList();
        var row = await tables.UsualTimes.FindAsync(kind.Wire(), Row, ct);
        List<List<UsualStep>> runs = [run, .. row is null ? [] : Read(row).Take(RunsMax - 1)];
        var next = new TableEntity(kind.Wire(), Row) { ["runs"] = JsonSerializer.Serialize(runs, JsonSerializerOptions.Web) };
        await (row is null ? tables.UsualTimes.TryAddAsync(next, ct) : tables.UsualTimes.TryReplaceAsync(next, row.ETag, ct));
    }

    /// <summary>The steps that at least half of the runs took, each with its median.</summary>
    private static List<UsualStep> Usual(List<List<UsualStep>> runs) =>
    [
        .. runs.SelectMany(run => run.Index()).GroupBy(step => step.Item.Name)
            .Where(step => step.Count() * 2 >= runs.Count)
            .OrderBy(step => step.Average(one => one.Index))
            .Select(step => step.First().Item with { Ms = step.Select(one => one.Item.Ms).Order().ElementAt(step.Count() / 2) }),
    ];

    private static List<List<UsualStep>> Read(TableEntity row) =>
        JsonSerializer.Deserialize<List<List<UsualStep>>>(row.GetString("runs"), JsonSerializerOptions.Web)!;
}
