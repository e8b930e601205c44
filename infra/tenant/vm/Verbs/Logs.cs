using System.Globalization;
using System.Text;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>The end of what a container wrote: bounded, and without anything that a terminal or a page would obey.</summary>
internal static class Logs
{
    private const int LineMax = 4000;
    private const int TextMax = 1 << 20;

    private const int LastLinesMax = 20;
    private const int LastBytesMax = 4 << 10;

    public static async Task<LogsResult> RunAsync(LogsRequest request)
    {
        using var docker = new DockerEngine();
        return new LogsResult(Newest(await ReadAsync(docker, request)));
    }

    /// <summary>What a container wrote last: the reason of its end, if it told one.</summary>
    public static async Task<IReadOnlyList<string>> LastAsync(DockerEngine docker, string deployment) =>
        Last([.. (await ReadAsync(docker, new(deployment, LastLinesMax))).Select(line => line.Text)]);

    internal static IReadOnlyList<string> Last(IReadOnlyList<string> lines)
    {
        var size = 0;
        string[] last =
        [
            .. lines.TakeLast(LastLinesMax).Reverse()
                .TakeWhile(line => (size += Encoding.UTF8.GetByteCount(line) + 1) <= LastBytesMax)
                .Reverse(),
        ];

        // No character takes more than four bytes.
        return last.Length > 0 || lines.Count == 0 ? last : [lines[^1][..(LastBytesMax / 4)]];
    }

    private static async Task<List<VmLogLine>> ReadAsync(DockerEngine docker, LogsRequest request)
    {
        var since = request.Since is { } at ? (at.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture) : "0";
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"containers/{Container.NameOf(request.Deployment)}/logs?stdout=1&stderr=1&timestamps=1&tail={request.Tail}&since={since}");
        try
        {
            await using var stream = await docker.StreamAsync(query);
            return await ReadAsync(stream, request.Tail);
        }
        catch (DockerException error) when (error.Status == System.Net.HttpStatusCode.NotFound)
        {
            throw Health.NotFound(request.Deployment);
        }
    }

    /// <summary>Each frame is a line that begins with its time.</summary>
    internal static async Task<List<VmLogLine>> ReadAsync(Stream stream, int linesMax)
    {
        var lines = new List<VmLogLine>();
        await foreach (var (isError, text) in DockerFrames.ReadAsync(stream))
        {
            if (Line(text, isError ? "stderr" : "stdout") is { } line)
            {
                lines.Add(line);
            }

            if (lines.Count == linesMax)
            {
                break;
            }
        }

        return lines;
    }

    internal static VmLogLine? Line(string text, string stream)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var time = text.AsSpan(0, Math.Max(space, 0));
        return DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? new VmLogLine(at, stream, Plain(text.AsSpan(space + 1)))
            : null;
    }

    /// <summary>Removes terminal sequences and control characters, and cuts what is too long.</summary>
    internal static string Plain(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(Math.Min(text.Length, LineMax));
        for (var i = 0; i < text.Length && plain.Length < LineMax; i++)
        {
            if (text[i] == '\u001b')
            {
                i = EndOfSequence(text, i);
            }
            else if (text[i] == '\t' || !char.IsControl(text[i]))
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    // ESC [ … letter (colours, cursor), ESC ] … BEL or ESC \ (titles, links), otherwise ESC and one character.
    private static int EndOfSequence(ReadOnlySpan<char> text, int escape)
    {
        var i = escape + 1;
        switch (i < text.Length ? text[i] : '\0')
        {
            case '[':
                while (++i < text.Length && text[i] is < '@' or > '~')
                {
                }

                return i;
            case ']':
                while (++i < text.Length && text[i] is not ('\u0007' or '\u001b'))
                {
                }

                return i < text.Length && text[i] == '\u001b' ? i + 1 : i;
            default:
                return i;
        }
    }

    private static VmLogLine[] Newest(List<VmLogLine> lines)
    {
        var size = 0;
        return [.. Enumerable.Reverse(lines).TakeWhile(line => (size += line.Text.Length + 64) <= TextMax).Reverse()];
    }
}
