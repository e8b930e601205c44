using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Launchpad.Functions;

/// <summary>What JSON has to be before anything is made of it: UTF-8, one object, not deep, no name twice, no text that cannot be
/// written down. A reader that finds out later, and lazily, would fail where nobody expects it.</summary>
public static class StrictJson
{
    private const int DepthMax = 16;
    private const int ShownMax = 200;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The bytes without a byte order mark.</summary>
    /// <exception cref="ProblemException">Says what is wrong with them, and where.</exception>
    public static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> body, bool ignoreCase)
    {
        var json = body.Span.StartsWith(Utf8Mark) ? body[Utf8Mark.Length..] : body;
        CheckText(json.Span);
        // One level more than is allowed, so that the refusal is ours and names the place.
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = DepthMax + 1 });
        var walk = new Walk(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        try
        {
            while (reader.Read())
            {
                walk.Step(ref reader);
            }
        }
        catch (JsonException broken)
        {
            throw Problems.Malformed(
                $"This is not JSON, at line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}: {Reason(broken)}");
        }

        return json;
    }

    public static string Shortened(string text) =>
        text.Length <= ShownMax ? text : text[..(char.IsHighSurrogate(text[ShownMax - 1]) ? ShownMax - 1 : ShownMax)] + "…";

    private static void CheckText(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            throw Problems.Malformed("The body is empty. Send a JSON object.");
        }

        if (!Utf8.IsValid(json))
        {
            var text = ArrayPool<char>.Shared.Rent(json.Length);
            Utf8.ToUtf16(json, text, out var valid, out _, replaceInvalidSequences: false);
            ArrayPool<char>.Shared.Return(text);
            throw Problems.Malformed($"The body is not UTF-8: byte {valid + 1} begins no character. JSON is sent in UTF-8.");
        }
    }

    /// <summary>The parser's own words, without the place, which is said already, and without advice on how to program it.</summary>
    private static string Reason(JsonException broken)
    {
        var text = broken.Message;
        var end = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Replace(" Change the reader options.", "", StringComparison.Ordinal)
            .Replace(" in this mode", "", StringComparison.Ordinal);
    }

    /// <summary>Where the reader is, and the names that it met in each object around it.</summary>
    private sealed class Walk(StringComparer atRoot)
    {
        private readonly Stack<Level> levels = [];

        public void Step(ref Utf8JsonReader reader)
        {
            if (levels.Count == 0 && reader.TokenType is not JsonTokenType.StartObject)
            {
                throw Problems.Malformed("The body has to be a JSON object: { … }.");
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    Name(Text(ref reader));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    levels.Pop();
                    break;
                default:
                    Value(ref reader);
                    break;
            }
        }

        private void Name(string name)
        {
            var level = levels.Peek();
            level.At = name;
            if (!level.Names!.Add(name))
            {
                throw Problems.Malformed($"A name may stand in an object once: {Path()} is there twice.");
            }
        }

        private void Value(ref Utf8JsonReader reader)
        {
            if (levels.TryPeek(out var level) && level.Names is null)
            {
                level.Index++;
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    Text(ref reader);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray when levels.Count == DepthMax:
                    throw Problems.Malformed($"The JSON is nested deeper than {DepthMax} levels, at {Path()}.");
                case JsonTokenType.StartObject:
                    levels.Push(new(new(levels.Count == 0 ? atRoot : StringComparer.Ordinal)));
                    break;
                case JsonTokenType.StartArray:
                    levels.Push(new(null));
                    break;
            }
        }

        private string Text(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                // "\ud800": half a character, which JSON can spell and nothing can store.
                throw Problems.Malformed(
                    $"The text in {Path()} holds half of a surrogate pair (\\ud800 to \\udfff), which is no character.");
            }
        }

        private string Path()
        {
            var path = new StringBuilder("$");
            foreach (var level in levels.Reverse())
            {
                _ = level.Names is null ? path.Append(CultureInfo.InvariantCulture, $"[{level.Index}]")
                    : level.At is { } name ? path.Append('.').Append(name) : path;
            }

            return Shortened(path.ToString());
        }
    }

    /// <param name="names">Null for an array.</param>
    private sealed class Level(HashSet<string>? names)
    {
        public HashSet<string>? Names { get; } = names;

        public string? At { get; set; }

        public int Index { get; set; } = -1;
    }
}
