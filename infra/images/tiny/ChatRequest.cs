using System.Text;
using System.Text.Json;

namespace Launchpad.TinyBot;

/// <summary>The two things of a chat completion request that decide the answer.</summary>
internal sealed record ChatRequest(string Model, string LastUserMessage, bool Stream)
{
    public static ChatRequest? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var last = root.GetProperty("messages").EnumerateArray()
                .LastOrDefault(message => message.GetProperty("role").ValueEquals("user"));
            return last.ValueKind is JsonValueKind.Undefined ? null : new(
                root.TryGetProperty("model", out var model) ? model.GetString() ?? "" : "",
                Text(last.GetProperty("content")),
                root.TryGetProperty("stream", out var stream) && stream.ValueKind is JsonValueKind.True);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonElement content)
    {
        if (content.ValueKind is JsonValueKind.String)
        {
            return content.GetString()!;
        }

        var text = new StringBuilder();
        foreach (var part in content.EnumerateArray())
        {
            text.Append(part.TryGetProperty("text", out var value) ? value.GetString() : null);
        }

        return text.ToString();
    }
}
