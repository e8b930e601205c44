using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Shared.Secrets;

/// <summary>One value of a deployment's secret: which secret, and which of the values that it had. Never the value.</summary>
/// <param name="Name">The file that the bot reads it from.</param>
/// <param name="Fingerprint">Tells values apart, for people and for diffs.</param>
/// <param name="Version">Where the value is kept; null for the one that came with the order.</param>
[JsonConverter(typeof(SecretRefJson))]
public sealed record SecretRef(string Name, string Fingerprint, string? Version = null)
{
    private const char Separator = '@';

    /// <summary>As rows hold it. What was stored before values had versions reads as one without.</summary>
    internal string Wire => Version is null ? ToString() : $"{this}{Separator}{Version}";

    internal string Key => Version is null ? Name : $"{Name}{Separator}{Version}";

    internal static SecretRef Parse(string wire)
    {
        var parts = wire.Split(Separator);
        return new(parts[0], parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2));
    }

    internal static SecretRef OfKey(string key, string fingerprint)
    {
        var parts = key.Split(Separator);
        return new(parts[0], fingerprint, parts.ElementAtOrDefault(1));
    }

    /// <summary>As people see it.</summary>
    public override string ToString() => $"{Name}{Separator}{Fingerprint}";
}

/// <summary>A reference is one text in JSON.</summary>
internal sealed class SecretRefJson : JsonConverter<SecretRef>
{
    public override SecretRef Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SecretRef.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, SecretRef value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Wire);
}
