using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Deployments;

/// <summary>What of a bot's configuration differs from bot to bot. None of it is secret.</summary>
/// <param name="PublicUrl">The origin that browsers see, with its port where that is not 443.</param>
/// <param name="ModelBaseUrl">An endpoint of the OpenAI protocol, as the bot reaches it.</param>
/// <param name="Instructions">What the owner wants the bot to be and do; it becomes the agent's AGENTS.md.</param>
/// <param name="Own">JSON of the owner's own configuration, which <see cref="OwnConfig"/> has let through; null for none.</param>
public sealed record BotConfigInput(
    string PublicUrl, string ModelBaseUrl, string Model, bool HasModelKey, bool HasTelegram, string? Instructions = null,
    string? Own = null);

/// <summary>How OpenClaw is configured: reachable through the VM's proxy only, answering only to its token, calling nobody but its model
/// provider and its channels. Secrets stand here as the names of files under /run/secrets.</summary>
public static class BotConfig
{
    /// <summary>The bridges of all deployments on a VM, as launchpad-vm lays them out. The proxy's address is in there, and no client's:
    /// a client address that cannot be told from the proxy's is refused by the gateway.</summary>
    public const string ProxyNetwork = "10.213.0.0/16";

    /// <summary>The name of the one provider of language models that the bot knows.</summary>
    public const string Provider = "models";

    /// <summary>The one channel that we turn on and off ourselves, and its plugin.</summary>
    public const string Telegram = "telegram";

    private const string Memory = "memory-core";
    private const string SecretsFolder = "/run/secrets";
    private const int ContextTokens = 128_000;
    private const int AnswerTokensMax = 8_192;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Everything the volume gets from us.</summary>
    public static IReadOnlyList<VmFile> Files(BotConfigInput input) => string.IsNullOrWhiteSpace(input.Instructions)
        ? [new("openclaw.json", Render(input))]
        : [new("openclaw.json", Render(input)), new("workspace/AGENTS.md", input.Instructions)];

    /// <summary>Only what a bot in a container can use: fewer modules to load, less to attack.</summary>
    public static IReadOnlyList<string> Plugins(bool hasTelegram) => hasTelegram ? [Memory, Telegram] : [Memory];

    /// <summary>The content of openclaw.json.</summary>
    public static string Render(BotConfigInput input)
    {
        var own = input.Own is null ? [] : JsonNode.Parse(input.Own)!.AsObject();
        var config = new JsonObject
        {
            ["gateway"] = Gateway(input.PublicUrl),
            ["secrets"] = new JsonObject { ["providers"] = SecretFiles(input, own) },
            ["models"] = Models(input, own),
            ["agents"] = new JsonObject
            {
                ["defaults"] = new JsonObject
                {
                    ["model"] = new JsonObject { ["primary"] = $"{Provider}/{input.Model}" },
                    // Our files are the workspace: without this the first start asks its owner questions instead of answering.
                    ["skipBootstrap"] = true,
                    // A bot that nobody talks to asks its model nothing, and so costs nothing.
                    ["heartbeat"] = new JsonObject { ["every"] = "0m" },
                },
            },
            ["plugins"] = PluginSection(input.HasTelegram),
            ["browser"] = new JsonObject { ["enabled"] = false },
            ["update"] = new JsonObject { ["checkOnStart"] = false },
            ["telemetry"] = new JsonObject { ["enabled"] = false },
        };
        if (input.HasTelegram)
        {
            config["channels"] = new JsonObject { [Telegram] = TelegramChannel() };
        }

        OwnConfig.MergeInto(config, own);
        return config.ToJsonString(Indented);
    }

    private static JsonObject Gateway(string publicUrl) => new()
    {
        ["mode"] = "local",
        ["bind"] = "lan",
        ["port"] = BotRuntimeProfile.Port,
        ["publicOrigin"] = publicUrl,
        ["auth"] = new JsonObject { ["mode"] = "token", ["token"] = ConfigSecrets.Reference(BotSecretNames.GatewayToken) },
        ["trustedProxies"] = new JsonArray(ProxyNetwork),
        ["controlUi"] = new JsonObject { ["allowedOrigins"] = new JsonArray(publicUrl) },
        ["http"] = new JsonObject { ["endpoints"] = new JsonObject { ["chatCompletions"] = new JsonObject { ["enabled"] = true } } },
    };

    // The memory's nightly sweep would call the model unasked.
    private static JsonObject PluginSection(bool hasTelegram) => new()
    {
        ["allow"] = new JsonArray([.. Plugins(hasTelegram).Select(plugin => (JsonNode)plugin)]),
        ["entries"] = new JsonObject
        {
            [Memory] = new JsonObject { ["config"] = new JsonObject { ["dreaming"] = new JsonObject { ["enabled"] = false } } },
        },
    };

    private static JsonObject SecretFiles(BotConfigInput input, JsonObject own)
    {
        var files = new JsonObject { [BotSecretNames.GatewayToken] = SecretProvider(BotSecretNames.GatewayToken) };
        if (input.HasModelKey)
        {
            files[BotSecretNames.ModelKey] = SecretProvider(BotSecretNames.ModelKey);
        }

        foreach (var name in ConfigSecrets.NamesIn(own))
        {
            files[name] = SecretProvider(name);
        }

        return files;
    }

    private static JsonObject Models(BotConfigInput input, JsonObject own)
    {
        var provider = new JsonObject
        {
            ["baseUrl"] = input.ModelBaseUrl,
            ["api"] = "openai-completions",
            ["models"] = new JsonArray([.. Feasibility.Models(own).Prepend(input.Model).Distinct().Select(Model)]),
        };
        if (input.HasModelKey)
        {
            provider["apiKey"] = ConfigSecrets.Reference(BotSecretNames.ModelKey);
        }

        return new JsonObject
        {
            // Instead of the catalogue that comes with the bot: it knows this provider and no other.
            ["mode"] = "replace",
            ["catalogRefresh"] = new JsonObject { ["enabled"] = false },
            ["providers"] = new JsonObject { [Provider] = provider },
        };
    }

    private static JsonNode Model(string name) => new JsonObject
    {
        ["id"] = name,
        ["name"] = name,
        ["reasoning"] = false,
        ["input"] = new JsonArray("text"),
        ["cost"] = new JsonObject { ["input"] = 0, ["output"] = 0, ["cacheRead"] = 0, ["cacheWrite"] = 0 },
        ["contextWindow"] = ContextTokens,
        ["maxTokens"] = AnswerTokensMax,
        // Off loopback the release asks for no token counts while an answer streams, unless it is told that they come.
        ["compat"] = new JsonObject { ["supportsUsageInStreaming"] = true },
    };

    // Whoever writes to the bot first shows a code that its owner confirms.
    private static JsonObject TelegramChannel() => new()
    {
        ["enabled"] = true,
        ["tokenFile"] = $"{SecretsFolder}/{BotSecretNames.TelegramToken}",
        ["dmPolicy"] = "pairing",
    };

    private static JsonObject SecretProvider(string name) =>
        new() { ["source"] = "file", ["path"] = $"{SecretsFolder}/{name}", ["mode"] = "singleValue" };
}
