using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Tests.OpenClaw;

public sealed class FeasibilityTests
{
    private static readonly SecretRef Token = new(BotSecretNames.TelegramToken, "aaaaaaaa");

    [Theory]
    [InlineData("""{"channels":{"slack":{"enabled":true}}}""", "config.channels.slack", "plugin slack", "slack.com:443")]
    [InlineData("""{"channels":{"qqbot":{"appId":"x"}}}""", "config.channels.qqbot", "plugin openclaw-qqbot", "api.sgroup.qq.com:443")]
    [InlineData("""{"channels":{"brand-new":{}}}""", "config.channels.brand-new", "plugin brand-new")]
    [InlineData("""{"channels":{"telegram":{"dmPolicy":"open"}}}""", "config.channels.telegram")]
    [InlineData("""{"plugins":{"entries":{"brave":{"enabled":true}}}}""", "config.plugins.entries.brave", "plugin brave")]
    [InlineData("""{"plugins":{"slots":{"memory":"memory-wiki"}}}""", "config.plugins.slots.memory", "plugin memory-wiki")]
    [InlineData("""{"agents":{"defaults":{"model":{"fallbacks":["models/a","openai/gpt-5"]}}}}""", "config.agents.defaults.model.fallbacks[1]", "key openai", "api.openai.com:443")]
    [InlineData("""{"agents":{"entries":{"b":{"model":"acme/x"}}}}""", "config.agents.entries.b.model", "key acme")]
    [InlineData("""{"hooks":{"mappings":[{"model":"anthropic/claude"}]}}""", "config.hooks.mappings[0].model", "key anthropic", "api.anthropic.com:443")]
    [InlineData("""{"tools":{"web":{"search":{"provider":"brave"}}}}""", "config.tools.web.search.provider", "key brave", "api.search.brave.com:443")]
    [InlineData("""{"mcp":{"servers":{"a":{"url":"https://mcp.example.com/x"}}}}""", "config.mcp.servers.a.url", "mcp.example.com:443")]
    [InlineData("""{"diagnostics":{"otel":{"endpoint":"http://otel.example:4318"}}}""", "config.diagnostics.otel.endpoint", "otel.example:4318")]
    [InlineData("""{"cron":{"webhookToken":{"source":"env","provider":"default","id":"TOKEN"}}}""", "config.cron.webhookToken")]
    public void What_could_not_work_here_is_named_with_what_would_have_to_be_allowed(string config, string place, params string[] allow)
    {
        var blocked = Assert.Single(Feasibility.Of(State(config)));
        Assert.Equal(place, blocked.Place);
        Assert.NotEqual("", blocked.Why);
        Assert.Equal(allow, blocked.Allow.Take(allow.Length));
        Assert.Equal(allow.Length == 0, blocked.Allow.Count == 0);
    }

    [Theory]
    [InlineData("""{"session":{"scope":"global"},"commands":{"native":true}}""")]
    [InlineData("""{"channels":{"slack":{"enabled":false},"defaults":{},"modelByChannel":{"telegram":{"1":"models/a"}}}}""")]
    [InlineData("""{"plugins":{"entries":{"brave":{"enabled":false}},"slots":{"memory":"none"}}}""")]
    [InlineData("""{"agents":{"defaults":{"model":{"fallbacks":["models/a","bare"]},"imageModel":"models/b"}}}""")]
    [InlineData("""{"mcp":{"servers":{"a":{"enabled":false,"url":"https://mcp.example.com/x"},"b":{"url":"http://10.0.0.1:9000/mcp"}}}}""")]
    [InlineData("""{"memory":{"search":{"provider":"none"}},"ui":{"assistant":{"avatar":"https://example.com/a.png"}}}""")]
    public void What_works_or_is_off_is_not(string config) => Assert.Empty(Feasibility.Of(State(config)));

    [Fact]
    public void Telegram_works_where_it_has_its_token_and_not_before()
    {
        var off = State("""{"channels":{"telegram":{"dmPolicy":"open"}}}""");
        var on = off with
        {
            Settings = off.Settings with { Telegram = true },
            Egress = [.. off.Egress, "api.telegram.org:443"],
        };
        Assert.Equal(["telegram"], Feasibility.Of(on).Select(found => found.Place));
        Assert.Empty(Feasibility.Of(on with { Secrets = [Token] }));
        Assert.Equal(["config.channels.telegram"], Feasibility.Of(on with { Secrets = [Token], Egress = off.Egress }).Select(found => found.Place));
    }

    /// <summary>A bot that runs with a setting that never worked can be changed in everything else.</summary>
    [Fact]
    public void A_change_answers_only_for_what_it_brings()
    {
        var from = State("""{"channels":{"slack":{}}}""");
        Assert.Empty(Feasibility.Added(from, State("""{"channels":{"slack":{"a":1}},"session":{"scope":"global"}}""")));
        Assert.Equal(
            ["config.channels.discord"],
            Feasibility.Added(from, State("""{"channels":{"slack":{},"discord":{}}}""")).Select(found => found.Place));
    }

    [Fact]
    public void Models_of_the_bots_own_provider_are_found_by_either_name() => Assert.Equal(
        ["a", "openai/gpt-5:free", "bare"],
        Feasibility.Models(System.Text.Json.Nodes.JsonNode.Parse(
            """{"agents":{"defaults":{"model":{"fallbacks":["models/a","models/openai/gpt-5:free","other/x"]},"utilityModel":"bare"}}}""")!
            .AsObject()));

    private static DesiredState State(string config) =>
        new("image", "starter", new(null, null, Telegram: false, config), [], ["10.0.0.1:9000"]);
}
