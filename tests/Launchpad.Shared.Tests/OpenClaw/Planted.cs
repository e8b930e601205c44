using System.Text;
using System.Text.Json.Nodes;

namespace Launchpad.Shared.Tests.OpenClaw;

/// <summary>A random configuration with a secret at a random place.</summary>
internal sealed record Planted(JsonObject Config, string Secret)
{
    private const string Mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Hex = "0123456789abcdef";

    private static readonly string[] Sections = ["session", "commands", "messages", "cron", "hooks", "talk", "skills", "mcp", "tools"];
    private static readonly string[] Words = ["scope", "entries", "note", "servers", "list", "mode", "args", "label", "every", "extra"];
    private static readonly string[] Credentials = ["apiKey", "token", "password", "client_secret", "X-Api-Key", "Authorization", "privateKey"];
    private static readonly string[] References =
        ["skills.entries.weather.apiKey", "talk.providers.acme.apiKey", "cron.webhookToken", "channels.discord.token", "memory.search.remote.apiKey"];

    /// <summary>Pieces that would give it away.</summary>
    public IEnumerable<string> Pieces => Secret.Length < 16 ? [Secret] : [Secret[..(Secret.Length / 2)], Secret[(Secret.Length / 2)..]];

    public static Planted By(Random random)
    {
        var (config, where) = (new JsonObject(), new JsonObject());
        config[Sections[random.Next(Sections.Length)]] = where;
        for (var depth = random.Next(4); depth > 0; depth--)
        {
            where["beside"] = Innocent(random);
            where = Below(where, random);
        }

        return new(config, Plant(config, where, random));
    }

    private static JsonObject Below(JsonObject where, Random random)
    {
        var (name, below) = (Words[random.Next(Words.Length)], new JsonObject());
        where[name] = random.Next(3) == 0 ? new JsonArray(Innocent(random), below) : below;
        return below;
    }

    private static JsonNode? Innocent(Random random) => random.Next(5) switch
    {
        0 => random.Next(100_000),
        1 => random.Next(2) == 0,
        2 => "A plain sentence about what the bot says at half past nine.",
        3 => "https://example.com/a/path?with=query",
        _ => null,
    };

    private static string Plant(JsonObject config, JsonObject where, Random random)
    {
        var word = Words[random.Next(Words.Length)];
        var secret = random.Next(4) switch
        {
            0 => "sk-proj-" + Letters(random, Mixed, 32),
            1 => Letters(random, Hex, 48),
            2 => "xoxb-" + Letters(random, Mixed, 24),
            _ => Convert.ToBase64String(Encoding.UTF8.GetBytes(Letters(random, Mixed, 40))),
        };
        var weak = Letters(random, Mixed, random.Next(6, 14));
        switch (random.Next(9))
        {
            case 0:
                where[Credentials[random.Next(Credentials.Length)]] = weak;
                return weak;
            case 1:
                where[word] = new JsonArray("--api-key", weak);
                return weak;
            case 2:
                where["tokens"] = new JsonArray("", weak);
                return weak;
            case 3:
                where["credentials"] = new JsonObject { ["user"] = "ada", ["value"] = weak };
                return weak;
            case 4:
                where[secret] = true;
                return secret;
            case 5:
                where[word] = $"postgres://ada:{weak}@db.example/bot";
                return weak;
            case 6:
                where[word] = new JsonArray(new JsonObject { ["text"] = $"Use Bearer {secret} for it." });
                return secret;
            case 7:
                Set(config, References[random.Next(References.Length)].Split('.'), weak);
                return weak;
            default:
                where[word] = secret;
                return secret;
        }
    }

    private static void Set(JsonObject config, string[] names, string value)
    {
        foreach (var name in names[..^1])
        {
            config[name] = config[name] is JsonObject there ? there.DeepClone() : new JsonObject();
            config = config[name]!.AsObject();
        }

        config[names[^1]] = value;
    }

    private static string Letters(Random random, string alphabet, int count) => new(random.GetItems<char>(alphabet, count));
}
