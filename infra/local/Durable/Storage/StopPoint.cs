namespace Launchpad.Durable.Storage;

/// <summary>Where a crash test wants the process to end: the history is durable to here, and nothing has followed from it yet.
/// "Orchestrator:n" freezes it, so that the test can choose whom to kill; "Orchestrator:n:kill" has it kill itself.</summary>
internal sealed class StopPoint
{
    private const string Kill = ":kill";

    private readonly string? orchestrator;
    private readonly int events;
    private readonly bool kills;
    private bool used;

    public StopPoint(string? setting)
    {
        if (string.IsNullOrEmpty(setting))
        {
            return;
        }

        kills = setting.EndsWith(Kill, StringComparison.OrdinalIgnoreCase);
        var point = kills ? setting[..^Kill.Length] : setting;
        var colon = point.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(point.AsSpan(colon + 1), out events))
        {
            throw new ArgumentException(
                $"StopAfterEvent is \"orchestrator:n\" or \"orchestrator:n:kill\", not \"{setting}\".", nameof(setting));
        }

        orchestrator = point[..colon];
    }

    public bool IsCrossedBy(List<Commit> batch)
    {
        if (orchestrator is null || used)
        {
            return false;
        }

        used = batch.Exists(commit => commit.Objection is null
            && string.Equals(commit.Growth.Orchestrator, orchestrator, StringComparison.OrdinalIgnoreCase)
            && commit.Growth.Before < events
            && commit.Growth.After >= events);
        return used;
    }

    public void Stop()
    {
        if (kills)
        {
            Posix.Kill();
        }
        else
        {
            Posix.Freeze();
        }
    }
}
