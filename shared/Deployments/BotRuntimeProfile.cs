using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Deployments;

/// <summary>What the OpenClaw image needs around it: where it listens, when it is ready, and where it may write.</summary>
public static class BotRuntimeProfile
{
    public const int Port = 18789;

    /// <summary>Answers 200 only when the configured channels are up too; /healthz would be earlier and say less.</summary>
    public const string ReadyPath = "/readyz";

    public static VmRuntime Runtime { get; } = new(Port, ReadyPath, Environment());

    /// <summary>For a version that is only tried: what the release's own rehearsal of an update leaves out.</summary>
    public static VmRuntime Candidate { get; } = new(Port, ReadyPath, new Dictionary<string, string>(Environment())
    {
        ["OPENCLAW_SKIP_CHANNELS"] = "1",
        ["OPENCLAW_SKIP_CRON"] = "1",
        ["OPENCLAW_SKIP_GMAIL_WATCHER"] = "1",
    });

    private static Dictionary<string, string> Environment() => new()
    {
        ["HOME"] = "/data",
        ["OPENCLAW_STATE_DIR"] = "/data",
        ["OPENCLAW_CONFIG_PATH"] = "/data/openclaw.json",
        ["XDG_CACHE_HOME"] = "/tmp/cache",
        // The control plane owns the configuration: what ran last is what a rollout or a rollback finds.
        ["OPENCLAW_CONFIG_READONLY"] = "1",
        // The image is the release: nothing in it is updated, fetched or announced from inside.
        ["OPENCLAW_NO_AUTO_UPDATE"] = "1",
        ["OPENCLAW_OFFLINE"] = "1",
        ["OPENCLAW_DISABLE_BONJOUR"] = "1",
        // A restart that the bot asks for happens in its own process, which is the one that Docker watches.
        ["OPENCLAW_NO_RESPAWN"] = "1",
    };
}
