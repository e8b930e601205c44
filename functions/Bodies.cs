using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions;

/// <summary>Reads a JSON body: bounded, and nothing in it that the API does not know. A record says what its members may be; a
/// <see cref="JsonObject"/> takes any, and is read just as strictly.</summary>
public static class Bodies
{
    private const int BytesMax = 64 * 1024;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <exception cref="ProblemException">400, 413 or 415 for everything that is not the JSON of a <typeparamref name="T"/>.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken ct)
        where T : class
    {
        CheckHeaders(request);
        var json = StrictJson.Check(await ReadBytesAsync(request, BytesMax, ct), IgnoresCase<T>());
        if (typeof(T) == typeof(JsonObject))
        {
            // Names that differ by case alone are different ones here, and in every object within a body.
            return (T)(object)JsonNode.Parse(json.Span)!;
        }

        CheckNames(json.Span, Strict.GetTypeInfo(typeof(T)));

        try
        {
            return JsonSerializer.Deserialize<T>(json.Span, Strict)!;
        }
        catch (JsonException wrong)
        {
            throw WrongType(Strict.GetTypeInfo(typeof(T)), wrong.Path ?? "$");
        }
    }

    /// <summary>Null when there is no body.</summary>
    /// <inheritdoc cref="ReadAsync{T}"/>
    public static async Task<T?> ReadIfAnyAsync<T>(HttpRequest request, CancellationToken ct)
        where T : class =>
        request.ContentType is null && request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0
            ? null
            : await ReadAsync<T>(request, ct);

    public static async Task<byte[]> ReadBytesAsync(HttpRequest request, int max, CancellationToken ct)
    {
        if (request.ContentLength > max)
        {
            throw Problems.TooLarge(max);
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > max)
            {
                throw Problems.TooLarge(max);
            }
        }

        return buffer.ToArray();
    }

    private static void CheckHeaders(HttpRequest request)
    {
        if (!request.HasJsonContentType() || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            throw Problems.UnsupportedMedia("Send JSON with 'Content-Type: application/json'.");
        }

        if (type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw Problems.UnsupportedMedia("JSON is sent in UTF-8: leave 'charset' out of the Content-Type, or say utf-8.");
        }

        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding
            && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw Problems.UnsupportedMedia("The body has to be sent as it is, without 'Content-Encoding'.");
        }
    }

    private static bool IgnoresCase<T>() => Strict.PropertyNameCaseInsensitive && typeof(T) != typeof(JsonObject);

    private static void CheckNames(ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!type.Properties.Any(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                var known = string.Join(", ", type.Properties.Select(property => property.Name));
                throw Problems.Invalid(StrictJson.Shortened(name), $"is not known here. Known are: {known}.");
            }

            reader.Skip();
        }
    }

    private static ProblemException WrongType(JsonTypeInfo type, string path)
    {
        var member = type.Properties.FirstOrDefault(property => path.Equals($"$.{property.Name}", StringComparison.OrdinalIgnoreCase));
        var kind = member is null ? null : Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        return Problems.Invalid(member?.Name ?? StrictJson.Shortened(path), kind switch
        {
            _ when kind == typeof(string) => "has to be text.",
            _ when kind == typeof(bool) => "has to be true or false.",
            _ when kind == typeof(int) => "has to be a whole number.",
            _ => "holds a value of another kind than it takes.",
        });
    }
}
