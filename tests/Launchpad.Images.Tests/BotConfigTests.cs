using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;

namespace Launchpad.Images.Tests;

public sealed class BotConfigTests
{
    private static readonly BotConfigInput Plain = new(
        "https://ada.example:8443", "http://10.254.0.1:9000/v1", "launchpad-mini", HasModelKey: true, HasTelegram: false);

    [Fact]
    public void Secrets_are_named_and_never_held()
    {
        var config = Parse(Plain with { HasTelegram = true });

        Assert.Equal("file", (string)config["gateway"]!["auth"]!["token"]!["source"]!);
        Assert.Equal("/run/secrets/gateway-token", (string)config["secrets"]!["providers"]!["gateway-token"]!["path"]!);
        Assert.Equal("/run/secrets/model-key", (string)config["secrets"]!["providers"]!["model-key"]!["path"]!);
        Assert.Equal("model-key", (string)config["models"]!["providers"]!["models"]!["apiKey"]!["provider"]!);
        Assert.Equal("/run/secrets/telegram-token", (string)config["channels"]!["telegram"]!["tokenFile"]!);
        Assert.Null(config["channels"]!["telegram"]!["botToken"]);
    }

    [Fact]
    public void It_listens_to_the_proxy_only_and_calls_nobody_on_its_own()
    {
        var config = Parse(Plain);

        Assert.Equal([BotConfig.ProxyNetwork], Strings(config["gateway"]!["trustedProxies"]!));
        Assert.Equal(["https://ada.example:8443"], Strings(config["gateway"]!["controlUi"]!["allowedOrigins"]!));
        Assert.False((bool)config["update"]!["checkOnStart"]!);
        Assert.False((bool)config["telemetry"]!["enabled"]!);
        Assert.False((bool)config["models"]!["catalogRefresh"]!["enabled"]!);
        Assert.Equal("replace", (string)config["models"]!["mode"]!);
        Assert.Null(config["channels"]);
    }

    [Fact]
    public void A_bot_that_nobody_talks_to_asks_its_model_nothing()
    {
        var config = Parse(Plain);

        Assert.Equal("0m", (string)config["agents"]!["defaults"]!["heartbeat"]!["every"]!);
        Assert.False((bool)config["plugins"]!["entries"]!["memory-core"]!["config"]!["dreaming"]!["enabled"]!);
    }

    [Fact]
    public void Without_a_key_the_provider_has_none()
    {
        var config = Parse(Plain with { HasModelKey = false });

        Assert.Null(config["models"]!["providers"]!["models"]!["apiKey"]);
        Assert.Null(config["secrets"]!["providers"]!["model-key"]);
    }

    [Fact]
    public void Every_model_is_said_to_count_tokens_while_it_streams_also_those_that_the_owner_names_beside_the_first()
    {
        var config = Parse(Plain with { Own = """{"agents":{"defaults":{"model":{"fallbacks":["models/other","launchpad-mini"]}}}}""" });

        var models = config["models"]!["providers"]!["models"]!["models"]!.AsArray();
        Assert.Equal(["launchpad-mini", "other"], models.Select(model => (string)model!["id"]!));
        Assert.All(models, model => Assert.True((bool)model!["compat"]!["supportsUsageInStreaming"]!));
        Assert.Equal("models/launchpad-mini", (string)config["agents"]!["defaults"]!["model"]!["primary"]!);
    }

    [Fact]
    public void A_secret_of_the_owners_own_is_a_file_that_the_release_is_told_of()
    {
        var config = Parse(Plain with
        {
            Own = """{"skills":{"entries":{"a":{"apiKey":{"source":"file","provider":"own-apikey-1","id":"value"}}}}}""",
        });

        var provider = config["secrets"]!["providers"]!["own-apikey-1"]!;
        Assert.Equal(("file", "/run/secrets/own-apikey-1", "singleValue"),
            ((string)provider["source"]!, (string)provider["path"]!, (string)provider["mode"]!));
        Assert.Equal("own-apikey-1", (string)config["skills"]!["entries"]!["a"]!["apiKey"]!["provider"]!);
    }

    [Theory]
    [InlineData("\"},\"gateway\":{\"auth\":{\"mode\":\"none\"}},\"x\":{\"y\":\"")]
    [InlineData("${OPENCLAW_GATEWAY_TOKEN}")]
    [InlineData("line\nbreak\u0000nul\u2028")]
    [InlineData("$(reboot) `reboot` ; rm -rf / #")]
    public void What_a_customer_types_stays_one_value(string typed)
    {
        var config = Parse(Plain with { Model = typed });

        Assert.Equal("models/" + typed, (string)config["agents"]!["defaults"]!["model"]!["primary"]!);
        Assert.Equal("token", (string)config["gateway"]!["auth"]!["mode"]!);
        Assert.Equal(Parse(Plain).Count, config.Count);
    }

    [Fact]
    public void The_same_input_gives_the_same_file() => Assert.Equal(BotConfig.Render(Plain), BotConfig.Render(Plain with { }));

    [Fact]
    public void Instructions_become_a_file_of_the_agent()
    {
        Assert.Equal(["openclaw.json"], BotConfig.Files(Plain).Select(file => file.Path));

        var files = BotConfig.Files(Plain with { Instructions = "Be brief." });

        Assert.Equal("Be brief.", files.Single(file => file.Path == "workspace/AGENTS.md").Content);
        Assert.DoesNotContain("Be brief.", files.Single(file => file.Path == "openclaw.json").Content, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_holds_no_secret_name() =>
        Assert.DoesNotContain(BotRuntimeProfile.Runtime.Environment.Keys, name =>
            name.Contains("TOKEN", StringComparison.Ordinal) || name.Contains("KEY", StringComparison.Ordinal));

    private static IEnumerable<string> Strings(JsonNode array) => array.AsArray().Select(item => (string)item!);

    private static JsonObject Parse(BotConfigInput input) =>
        JsonNode.Parse(BotConfig.Render(input), documentOptions: new() { AllowDuplicateProperties = false })!.AsObject();
}
