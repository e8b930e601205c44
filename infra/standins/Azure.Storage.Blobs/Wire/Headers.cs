using System.Globalization;

namespace Azure.Storage.Blobs.Wire;

/// <summary>The headers of an answer, typed.</summary>
internal static class Headers
{
    private const string MetadataPrefix = "x-ms-meta-";

    public static string Text(this Response response, string name) => response.Headers.TryGetValue(name, out var value) ? value : null;

    public static DateTimeOffset Time(this Response response, string name) => response.Text(name) is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
        : default;

    public static byte[] Bytes(this Response response, string name) =>
        response.Text(name) is { } text ? Convert.FromBase64String(text) : null;

    public static ETag Tag(this Response response) => response.Headers.ETag ?? default;

    public static Dictionary<string, string> Metadata(this Response response) => response.Headers
        .Where(header => header.Name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(header => header.Name[MetadataPrefix.Length..], header => header.Value, StringComparer.OrdinalIgnoreCase);
}
