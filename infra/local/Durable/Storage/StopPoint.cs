namespace Launchpad.Durable.Storage;

/// <summary>Where a crash test wants the process to end: the history is durable to here, and nothing has followed from it yet.
/// "Orchestrator:n" freezes it, so that the test can choose whom to kill; "Orchestrator:n:kill" has it kill itself. "@path" names a file
/// that may come and say so at any time, and is gone when it has been read.</summary>
internal sealed class StopPoint
{
    private const string Kill = ":kill";

    private readonly string? file;
    private string? orchestrator;
    private int events;
    private bool kills;

    public StopPoint(string? setting)
    {
        if (setting is ['@', .. var path])
        {
            file = path;
        }
        else if (!string.IsNullOrEmpty(setting))
        {
            Arm(setting);
        }
    }

    public bool IsCrossedBy(List<Commit> batch)
    {
        if (file is not null && File.Exists(file))
        {
            Arm(File.ReadAllText(file));
            File.Delete(file);
        }

        if (orchestrator is null || !batch.Exists(commit => commit.Objection is null
            && string.Equals(commit.Growth.Orchestrator, orchestrator, StringComparison.OrdinalIgnoreCase)
            && commit.Growth.Before < events
            && commit.Growth.After >= events))
        {
            return false;
        }

        orchestrator = null;
        return true;
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

    private void Arm(string setting)
    {
        kills = setting.EndsWith(Kill, StringComparison.OrdinalIgnoreCase);
        var point = kills ? setting[..^Kill.Length] : setting;
        var colon = point.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(point.AsSpan(colon + 1), out events))
        {
            throw new ArgumentException($"StopAfterEvent is \"orchestrator:n\", \"orchestrator:n:kill\" or \"@path\", not \"{setting}\".");
        }

        orchestrator = point[..colon];
    }
}
