using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Launchpad.Local.Mail;

/// <summary>One message as the list shows it.</summary>
public sealed record MailEntry(string Id, DateTimeOffset At, string From, IReadOnlyList<string> To, string Subject);

/// <summary>Every message that was sent, as files of the mail format with the envelope as their first headers. The newest are
/// kept.</summary>
public sealed partial class Mailbox(string directory, TimeProvider time)
{
    private const int MessagesMax = 1000;

    public async Task<string> KeepAsync(
        string sender, IEnumerable<string> recipients, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var now = time.GetUtcNow();
        var id = now.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("n")[..8];
        var envelope = $"Return-Path: <{sender}>\r\nDelivered-To: {string.Join(", ", recipients)}\r\n"
            + $"Received: by localhost; {now.ToString("r", CultureInfo.InvariantCulture)}\r\n";
        await Task.Run(() => DurableFile.Write(FilePath(id), [.. Encoding.UTF8.GetBytes(envelope), .. message.Span]), cancellationToken);
        foreach (var old in Files().Skip(MessagesMax))
        {
            File.Delete(old);
        }

        return id;
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<MailEntry> List(string? recipient, int max) =>
        Files().Select(Entry)
            .Where(entry => recipient is null || entry.To.Contains(recipient, StringComparer.OrdinalIgnoreCase)).Take(max).ToList();

    public string? Text(string id) => MessageId().IsMatch(id) && File.Exists(FilePath(id)) ? File.ReadAllText(FilePath(id)) : null;

    public void Clear()
    {
        foreach (var file in Files())
        {
            File.Delete(file);
        }
    }

    private IEnumerable<string> Files() => Directory.Exists(directory)
        ? Directory.GetFiles(directory, "*.eml").OrderDescending(StringComparer.Ordinal)
        : [];

    private string FilePath(string id) => Path.Combine(directory, id + ".eml");

    private static MailEntry Entry(string path)
    {
        var headers = Headers(path);
        var id = Path.GetFileNameWithoutExtension(path);
        var at = DateTimeOffset.ParseExact(id[..17], "yyyyMMddHHmmssfff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var subject = Decode(headers.GetValueOrDefault("Subject", ""));
        return new MailEntry(id, at, headers["Return-Path"].Trim('<', '>'), headers["Delivered-To"].Split(", "), subject);
    }

    // The first of a name counts, so that a message cannot replace its envelope.
    private static Dictionary<string, string> Headers(string path)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var last = "";
        foreach (var line in File.ReadLines(path).TakeWhile(line => line.Length > 0))
        {
            if (line[0] is ' ' or '\t' && last.Length > 0)
            {
                // Between two encoded words the fold is no part of the text.
                headers[last] += (headers[last].EndsWith("?=", StringComparison.Ordinal) ? "" : " ") + line.Trim();
            }
            else if (line.Split(':', 2) is [var name, var value])
            {
                last = headers.TryAdd(name, value.Trim()) ? name : "";
            }
        }

        return headers;
    }

    // RFC 2047.
    private static string Decode(string text) => EncodedWord().Replace(text, word =>
    {
        var bytes = word.Groups[2].Value is "B" or "b"
            ? Convert.FromBase64String(word.Groups[3].Value)
            : Encoding.Latin1.GetBytes(QuotedByte().Replace(
                word.Groups[3].Value.Replace('_', ' '), hex => ((char)Convert.ToByte(hex.Groups[1].Value, 16)).ToString()));
        return Encoding.GetEncoding(word.Groups[1].Value).GetString(bytes);
    });

    [GeneratedRegex(@"^\d{17}-[0-9a-f]{8}$")]
    private static partial Regex MessageId();

    [GeneratedRegex("=([0-9A-Fa-f]{2})")]
    private static partial Regex QuotedByte();

    [GeneratedRegex(@"=\?(utf-8|us-ascii|iso-8859-1)\?([BbQq])\?([^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();
}
