using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables.Wire;

/// <summary>Reads the service's JSON (minimal metadata) into an entity of the caller's type.</summary>
internal static class EntityReader
{
    private const string TypeSuffix = "@odata.type";

    public static T Read<T>(JsonElement json)
        where T : class, ITableEntity
    {
        if (!typeof(IDictionary<string, object>).IsAssignableFrom(typeof(T)))
        {
            return (T)EntityBinder.Of(typeof(T)).Read(name => Property(json, name));
        }

        var entity = Activator.CreateInstance<T>();
        var dictionary = (IDictionary<string, object>)entity;
        foreach (var property in json.EnumerateObject().Where(property => IsData(property.Name)))
        {
            dictionary[property.Name] = Value(json, property);
        }

        return entity;
    }

    private static bool IsData(string name) => name != "odata.metadata" && !name.EndsWith(TypeSuffix, StringComparison.Ordinal);

    private static JsonElement? Property(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value : null;

    private static object Value(JsonElement json, JsonProperty property)
    {
        var type = Property(json, property.Name + TypeSuffix)?.GetString();
        var value = property.Value;
        return type switch
        {
            // The service annotates no system property, and the timestamp's type is known.
            null when property.Name is nameof(ITableEntity.Timestamp) => Time(value),
            null => Plain(value),
            "Edm.Binary" => value.GetBytesFromBase64(),
            "Edm.DateTime" => Time(value),
            "Edm.Guid" => value.GetGuid(),
            "Edm.Int64" => long.Parse(value.GetString(), CultureInfo.InvariantCulture),
            "Edm.Double" => value.ValueKind is JsonValueKind.String
                ? double.Parse(value.GetString(), CultureInfo.InvariantCulture)
                : value.GetDouble(),
            "Edm.String" => value.GetString(),
            "Edm.Boolean" => value.GetBoolean(),
            "Edm.Int32" => value.GetInt32(),
            _ => throw new NotSupportedException("Not supported type " + type),
        };
    }

    private static DateTimeOffset Time(JsonElement value) =>
        DateTimeOffset.Parse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static object Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        JsonValueKind.Number when value.TryGetInt32(out var number) => number,
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.Number => value.GetDouble(),
        _ => throw new NotSupportedException("Not supported value kind " + value.ValueKind),
    };
}
