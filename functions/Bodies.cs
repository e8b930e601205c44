using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions;

/// <summary>Reads a JSON body: bounded, and nothing in it that the API does not know.</summary>
public static class Bodies
{
    private const int BytesMax = 64 * 1024;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
    };

    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken ct)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw Problems.Malformed("Send JSON with 'Content-Type: application/json'.");
        }

        var text = await ReadBytesAsync(request, BytesMax, ct);
        try
        {
            return JsonSerializer.Deserialize<T>(text, Strict) ?? throw Problems.Malformed("The body is null.");
        }
        catch (JsonException wrong)
        {
            throw Problems.Malformed($"The JSON is not what is expected here, at {wrong.Path ?? "$"} (line {wrong.LineNumber + 1}).");
        }
    }

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
}
