using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.OpenClaw;

/// <summary>Something that the release would take and that could not work here.</summary>
/// <param name="Place">Where it is asked for.</param>
/// <param name="Allow">What would have to be allowed first: `plugin …`, `host:port`, `key …`.</param>
public sealed record Blocked(string Place, string Why, IReadOnlyList<string> Allow)
{
    /// <summary>Whether what the release says of a path is about this.</summary>
    public bool Covers(string path) => $"{Feasibility.Config}.{path}".StartsWith(Place, StringComparison.Ordinal);

    public override string ToString() =>
        Allow.Count == 0 ? $"{Place}: {Why}" : $"{Place}: {Why} It would need: {string.Join(", ", Allow)}.";
}

/// <summary>Holds what a bot's settings ask for against what it has here: the plugins that are allowed, the hosts that its machine lets
/// through, the one provider that there is a key for.</summary>
public static class Feasibility
{
    internal const string Config = "config";

    /// <summary>Providers that call nobody.</summary>
    private static readonly string[] Inside = ["", "none", "auto", "local", BotConfig.Provider];

    private static readonly OpenClawRelease Release = OpenClawRelease.Pinned;

    /// <summary>What the one state has that could not work and the other had not.</summary>
    public static IReadOnlyList<Blocked> Added(DesiredState from, DesiredState to) =>
        [.. Of(to).ExceptBy(Of(from).Select(known => (known.Place, known.Why)), found => (found.Place, found.Why))];

    public static IReadOnlyList<Blocked> Of(DesiredState state)
    {
        var plugins = BotConfig.Plugins(state.Settings.Telegram);
        var blocked = new List<Blocked>();
        if (state.Settings.Telegram && state.Secrets.All(secret => secret.Name != BotSecretNames.TelegramToken))
        {
            blocked.Add(new("telegram", "There is no token to listen with. Send 'telegramToken' with it.", []));
        }

        if (state.Settings.Config is { } own)
        {
            foreach (var (place, value) in ConfigPlaces.Of(JsonNode.Parse(own)!, new([Config]), IsOff).Where(found => !IsOff(found.Value)))
            {
                var inside = new ConfigPlace([.. place.Names.Skip(1)]);
                if (Find(inside, value, plugins, state.Egress) is { } found)
                {
                    blocked.Add(new($"{place}", found.Why, found.Allow));
                }
            }
        }

        return blocked;
    }

    /// <summary>Models of the bot's own provider that the settings name beside the first: they work as soon as the provider lists
    /// them.</summary>
    public static IEnumerable<string> Models(JsonObject own) =>
        ConfigPlaces.Of(own, ConfigPlace.Root)
            .Where(found => found.Place.IsAt(Release.ModelRefs))
            .Select(found => ConfigPlaces.Text(found.Value))
            .OfType<string>()
            .Where(name => name.Length > 0 && Provider(name) is null or BotConfig.Provider)
            .Select(name => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]);

    private static (string Why, IReadOnlyList<string> Allow)? Find(
        ConfigPlace place, JsonNode value, IReadOnlyList<string> plugins, IReadOnlyList<string> egress)
    {
        var text = ConfigPlaces.Text(value);
        return place.Names switch
        {
            ["channels", var channel] when channel is not ("defaults" or "modelByChannel") => Channel(channel, plugins, egress),
            ["plugins", "entries", var plugin] when !plugins.Contains(plugin) => Plugin(plugin, []),
            ["plugins", "slots", _] when text is not (null or "none") && !plugins.Contains(text) => Plugin(text, []),
            _ when text is not null && place.IsAt(Release.ModelRefs) => Model(text, egress),
            _ when text is not null && place.IsAt(Release.ProviderRefs) && !Inside.Contains(text) => OtherProvider(text, egress),
            _ when text is not null && place.IsAt(Release.Calls) => Call(text, egress),
            _ when ConfigSecrets.IsReference(value) && ConfigPlaces.Text(value["source"]) is "env" or "exec" =>
                ("The bot's environment and programs hold no secrets. Send the value itself: it is kept in the vault for you.", []),
            _ => null,
        };
    }

    private static (string, IReadOnlyList<string>)? Channel(string channel, IReadOnlyList<string> plugins, IReadOnlyList<string> egress)
    {
        var known = Release.Channels.GetValueOrDefault(channel) ?? new(channel, []);
        return channel == BotConfig.Telegram && !plugins.Contains(known.Plugin)
            ? ("Telegram is off. Send 'telegramToken' to turn it on, or 'telegram': true when it was on before.", [])
            : !plugins.Contains(known.Plugin) ? Plugin(known.Plugin, Missing(known.Hosts, egress))
            : Missing(known.Hosts, egress) is { Count: > 0 } hosts ? ("The bot may not reach its hosts.", hosts)
            : null;
    }

    private static (string, IReadOnlyList<string>) Plugin(string plugin, List<string> hosts) =>
        (hosts.Count > 0 ? "The plugin is not allowed here, and the bot may not reach its hosts." : "The plugin is not allowed here.",
            [$"plugin {plugin}", .. hosts]);

    private static (string, IReadOnlyList<string>)? Model(string name, IReadOnlyList<string> egress) =>
        Provider(name) is not { } provider || provider == BotConfig.Provider
            ? null
            : ($"There is no key for the provider '{provider}'. A model of the bot's own provider is '{BotConfig.Provider}/…'.",
                [$"key {provider}", .. Hosts(provider, egress)]);

    private static (string, IReadOnlyList<string>) OtherProvider(string provider, IReadOnlyList<string> egress) =>
        ($"The bot has neither a key for '{provider}' nor may it reach it.", [$"key {provider}", .. Hosts(provider, egress)]);

    private static (string, IReadOnlyList<string>)? Call(string text, IReadOnlyList<string> egress) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0
            && Missing([$"{url.Host}:{Port(url)}"], egress) is [var host]
            ? ("The bot may not reach this address.", [host])
            : null;

    private static int Port(Uri url) => url.Port > 0 ? url.Port : url.Scheme == "ws" ? 80 : 443;

    private static string? Provider(string model) => model.IndexOf('/', StringComparison.Ordinal) is > 0 and var at ? model[..at] : null;

    private static List<string> Hosts(string provider, IReadOnlyList<string> egress) =>
        Release.Providers.TryGetValue(provider, out var host) ? Missing([host], egress) : [];

    private static List<string> Missing(IEnumerable<string> hosts, IReadOnlyList<string> egress) => [.. hosts.Except(egress)];

    private static bool IsOff(JsonNode node) =>
        node is JsonObject section && section["enabled"] is JsonValue enabled && enabled.TryGetValue<bool>(out var on) && !on;
}
