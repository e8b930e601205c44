using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Durable.Execution;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable;

/// <summary>All that an orchestrator was told and has decided, whole and by itself: what a <see cref="Replayer"/> holds against today's
/// code, and what a test keeps as a file. It has the payloads in it.</summary>
public sealed class RecordedHistory
{
    private static readonly JsonSerializerOptions OneLine = new(EventJson.Readable.Options) { WriteIndented = false };

    internal RecordedHistory(InstanceRow row, List<List<HistoryEvent>> turns)
    {
        Row = row;
        Turns = turns;
    }

    public string InstanceId => Row.Id;

    public string Name => Row.Name;

    public string Version => Row.Version;

    public OrchestrationRuntimeStatus Status => Row.Status;

    internal InstanceRow Row { get; }

    internal List<List<HistoryEvent>> Turns { get; }

    /// <summary>Reads what <see cref="ToJson"/> wrote; throws <see cref="FormatException"/> when it is something else.</summary>
    public static RecordedHistory Parse(string json)
    {
        try
        {
            var file = Required(JsonNode.Parse(json), "text");
            var parent = file["parent"];
            var row = new InstanceRow(0, Text(file, "instance"), Text(file, "name"), Text(file, "version"))
            {
                Status = Enum.Parse<OrchestrationRuntimeStatus>(Text(file, "status")),
                Parent = parent is null ? null : new(Text(parent, "instance"), Text(parent, "name"), 0, 0),
                Input = new(file["input"]?.ToJsonString(OneLine), null),
            };
            var turns = Required(file["turns"], "turns").AsArray().Select(turn => Required(turn, "turn").AsArray());
            return new(row, [.. turns.Select(turn => turn.Select(e => Event(Required(e, "event"))).ToList())]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"This is not a recorded history: {exception.Message}", exception);
        }
    }

    /// <summary>For people as much as for tests: one event a line, payloads as the JSON they are. Stack traces are left out: they tell of
    /// the machine, and no orchestrator may decide on them.</summary>
    public string ToJson()
    {
        var head = new JsonObject
        {
            ["instance"] = InstanceId,
            ["name"] = Name,
            ["version"] = Version,
            ["status"] = Status.ToString(),
        };
        if (Row.Parent is { } parent)
        {
            head["parent"] = new JsonObject { ["instance"] = parent.Id, ["name"] = parent.Name };
        }

        if (Row.Input.Text is { } input)
        {
            head["input"] = JsonNode.Parse(input);
        }

        var members = head.Select(member => $"  \"{member.Key}\": {member.Value!.ToJsonString(OneLine)},\n");
        var turns = Turns
            .Select(turn => string.Join(",\n      ", turn.Select(e => Line(e).ToJsonString(OneLine))))
            .Select(events => $"    [\n      {events}\n    ]");
        return $"{{\n{string.Concat(members)}  \"turns\": [\n{string.Join(",\n", turns)}\n  ]\n}}\n";
    }

    private static JsonNode Required(JsonNode? node, string what) =>
        node ?? throw new FormatException($"This is not a recorded history: it has no {what}.");

    private static string Text(JsonNode node, string member) => Required(node[member], member).GetValue<string>();

    // An event's text is JSON in JSON; in the file it is just JSON.
    private static JsonObject Line(HistoryEvent e)
    {
        var told = e with { Failure = WithoutStack(e.Failure) };
        var line = JsonSerializer.SerializeToNode(told, EventJson.Readable.HistoryEvent)!.AsObject();
        if (e.Data is { } data)
        {
            line[nameof(e.Data)] = JsonNode.Parse(data);
        }

        return line;
    }

    private static Failure? WithoutStack(Failure? failure) =>
        failure is null ? null : failure with { Stack = null, Inner = WithoutStack(failure.Inner) };

    private static HistoryEvent Event(JsonNode line)
    {
        var e = line.DeepClone().AsObject();
        var hasData = e.Remove(nameof(HistoryEvent.Data), out var data);
        return e.Deserialize(EventJson.Readable.HistoryEvent)! with { Data = hasData ? data?.ToJsonString(OneLine) ?? "null" : null };
    }
}
