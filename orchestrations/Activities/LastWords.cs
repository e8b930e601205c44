using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Activities;

/// <summary>Why a bot is not ready, for its owner: how it ended, and what it wrote last with its secrets taken out.</summary>
public sealed class LastWords(BotSecrets secrets)
{
    private const int CharactersMax = 2_000;

    public static string Tell(HealthResult health) => health switch
    {
        { OomKilled: true } => "It ran out of memory.",
        { Running: false, ExitCode: { } code } => $"It ended with exit code {code} after {health.Restarts} restarts.",
        { Restarts: > 0 } => $"It was restarted {health.Restarts} times.",
        { Running: true } => "It runs and is not ready yet.",
        _ => "It does not run yet.",
    };

    /// <summary>With the last lines of its own log, newest last, as far as there are any.</summary>
    public async Task<string> TellAsync(string deployment, HealthResult health, CancellationToken ct)
    {
        if (health.LastLines is not { Count: > 0 } lines)
        {
            return Tell(health);
        }

        var redactor = new Redactor(await secrets.ReadAllAsync(deployment, ct));
        var text = string.Join('\n', redactor.Apply(lines).Select(Redactor.Shapes));
        return $"{Tell(health)} It wrote last:\n{(text.Length > CharactersMax ? text[^CharactersMax..] : text)}";
    }
}
