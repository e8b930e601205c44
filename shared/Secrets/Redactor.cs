using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Launchpad.Shared.Secrets;

/// <summary>Takes secrets out of text, in whichever form they got into it: as they are, inside JSON, in a URL, in hexadecimal or base64,
/// and cut in pieces by the ends of lines.</summary>
public sealed partial class Redactor
{
    /// <summary>A shorter piece is found in innocent text too.</summary>
    private const int PieceMin = 8;

    private readonly (string Text, string Name)[] forms;

    /// <param name="secrets">Values by name; a name may have several.</param>
    public Redactor(IEnumerable<KeyValuePair<string, string>> secrets) => forms =
    [
        .. secrets
            .Where(secret => secret.Value.Length > 0)
            .SelectMany(secret => Forms(secret.Value).Distinct().Select(form => (form, secret.Key)))
            .OrderByDescending(form => form.form.Length),
    ];

    /// <summary>For text of our own making, which has no deployment's secrets at hand: takes out what has the shape of a key.</summary>
    public static string Shapes(string text) => KeyShape().Replace(text, "[key]");

    /// <summary>Lines that follow each other. A secret may begin in one and end in a later one. The last line may end with the beginning of
    /// one whose rest is still to come, and the first begin with the end of one.</summary>
    public IReadOnlyList<string> Apply(IReadOnlyList<string> lines)
    {
        if (forms.Length == 0)
        {
            return lines;
        }

        var spans = Spans(string.Concat(lines.Select(line => line.Trim())));
        var (redacted, begin) = (new List<string>(lines.Count), 0);
        foreach (var line in lines)
        {
            var end = begin + line.Trim().Length;
            redacted.Add(Cut(line, begin, end, spans));
            begin = end;
        }

        return redacted;
    }

    /// <summary>Where in the text which secret is, in order and without overlaps.</summary>
    private List<(int Begin, int End, string Name)> Spans(string text)
    {
        var found = new List<(int Begin, int End, string Name)>();
        foreach (var (form, name) in forms)
        {
            for (var at = 0; (at = text.IndexOf(form, at, StringComparison.Ordinal)) >= 0; at += form.Length)
            {
                found.Add((at, at + form.Length, name));
            }

            var pieces = Enumerable.Range(PieceMin, Math.Max(0, Math.Min(form.Length, text.Length + 1) - PieceMin)).Reverse().ToList();
            if (pieces.Find(length => text.EndsWith(form[..length], StringComparison.Ordinal)) is > 0 and var last)
            {
                found.Add((text.Length - last, text.Length, name));
            }

            if (pieces.Find(length => text.StartsWith(form[^length..], StringComparison.Ordinal)) is > 0 and var first)
            {
                found.Add((0, first, name));
            }
        }

        return Joined(found);
    }

    private static List<(int Begin, int End, string Name)> Joined(List<(int Begin, int End, string Name)> found)
    {
        var spans = new List<(int Begin, int End, string Name)>();
        foreach (var (begin, end, name) in found.OrderBy(span => span.Begin).ThenByDescending(span => span.End))
        {
            if (spans is [.., var last] && begin < last.End)
            {
                spans[^1] = last with { End = Math.Max(last.End, end) };
            }
            else
            {
                spans.Add((begin, end, name));
            }
        }

        return spans;
    }

    /// <param name="begin">Where the line, without the blanks around it, begins in the text that the spans are of.</param>
    private static string Cut(string line, int begin, int end, List<(int Begin, int End, string Name)> spans)
    {
        var offset = line.Length - line.TrimStart().Length - begin;
        var (text, kept) = (new StringBuilder(), 0);
        foreach (var span in spans.Where(span => span.Begin < end && span.End > begin))
        {
            var from = Math.Max(span.Begin, begin) + offset;
            text.Append(line, kept, from - kept).Append('[').Append(span.Name).Append(']');
            kept = Math.Min(span.End, end) + offset;
        }

        return kept == 0 ? line : text.Append(line, kept, line.Length - kept).ToString();
    }

    private static IEnumerable<string> Forms(string value)
    {
        yield return value;
        yield return JavaScriptEncoder.Default.Encode(value);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
        yield return value.Replace("/", "\\/", StringComparison.Ordinal);
        if (value.Length < PieceMin)
        {
            yield break;
        }

        yield return Uri.EscapeDataString(value);
        yield return WebUtility.UrlEncode(value);
        yield return LowerEscapes().Replace(Uri.EscapeDataString(value), escape => escape.Value.ToLowerInvariant());
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexStringLower(bytes);
        for (var shift = 0; shift < 3; shift++)
        {
            var base64 = Base64Inside(bytes, shift);
            yield return base64;
            yield return base64.Replace('+', '-').Replace('/', '_');
        }
    }

    /// <summary>The characters of a base64 text that depend on these bytes alone, when so many others stand before them.</summary>
    private static string Base64Inside(byte[] bytes, int shift)
    {
        var text = Convert.ToBase64String([.. new byte[shift], .. bytes]);
        var first = ((shift * 8) + 5) / 6;
        return text[first..((shift + bytes.Length) * 8 / 6)];
    }

    [GeneratedRegex("%[0-9A-F]{2}")]
    private static partial Regex LowerEscapes();

    /// <summary>`sk-…` and its like, a Telegram bot's token, 256 bits in base64url.</summary>
    [GeneratedRegex(
        @"(?<![\w-])(?:[A-Za-z]{2,6}[-_](?=[\w-]*[0-9])[\w-]{30,}|[0-9]{5,20}:[\w-]{20,80}|[\w-]{43})(?![\w-])", RegexOptions.ECMAScript)]
    private static partial Regex KeyShape();
}
