using System.Globalization;

namespace Launchpad.Local.Stacks;

/// <summary>What `up` was asked for.</summary>
public sealed record UpArguments
{
    public const string None = "none";

    public required Home Home { get; init; }
    public int Slot { get; init; }

    /// <summary>The functions app's program; null to run the pocket cloud alone.</summary>
    public string? ControlPlane { get; init; }

    /// <summary>The tenant image that must be in the registry before anyone asks for a bot; null for none.</summary>
    public string? Image { get; init; }

    public bool Json { get; init; }

    /// <summary>More settings for the control plane, and other values for those it has.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public static UpArguments Parse(IReadOnlyList<string> arguments)
    {
        var given = new Queue<string>(arguments);
        var home = Environment.GetEnvironmentVariable("LAUNCHPAD_HOME") ?? Path.Combine(Home.Repository, ".launchpad");
        var settings = new Dictionary<string, string>();
        var (controlPlane, image, slot, json) = (ControlPlaneProgram.DefaultPath, (string?)null, 0, false);
        while (given.TryDequeue(out var option))
        {
            switch (option)
            {
                case "--home": home = Value(given, option); break;
                case "--slot": slot = Number(Value(given, option)); break;
                case "--control-plane": controlPlane = Path.GetFullPath(Value(given, option)); break;
                case "--image": image = Value(given, option); break;
                case "--json": json = true; break;
                case "--set":
                    var pair = Value(given, option).Split('=', 2);
                    settings[pair[0]] = pair.Length == 2 ? pair[1] : throw new StackException("--set needs NAME=VALUE.");
                    break;
                default: throw new StackException($"up does not know '{option}'.");
            }
        }

        var alone = Path.GetFileName(controlPlane) == None;
        image ??= alone ? None : "openclaw";
        return new UpArguments
        {
            Home = new Home(home, CachePath),
            Slot = slot,
            ControlPlane = alone ? null : controlPlane,
            Image = image == None ? null : image,
            Json = json,
            Settings = settings,
        };
    }

    /// <summary>The options that every verb has.</summary>
    public static (Home Home, bool Json) ParseCommon(IReadOnlyList<string> arguments)
    {
        var given = new Queue<string>(arguments);
        var home = Environment.GetEnvironmentVariable("LAUNCHPAD_HOME") ?? Path.Combine(Home.Repository, ".launchpad");
        var json = false;
        while (given.TryDequeue(out var option))
        {
            switch (option)
            {
                case "--home": home = Value(given, option); break;
                case "--json": json = true; break;
                default: throw new StackException($"There is no option '{option}' here.");
            }
        }

        return (new Home(home, CachePath), json);
    }

    private static string CachePath => Environment.GetEnvironmentVariable("LAUNCHPAD_CACHE")
        ?? Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "launchpad");

    private static string Value(Queue<string> given, string option) =>
        given.TryDequeue(out var value) ? value : throw new StackException($"{option} needs a value.");

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var slot) && slot <= Ports.LastSlot
            ? slot
            : throw new StackException($"--slot is a number from 0 to {Ports.LastSlot}.");
}
