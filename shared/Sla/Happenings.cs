using System.Globalization;
using System.Text.Json;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Sla;

/// <summary>Something in a record that changes what a bot is.</summary>
internal sealed record Happening(DateTimeOffset At, long Sequence, Func<Standing, Standing> Change);

/// <summary>What rows of a record say of how a bot is.</summary>
internal static class Happenings
{
    private const string Clock = "sweep";

    private static readonly HashSet<string> Recoveries =
        [OperationKind.Restart.Wire(), OperationKind.Rollback.Wire(), OperationKind.Replace.Wire()];

    /// <summary>Steps that stop a bot which runs.</summary>
    private static readonly HashSet<string> Leaving =
        [Steps.Switch.Name, Steps.Vacate.Name, Steps.ReturnData.Name, Steps.ReturnBot.Name, Steps.ReturnHere.Name];

    /// <summary>Steps after which it is up.</summary>
    private static readonly HashSet<string> Returning = [Steps.Health.Name, Steps.ReturnBot.Name, Steps.ReturnHere.Name];

    /// <param name="rows">Oldest first.</param>
    /// <returns>Oldest first: what was written down later than it was found has its place where it was found.</returns>
    public static IEnumerable<Happening> Of(IReadOnlyList<RecordRow> rows)
    {
        var read = rows.Select(row => (Row: row, Data: JsonElement.Parse(row.Data), At: Time(row.At))).ToList();
        var asked = read.Where(one => one.Row.Kind == RecordKinds.Action).Select(one => Ask(one.Row, one.Data)).OfType<Asked>()
            .DistinctBy(one => one.Operation).ToDictionary(one => one.Operation);
        return read.Select(one => Of(one.Row, one.Data, one.At, asked)).OfType<Happening>()
            .OrderBy(one => one.At).ThenBy(one => one.Sequence);
    }

    private static Happening? Of(RecordRow row, JsonElement data, DateTimeOffset at, Dictionary<string, Asked> asked)
    {
        var (operation, action) = (Text(data, "operation"), Text(data, "action"));
        Func<Standing, Standing>? change = row.Kind switch
        {
            RecordKinds.Status => OfStatus(Text(data, "to"), Who),
            RecordKinds.Step => OfStep(Text(data, "step"), Text(data, "outcome"), Who),
            _ => action switch
            {
                OutageLog.Began => now => now with { Outage = new(Text(data, "verdict") ?? "down", Said: row.Words) },
                OutageLog.Over => now => now with { Outage = null },
                OperationEntries.EndedAction => now => now.Ends(operation),
                _ => null,
            },
        };
        return change is null ? null : new(Found(data, action, at), row.Sequence, change);

        // Of one that nobody is known to have asked for it cannot be said that it was planned.
        Asked Who() => operation is not null && asked.TryGetValue(operation, out var known) ? known : new(operation ?? "", "failed", IsByPlan: false);
    }

    private static Func<Standing, Standing>? OfStatus(string? to, Func<Asked> who) =>
        to == DeploymentStatus.Running.Wire() ? now => now.Runs()
        : to == DeploymentStatus.Suspended.Wire() ? now => now.Stops()
        : to == DeploymentStatus.Failed.Wire() ? now => now.Fails(who().Operation)
        : to == DeploymentStatus.Restarting.Wire() ? now => now.Leaves(who())
        : null;

    private static Func<Standing, Standing>? OfStep(string? step, string? outcome, Func<Asked> who) => step is null ? null
        : outcome == StepStatus.Started.Wire() && Leaving.Contains(step) ? now => now.Leaves(who())
        : outcome == StepStatus.Done.Wire() && Returning.Contains(step) ? now => now.Returns(who().Operation)
        : null;

    /// <summary>Who asked for it stands in the first row that names it, or in the one that says how it ended.</summary>
    private static Asked? Ask(RecordRow row, JsonElement data)
    {
        if (Text(data, "operation") is not { } operation || Text(data, "action") is not { } action)
        {
            return null;
        }

        var (kind, by) = action == OperationEntries.EndedAction ? (Text(data, "kind") ?? action, Text(data, "by")) : (action, row.Actor);
        return new(operation, kind, IsByPlan: by != Clock || !Recoveries.Contains(kind));
    }

    private static DateTimeOffset Found(JsonElement data, string? action, DateTimeOffset at)
    {
        var told = action switch { OutageLog.Began => Text(data, "since"), OutageLog.Over => Text(data, "at"), _ => null };
        return told is not null && Ledger.Whole(Time(told)) is var found && found < at ? found : at;
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
