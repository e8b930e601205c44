using System.Globalization;

namespace Launchpad.TinyBot;

/// <summary>What a test can turn: the paths are those of the real image, the rest makes the bot slow or broken.</summary>
/// <param name="Failure"><c>start</c> exits at once, <c>ready</c> never gets ready, <c>later</c> exits two seconds after it was,
/// <c>channels</c> exits unless it is told to leave its channels alone.</param>
internal sealed record BotSettings(
    int Port, string StateDirectory, string ConfigPath, string TokenPath, TimeSpan StartDelay, string? Failure, bool SkipsChannels)
{
    public static BotSettings FromEnvironment()
    {
        var state = Read("OPENCLAW_STATE_DIR") ?? "/data";
        return new(
            int.Parse(Read("PORT") ?? "18789", CultureInfo.InvariantCulture),
            state,
            Read("OPENCLAW_CONFIG_PATH") ?? Path.Combine(state, "openclaw.json"),
            Read("TOKEN_FILE") ?? "/run/secrets/gateway-token",
            TimeSpan.FromMilliseconds(int.Parse(Read("START_DELAY_MS") ?? "0", CultureInfo.InvariantCulture)),
            Read("FAIL"),
            Read("OPENCLAW_SKIP_CHANNELS") is not null);
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
