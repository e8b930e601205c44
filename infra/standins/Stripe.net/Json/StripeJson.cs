using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe.Infrastructure;

/// <summary>How the API's JSON maps to entities: snake case, seconds since 1970, ids that may be expanded into objects.</summary>
internal static class StripeJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        MaxDepth = 128,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new UnixTimeConverter(), new HasObjectConverter(), new ExpandableFieldConverter(), new StripeListConverter() },
    };

    public static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };
}

internal sealed class UnixTimeConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        long seconds;
        if (reader.TokenType == JsonTokenType.String)
        {
            if (!long.TryParse(reader.GetString(), out seconds))
            {
                throw new JsonException($"Cannot convert invalid value to {typeToConvert}.");
            }
        }
        else if (reader.TokenType == JsonTokenType.Number)
        {
            seconds = reader.GetInt64();
        }
        else
        {
            throw new JsonException($"Unexpected token parsing date. Expected Integer or String, got {reader.TokenType}.");
        }

        return seconds >= 0
            ? DateTime.UnixEpoch.AddSeconds(seconds)
            : throw new JsonException(
                $"Cannot convert value that is before Unix epoch of 00:00:00 UTC on 1 January 1970 to {typeToConvert}.");
    }

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((long)(value.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
}

/// <summary>Reads an object of any kind by its "object" field; a kind unknown to this package is null, as in the package itself.</summary>
internal sealed class HasObjectConverter : JsonConverter<IHasObject>
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["checkout.session"] = typeof(Checkout.Session),
        ["customer"] = typeof(Customer),
        ["event"] = typeof(Event),
        ["invoice"] = typeof(Invoice),
        ["item"] = typeof(LineItem),
        ["price"] = typeof(Price),
        ["product"] = typeof(Product),
        ["subscription"] = typeof(Subscription),
        ["subscription_item"] = typeof(SubscriptionItem),
    };

    public override IHasObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        return element.TryGetProperty("object", out var kind) && Kinds.TryGetValue(kind.GetString() ?? string.Empty, out var type)
            ? (IHasObject)element.Deserialize(type, options)
            : null;
    }

    public override void Write(Utf8JsonWriter writer, IHasObject value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}

internal sealed class ExpandableFieldConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ExpandableField<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Field<>).MakeGenericType(typeToConvert.GetGenericArguments()));

    private sealed class Field<T> : JsonConverter<ExpandableField<T>>
        where T : IHasId
    {
        public override bool HandleNull => true;

        public override ExpandableField<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.Null => new(),
                JsonTokenType.String => new() { Id = reader.GetString() },
                JsonTokenType.StartObject => new() { ExpandedObject = JsonSerializer.Deserialize<T>(ref reader, options) },
                _ => throw new JsonException($"Unexpected token when converting ExpandableField: {reader.TokenType}."),
            };

        public override void Write(Utf8JsonWriter writer, ExpandableField<T> value, JsonSerializerOptions options)
        {
            if (value is null || value.ExpandedObject is null)
            {
                writer.WriteStringValue(value?.Id);
            }
            else
            {
                JsonSerializer.Serialize(writer, value.ExpandedObject, options);
            }
        }
    }
}

/// <summary>A list object is enumerable, which the serializer would take for an array.</summary>
internal sealed class StripeListConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(StripeList<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(List<>).MakeGenericType(typeToConvert.GetGenericArguments()));

    private sealed record Page<T>(string Object, System.Collections.Generic.List<T> Data, bool HasMore, string Url);

    private sealed class List<T> : JsonConverter<StripeList<T>>
    {
        public override StripeList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var page = JsonSerializer.Deserialize<Page<T>>(ref reader, options);
            return new() { Object = page.Object, Data = page.Data, HasMore = page.HasMore, Url = page.Url };
        }

        public override void Write(Utf8JsonWriter writer, StripeList<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, new Page<T>(value.Object, value.Data, value.HasMore, value.Url), options);
    }
}
