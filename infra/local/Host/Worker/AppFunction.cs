using System.Text.Json;
using Launchpad.Host.Worker.Protocol;

namespace Launchpad.Host.Worker;

/// <summary>A function as the app describes it.</summary>
internal sealed class AppFunction
{
    private static readonly string[] Known =
        ["httpTrigger", "timerTrigger", "orchestrationTrigger", "activityTrigger", "entityTrigger"];

    public AppFunction(RpcFunctionMetadata metadata)
    {
        (Metadata, Name, Id) = (metadata, metadata.Name, metadata.FunctionId);
        var bindings = metadata.RawBindings.Select(text => JsonDocument.Parse(text).RootElement).ToList();
        Trigger = bindings.FirstOrDefault(binding => TypeOf(binding).EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
        if (Trigger.ValueKind is not JsonValueKind.Object
            || !Known.Contains(TriggerType = TypeOf(Trigger), StringComparer.OrdinalIgnoreCase))
        {
            throw new NotSupportedException($"The trigger of function '{Name}' is none of {string.Join(", ", Known)}.");
        }

        TriggerName = Trigger.GetProperty("name").GetString()!;
        ClientNames =
        [
            .. bindings.Where(binding => TypeOf(binding).Equals("durableClient", StringComparison.OrdinalIgnoreCase))
                .Select(binding => binding.GetProperty("name").GetString()!),
        ];
    }

    public RpcFunctionMetadata Metadata { get; }

    public string Name { get; }

    public string Id { get; }

    public JsonElement Trigger { get; }

    public string TriggerType { get; }

    public string TriggerName { get; }

    /// <summary>The parameters that get a durable client.</summary>
    public IReadOnlyList<string> ClientNames { get; }

    public bool IsTriggeredBy(string type) => TriggerType.Equals(type, StringComparison.OrdinalIgnoreCase);

    public InvalidOperationException Invalid(string what) => new($"Function '{Name}' {what}.");

    /// <summary>A property of the trigger, in whichever case the app wrote its name.</summary>
    public JsonElement? Property(string name)
    {
        foreach (var property in Trigger.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }

    private static string TypeOf(JsonElement binding) =>
        binding.TryGetProperty("type", out var type) || binding.TryGetProperty("Type", out type) ? type.GetString() ?? "" : "";
}
