using DurableTask.Core;
using DurableTask.Core.History;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;

namespace Launchpad.Durable;

/// <summary>All that an orchestrator was told and has decided, whole and by itself: what a replay holds against today's code, and what a
/// test keeps as a file. It has the payloads in it.</summary>
public sealed record RecordedHistory(string InstanceId, string Name, string Version, OrchestrationStatus Status)
{
    private const string Kind = "event";

    private static readonly JsonSerializer Json = JsonSerializer.Create(new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        ConstructorHandling = ConstructorHandling.AllowNonPublicDefaultConstructor,
        DateParseHandling = DateParseHandling.None,
        DateTimeZoneHandling = DateTimeZoneHandling.Utc,
        Converters = { new StringEnumConverter() },
    });

    /// <summary>Oldest first: those of the current execution.</summary>
    public required IReadOnlyList<HistoryEvent> Events { get; init; }

    /// <summary>Reads what <see cref="ToJson"/> wrote; throws <see cref="FormatException"/> when it is something else.</summary>
    public static RecordedHistory Parse(string json)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None };
            var file = JObject.Load(reader);
            var status = Enum.Parse<OrchestrationStatus>(Text(file, "status"));
            return new(Text(file, "instance"), Text(file, "name"), Text(file, "version"), status)
            {
                Events = [.. (file["events"] as JArray ?? throw Not("events")).Cast<JObject>().Select(Event)],
            };
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidCastException)
        {
            throw new FormatException($"This is not a recorded history: {exception.Message}", exception);
        }
    }

    /// <summary>For people as much as for tests: one event a line. Stack traces are left out: they tell of the machine, and no
    /// orchestrator may decide on them.</summary>
    public string ToJson()
    {
        var head = new JObject { ["instance"] = InstanceId, ["name"] = Name, ["version"] = Version, ["status"] = Status.ToString() };
        var members = head.Properties().Select(member => $"  {member.ToString(Formatting.None)},\n");
        return $"{{\n{string.Concat(members)}  \"events\": [\n    {string.Join(",\n    ", Events.Select(Line))}\n  ]\n}}\n";
    }

    private static string Line(HistoryEvent e)
    {
        var line = JObject.FromObject(e, Json);
        line.Remove(nameof(e.EventType));
        line.Remove(nameof(e.IsPlayed));
        line.AddFirst(new JProperty(Kind, e.EventType.ToString()));
        foreach (var stack in line.Descendants().OfType<JProperty>().Where(member => member.Name == "StackTrace").ToList())
        {
            stack.Remove();
        }

        return line.ToString(Formatting.None);
    }

    private static HistoryEvent Event(JObject line)
    {
        var kind = Text(line, Kind);
        line.Remove(Kind);
        var type = HistoryEvent.KnownTypes().FirstOrDefault(type => type.Name == $"{kind}Event") ?? throw Not($"event {kind}");
        return (HistoryEvent)line.ToObject(type, Json)!;
    }

    private static string Text(JObject node, string member) => node[member]?.Value<string>() ?? throw Not(member);

    private static FormatException Not(string what) => new($"This is not a recorded history: it has no {what}.");
}
