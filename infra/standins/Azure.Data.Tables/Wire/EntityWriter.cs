using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables.Wire;

/// <summary>Writes properties as the service's JSON: values that JSON has no type for carry an `@odata.type` beside them.</summary>
internal static class EntityWriter
{
    private const string TypeSuffix = "@odata.type";

    public static byte[] Write(ITableEntity entity)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            if (entity is IDictionary<string, object> dictionary)
            {
                WriteDictionary(json, dictionary);
            }
            else
            {
                EntityBinder.Of(entity.GetType()).Write(entity, (name, value) => WriteProperty(json, name, value));
            }

            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static void WriteDictionary(Utf8JsonWriter json, IDictionary<string, object> entity)
    {
        foreach (var (name, value) in entity)
        {
            // The service sets both; sending them back would make them ordinary properties or an error.
            if (name is TableEntity.ETagKey or nameof(ITableEntity.Timestamp))
            {
                continue;
            }

            WriteProperty(json, name, value is Enum
                ? throw new NotSupportedException("Enum values are only supported for custom model types implementing ITableEntity.")
                : value);
        }
    }

    private static void WriteProperty(Utf8JsonWriter json, string name, object value)
    {
        json.WritePropertyName(name);
        var type = WriteValue(json, value);
        if (type is not null)
        {
            json.WriteString(name + TypeSuffix, type);
        }
    }

    private static string WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); return null;
            case string text: json.WriteStringValue(text); return null;
            case bool flag: json.WriteBooleanValue(flag); return null;
            case int number: json.WriteNumberValue(number); return null;
            case float number: json.WriteNumberValue(number); return null;
            case decimal number: json.WriteNumberValue(number); return null;
            case Enum member: json.WriteStringValue(member.ToString()); return null;
            case byte[] bytes: json.WriteBase64StringValue(bytes); return "Edm.Binary";
            case BinaryData data: json.WriteBase64StringValue(data.ToMemory().Span); return "Edm.Binary";
            case long number: json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); return "Edm.Int64";
            case ulong number: json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); return "Edm.Int64";
            case double number: WriteDouble(json, number); return "Edm.Double";
            case Guid guid: json.WriteStringValue(guid); return "Edm.Guid";
            case DateTimeOffset time: json.WriteStringValue(Utc(time.UtcDateTime)); return "Edm.DateTime";
            case DateTime time: json.WriteStringValue(Utc(time.ToUniversalTime())); return "Edm.DateTime";
            default: throw new NotSupportedException("Not supported type " + value.GetType());
        }
    }

    private static void WriteDouble(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
    }

    private static string Utc(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
