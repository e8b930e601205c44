using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Bundles;

/// <param name="Source">Relative to the bundle's folder.</param>
public sealed record BundledMount(string Source, string Target, bool ReadOnly);

/// <summary>The container of a bot that its owner runs himself, confined as on a machine of ours, in the two forms that Docker takes: for
/// compose, and for <c>docker run</c> where compose is not there.</summary>
/// <param name="Name">Of the container: the bot's host name's first label.</param>
public sealed record BundledContainer(string Name, BotContainer Bot, string ReadyPath)
{
    /// <summary>On each container of a bundle, with its name.</summary>
    public const string Label = "launchpad.bundle";

    public const string Config = "openclaw.json";

    private const int DigestShown = 12;

    // The config says where the bot is reached, so it is the bundle's and not the one in the data.
    public static IReadOnlyList<BundledMount> Mounts { get; } =
    [
        new("./data", BotContainer.Data, ReadOnly: false),
        new($"./{Config}", $"{BotContainer.Data}/{Config}", ReadOnly: true),
        new("./secrets", BotContainer.Secrets, ReadOnly: true),
    ];

    /// <summary>What the image is called once it is here. An image that comes out of a file has no registry's digest any more.</summary>
    public string LocalImage => $"launchpad.local/{Name}:{Bot.Image[(Bot.Image.LastIndexOf(':') + 1)..][..DigestShown]}";

    /// <summary>Nobody but programs of the same computer gets there.</summary>
    public string Publish => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Bot.Port}:{Bot.Port}");

    private string Cpus => (Bot.NanoCpus / 1e9m).ToString("0.#########", CultureInfo.InvariantCulture);

    private static string User => string.Create(CultureInfo.InvariantCulture, $"{BotContainer.User}:{BotContainer.User}");

    /// <summary>compose.yaml.</summary>
    public string Compose()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            # The bot as Launchpad ran it. ./start makes ready what this needs; after that `docker compose` works in this folder as well.
            name: {Quoted(Name)}
            services:
              bot:
                # {Bot.Image}
                image: {Quoted(LocalImage)}
                pull_policy: never
                container_name: {Quoted(Name)}
                hostname: {Quoted(BotContainer.Hostname)}
                user: {Quoted(User)}
                restart: {BotContainer.Restart}
                stop_grace_period: {BotContainer.StopSeconds}s
                ports:
                  - {Quoted(Publish)}
                # What your plan granted.
                mem_limit: {Bot.MemoryBytes}
                memswap_limit: {Bot.MemoryBytes}
                cpus: {Cpus}
                pids_limit: {Bot.Pids}
                # What the bot is confined to.
                read_only: {Word(BotContainer.ReadOnlyRoot)}
                init: {Word(BotContainer.Init)}
                cap_drop: [{Quoted(BotContainer.Capabilities)}]
                security_opt: [{Quoted(BotContainer.SecurityOption)}]
                ipc: {BotContainer.Ipc}
                cgroup: {BotContainer.Cgroups}
                shm_size: {BotContainer.ShmBytes}
                ulimits:
                  nofile: {BotContainer.OpenFiles}
                  core: {BotContainer.CoreBytes}
                tmpfs:
                  - {Quoted($"{BotContainer.Tmp}:{Bot.TmpOptions}")}
                volumes:

            """);
        foreach (var mount in Mounts)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                      - type: bind
                        source: {Quoted(mount.Source)}
                        target: {Quoted(mount.Target)}
                        read_only: {Word(mount.ReadOnly)}
                        bind:
                          create_host_path: false

                """);
        }

        text.Append("    environment:\n").AppendJoin("", Bot.Environment.Select(entry => $"      - {Quoted(entry)}\n"));
        text.Append(CultureInfo.InvariantCulture, $"    labels:\n      {Label}: {Quoted(Name)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    logging:\n      driver: {BotContainer.LogDriver}\n      options:\n");
        return text.AppendJoin("", BotContainer.LogOptions.Select(option => $"        {option.Key}: {Quoted(option.Value)}\n")).ToString();
    }

    /// <summary>What <c>docker</c> is given where compose is not there. <c>./</c> stands for the bundle's folder.</summary>
    public IReadOnlyList<string> Run() =>
    [
        "run", "--detach", "--name", Name, "--hostname", BotContainer.Hostname, "--user", User, "--restart", BotContainer.Restart,
        "--stop-timeout", Number(BotContainer.StopSeconds), "--publish", Publish, "--memory", Number(Bot.MemoryBytes),
        "--memory-swap", Number(Bot.MemoryBytes), "--cpus", Cpus, "--pids-limit", Number(Bot.Pids),
        $"--read-only={Word(BotContainer.ReadOnlyRoot)}", $"--init={Word(BotContainer.Init)}", "--cap-drop", BotContainer.Capabilities,
        "--security-opt", BotContainer.SecurityOption, "--ipc", BotContainer.Ipc, "--cgroupns", BotContainer.Cgroups,
        "--shm-size", Number(BotContainer.ShmBytes), "--ulimit", $"nofile={Number(BotContainer.OpenFiles)}",
        "--ulimit", $"core={Number(BotContainer.CoreBytes)}", "--tmpfs", $"{BotContainer.Tmp}:{Bot.TmpOptions}",
        .. Mounts.SelectMany(mount => (string[])
            ["--mount", $"type=bind,source={mount.Source},target={mount.Target}{(mount.ReadOnly ? ",readonly" : "")}"]),
        .. Bot.Environment.SelectMany(entry => (string[])["--env", entry]), "--label", $"{Label}={Name}",
        "--log-driver", BotContainer.LogDriver,
        .. BotContainer.LogOptions.SelectMany(option => (string[])["--log-opt", $"{option.Key}={option.Value}"]),
        LocalImage,
    ];

    /// <summary>In compose's own words `$` begins a variable.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text.Replace("$", "$$", StringComparison.Ordinal), Plain);

    private static string Word(bool value) => value ? "true" : "false";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
