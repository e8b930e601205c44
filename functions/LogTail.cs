using Launchpad.Shared.Deployments;

namespace Launchpad.Functions;

/// <summary>Of the lines that are read again and again, those that the client has not had.</summary>
/// <param name="last">The id of the line that the client had last; null for a client that begins.</param>
public sealed class LogTail(string? last)
{
    private readonly bool resumes = last is not null;
    private HashSet<string>? sent;

    /// <summary>The time of the newest line that the client has; null for none.</summary>
    public DateTimeOffset? Since => last is null ? null : BotLogs.TimeOf(last);

    /// <summary>A line that came late goes without an id, so that a client which then comes back is not sent everything after it
    /// again.</summary>
    public IReadOnlyList<StreamEvent> Take(LogPage page)
    {
        var known = sent ?? [.. page.Lines.Select(line => line.Id).Where(id => last is not null && !IsNewer(id, last))];
        var events = new List<StreamEvent>();
        if (page.Continuation is { } before && (resumes || sent is not null))
        {
            events.Add(new(null, new { before, advice = "Older lines were skipped: GET …/logs?continuation= has them." }, "gap"));
        }

        foreach (var line in page.Lines.Where(line => !known.Contains(line.Id)))
        {
            var newer = last is null || IsNewer(line.Id, last);
            events.Add(new(newer ? line.Id : null, line));
            last = newer ? line.Id : last;
        }

        sent = [.. page.Lines.Select(line => line.Id)];
        return events;
    }

    private static bool IsNewer(string id, string than) => string.CompareOrdinal(id, than) < 0;
}
