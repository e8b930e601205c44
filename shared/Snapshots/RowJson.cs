using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;

namespace Launchpad.Shared.Snapshots;

/// <summary>A row as one JSON object, in the form that the table service itself speaks: where JSON has no such type, an annotation beside
/// the property names it (odata.type).</summary>
public static class RowJson
{
    private const string Annotation = "@odata.type";
    private static readonly string[] OfTheService = ["odata.etag", "Timestamp"];

    public static void Write(Utf8JsonWriter json, TableEntity row)
    {
        json.WriteStartObject();
        foreach (var (name, value) in row.Where(property => property.Value is not null && !OfTheService.Contains(property.Key)))
        {
            switch (value)
            {
                case string text: json.WriteString(name, text); break;
                case bool flag: json.WriteBoolean(name, flag); break;
                case int number: json.WriteNumber(name, number); break;
                case long number: Annotate("Edm.Int64", number.ToString(CultureInfo.InvariantCulture)); break;
                case double number: Annotate("Edm.Double", number.ToString("R", CultureInfo.InvariantCulture)); break;
                case DateTimeOffset time: Annotate("Edm.DateTime", time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)); break;
                case Guid id: Annotate("Edm.Guid", id.ToString()); break;
                case byte[] bytes: Annotate("Edm.Binary", Convert.ToBase64String(bytes)); break;
                case BinaryData bytes: Annotate("Edm.Binary", Convert.ToBase64String(bytes)); break;
                default: throw new NotSupportedException($"A table has no property of type {value.GetType().Name} ({name}).");
            }

            void Annotate(string type, string text)
            {
                json.WriteString(name + Annotation, type);
                json.WriteString(name, text);
            }
        }

        json.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">When it is no such row.</exception>
    public static TableEntity Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var (row, properties) = (new TableEntity(), document.RootElement);
            foreach (var property in properties.EnumerateObject().Where(one => !one.Name.EndsWith(Annotation, StringComparison.Ordinal)))
            {
                var type = properties.TryGetProperty(property.Name + Annotation, out var named) ? named.GetString() : null;
                row[property.Name] = Value(property.Value, type);
            }

            return row;
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException("A line is not a row of a table.", broken);
        }
    }

    private static object Value(JsonElement value, string? type) => (type, value.ValueKind) switch
    {
        ("Edm.Int64", _) => long.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        ("Edm.Double", _) => double.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        ("Edm.DateTime", _) => DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        ("Edm.Guid", _) => Guid.Parse(value.GetString()!),
        ("Edm.Binary", _) => value.GetBytesFromBase64(),
        (null, JsonValueKind.String) => value.GetString()!,
        (null, JsonValueKind.Number) => value.GetInt32(),
        (null, JsonValueKind.True or JsonValueKind.False) => value.GetBoolean(),
        _ => throw new FormatException($"There is no property of type {type} and kind {value.ValueKind}."),
    };
}
