using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Launchpad.Local.Models;

/// <summary>What the model says: a function of the request alone, so that a run can be compared with the next.</summary>
internal sealed partial record ChatAnswer(string Id, string Text, string FinishReason, int PromptTokens, int CompletionTokens)
{
    private const int QuotedMax = 2000;

    // A bot tells its model more than its user typed: notes of its own as a further message, the time before and its own state after the text.
    private const string Aside = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>";

    // What the field counts for the frame of a message and of the reply.
    private const int TokensPerMessage = 4;
    private const int TokensPerReply = 2;

    public static ChatAnswer To(JsonElement request)
    {
        var prompt = TokensPerReply;
        var asked = "";
        foreach (var message in request.GetProperty("messages").EnumerateArray())
        {
            var text = Content(message);
            prompt += TokensPerMessage + Pieces(text).Count();
            if (message.TryGetProperty("role", out var role) && role.ValueEquals("user") && !text.StartsWith(Aside, StringComparison.Ordinal))
            {
                asked = text;
            }
        }

        var quoted = Frame().Replace(asked, "").Trim();
        var pieces = Pieces($"You said: {(quoted.Length <= QuotedMax ? quoted : quoted[..QuotedMax])}").ToList();
        var limit = Limit(request, "max_completion_tokens") ?? Limit(request, "max_tokens") ?? int.MaxValue;
        var kept = pieces.Take(limit).ToList();
        var id = "chatcmpl-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.GetRawText())))[..24];
        return new ChatAnswer(id, string.Concat(kept), kept.Count < pieces.Count ? "length" : "stop", prompt, kept.Count);
    }

    /// <summary>The text in tokens: up to four letters or digits, or one other character, each with the white space before it.</summary>
    public static IEnumerable<string> Pieces(string text) => Token().Matches(text).Select(match => match.Value);

    private static int? Limit(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.TryGetInt32(out var limit) && limit > 0 ? limit : null;

    // Content is a string, or a list of parts of which only the text ones speak.
    private static string Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray()
                .Where(part => part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
                .Select(part => part.GetProperty("text").GetString())),
            _ => "",
        };
    }

    [GeneratedRegex(@"\A\[[^\]\n]{1,40} UTC\] |\n\nRuntime: agent=.*\z", RegexOptions.Singleline)]
    private static partial Regex Frame();

    [GeneratedRegex(@"\s*(?:[\p{L}\p{N}]{1,4}|\S)|\s+$")]
    private static partial Regex Token();
}
