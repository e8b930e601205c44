using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>The HTTP responses inside the answer to a transaction.</summary>
internal static class MultipartParts
{
    /// <summary>The answer nests two multiparts; the inner boundaries alone are the responses, so the outer ones are skipped.</summary>
    public static Response[] Read(Response response)
    {
        var text = Encoding.UTF8.GetString(response.Content.ToMemory().Span).ReplaceLineEndings("\n");
        List<Response> parts = [];
        for (var start = Next(text, 0); start >= 0; start = Next(text, start))
        {
            var end = text.IndexOf("\n--", start, StringComparison.Ordinal);
            parts.Add(Parse(text[start..(end < 0 ? text.Length : end)], response.ClientRequestId));
            start = end < 0 ? text.Length : end;
        }

        return [.. parts];
    }

    private static int Next(string text, int from)
    {
        var found = text.IndexOf("\nHTTP/1.1 ", from, StringComparison.Ordinal);
        return found < 0 ? -1 : found + 1;
    }

    private static Part Parse(string part, string requestId)
    {
        var blank = part.IndexOf("\n\n", StringComparison.Ordinal);
        var (head, body) = blank < 0 ? (part, "") : (part[..blank], part[(blank + 2)..].TrimEnd('\n'));
        var lines = head.Split('\n');
        var status = lines[0].Split(' ', 3);
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1).Where(line => line.Contains(':', StringComparison.Ordinal)))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        return new(int.Parse(status[1], CultureInfo.InvariantCulture), status.Length > 2 ? status[2] : "", headers, body, requestId);
    }

    private sealed class Part(int status, string reason, Dictionary<string, string> headers, string body, string requestId) : Response
    {
        public override int Status => status;
        public override string ReasonPhrase => reason;
        public override bool IsError => status >= 400;
        public override Stream ContentStream { get; set; } = new MemoryStream(Encoding.UTF8.GetBytes(body));
        public override string ClientRequestId { get; set; } = requestId;

        public override void Dispose() => ContentStream?.Dispose();

        protected override bool ContainsHeader(string name) => headers.ContainsKey(name);

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(pair => new HttpHeader(pair.Key, pair.Value));

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string value) => headers.TryGetValue(name, out value);

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string> values)
        {
            values = headers.TryGetValue(name, out var value) ? [value] : null;
            return values is not null;
        }
    }
}
