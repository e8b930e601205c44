using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Microsoft.DurableTask
{
    /// <summary>Turns inputs, results, events and statuses into text and back.</summary>
    public abstract class DataConverter
    {
        [return: NotNullIfNotNull(nameof(value))]
        public abstract string? Serialize(object? value);

        [return: NotNullIfNotNull(nameof(data))]
        public abstract object? Deserialize(string? data, Type targetType);

        [return: NotNullIfNotNull(nameof(data))]
        public virtual T? Deserialize<T>(string? data) => (T?)(Deserialize(data, typeof(T)) ?? default(T));
    }
}

namespace Microsoft.DurableTask.Converters
{
    /// <summary>JSON by System.Text.Json with its defaults, and fields. What is in flight was written with these options, so they
    /// never change.</summary>
    public class JsonDataConverter : DataConverter
    {
        private static readonly JsonSerializerOptions DefaultOptions = new() { IncludeFields = true };

        private readonly JsonSerializerOptions options;

        public JsonDataConverter(JsonSerializerOptions? options = null) => this.options = options ?? DefaultOptions;

        public static JsonDataConverter Default { get; } = new();

        [return: NotNullIfNotNull(nameof(value))]
        public override string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, options);

        [return: NotNullIfNotNull(nameof(data))]
        public override object? Deserialize(string? data, Type targetType) =>
            data is null ? null : JsonSerializer.Deserialize(data, targetType, options)!;
    }
}
