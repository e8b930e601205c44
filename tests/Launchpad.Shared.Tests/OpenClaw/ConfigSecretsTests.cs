using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;

namespace Launchpad.Shared.Tests.OpenClaw;

public sealed class ConfigSecretsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_secret_at_any_place_is_taken_out_or_refused_in_words_that_do_not_hold_it(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var planted = Planted.By(random);
            var (config, typed) = (planted.Config, planted.Config.ToJsonString());
            var fault = ConfigSecrets.TakeOut(config, [], out var taken);
            if (fault is null)
            {
                Assert.True(taken.Values.Contains(planted.Secret), $"Seed {seed}, run {run} was let through: {typed}");
                Assert.All(planted.Pieces, piece => Assert.DoesNotContain(piece, config.ToJsonString(), StringComparison.Ordinal));
                Assert.Equal(taken.Keys.Order(StringComparer.Ordinal), ConfigSecrets.NamesIn(config));
            }
            else
            {
                Assert.All(planted.Pieces, piece => Assert.DoesNotContain(piece, $"{fault}", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void What_was_stored_with_a_secret_in_it_is_compared_without_showing_it()
    {
        var random = new Random(5);
        for (var run = 0; run < 500; run++)
        {
            var planted = Planted.By(random);
            var diff = ConfigDiff.Of(State(null), State(planted.Config.ToJsonString()));
            Assert.NotEmpty(diff.Changes);
            Assert.All(diff.Changes, change => Assert.DoesNotContain(planted.Secret, $"{change}", StringComparison.Ordinal));
        }
    }

    /// <summary>Of what people really set: nothing is mistaken for a secret.</summary>
    [Theory]
    [InlineData("""{"session":{"scope":"per-sender","maxTokens":4096,"idleMinutes":30}}""")]
    [InlineData("""{"agents":{"defaults":{"contextTokens":64000,"timeFormat":"24","model":{"fallbacks":["models/gpt-5-mini"]}}}}""")]
    [InlineData("""{"tools":{"exec":{"image":"ghcr.io/a/b@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"}}}""")]
    [InlineData("""{"channels":{"telegram":{"accounts":{"a":{"tokenFile":"/run/secrets/telegram-token","allowFrom":["123456789"]}}}}}""")]
    [InlineData("""{"mcp":{"servers":{"password-manager":{"command":"npx","args":["--yes","--verbose","a"],"url":"https://example.com/mcp"}}}}""")]
    [InlineData("""{"skills":{"entries":{"weather":{"apiKey":"${OPENCLAW_STATE_DIR}"}}}}""")]
    [InlineData("""{"messages":{"responsePrefix":"A-Rather-Long-Prefix-With-Some-Words-And-2-Numbers-7"}}""")]
    [InlineData("""{"cron":{"webhookToken":""},"hooks":{"path":"/a/very/long/path/of/many/words/and/2026/11/27/reports/all"}}""")]
    [InlineData("""{"logging":{"file":"/data/workspace/ThisIsAVeryLongCamelCaseFileNameForLogging2.txt"}}""")]
    [InlineData("""{"session":{"id":"01890a5d-ac96-774b-bcce-b302099a8057"},"note":"Tokens are cheap; the password is asked for."}""")]
    public void What_is_no_secret_passes_unchanged(string config)
    {
        var own = JsonNode.Parse(config)!.AsObject();
        Assert.Null(ConfigSecrets.TakeOut(own, [], out var taken));
        Assert.Empty(taken);
        Assert.Equal(config, own.ToJsonString());
    }

    [Theory]
    [InlineData("hooks", """{"hooks":{"token":"hunter2"}}""", "hooks.token")]
    [InlineData("a list", """{"hooks":{"mappings":[{"id":"a"},{"secret":"hunter2"}]}}""", "hooks.mappings[1].secret")]
    [InlineData("an argument", """{"mcp":{"servers":{"a":{"args":["-v","--token","hunter2"]}}}}""", "mcp.servers.a.args[2]")]
    [InlineData("a number", """{"mcp":{"servers":{"a":{"env":{"PIN":12345678}}}}}""", "mcp.servers.a.env.PIN")]
    [InlineData("braces", """{"session":{"note":"${AKIAIOSFODNN7EXAMPLE}"}}""", "session.note")]
    [InlineData("a reference", """{"cron":{"webhookToken":{"source":"store","provider":"default","id":"sk-proj-0123456789abcdef"}}}""", "cron.webhookToken")]
    [InlineData("a stranger", """{"cron":{"webhookToken":{"source":"file","provider":"model-key","id":"value"}}}""", "cron.webhookToken")]
    public void What_cannot_be_kept_is_refused_at_its_place(string what, string config, string place) =>
        Assert.True(
            ConfigSecrets.TakeOut(JsonNode.Parse(config)!.AsObject(), ["own-a-1"], out _) is { } fault && fault.Place == place
                && !fault.Rule.Contains("hunter2", StringComparison.Ordinal),
            what);

    [Fact]
    public void The_same_place_keeps_its_name_and_a_reference_that_was_read_can_be_sent_back()
    {
        var first = JsonNode.Parse("""{"skills":{"entries":{"weather":{"apiKey":"one"}}}}""")!.AsObject();
        Assert.Null(ConfigSecrets.TakeOut(first, [], out var taken));
        var (name, value) = Assert.Single(taken);
        Assert.Equal("one", value);
        Assert.Matches("^own-apikey-[0-9a-f]{8}$", name);

        Assert.Null(ConfigSecrets.TakeOut(first.DeepClone().AsObject(), [name], out var none));
        Assert.Empty(none);
        var second = JsonNode.Parse("""{"skills":{"entries":{"weather":{"apiKey":"two"}}}}""")!.AsObject();
        Assert.Null(ConfigSecrets.TakeOut(second, [name], out taken));
        Assert.Equal(name, Assert.Single(taken).Key);
    }

    [Fact]
    public void A_diff_names_secrets_by_their_fingerprint_and_cuts_what_is_long()
    {
        var before = State(null) with { Secrets = [new("telegram-token", "aaaaaaaa", "0123456789abcdef")] };
        var after = before with
        {
            Secrets = [new("telegram-token", "bbbbbbbb", "fedcba9876543210")],
            Settings = new(null, new string('x', 5_000), Telegram: false),
        };
        var changes = ConfigDiff.Of(before, after).Changes;
        Assert.Equal(
            ["instructions", "secrets.telegram-token@aaaaaaaa", "secrets.telegram-token@bbbbbbbb"], changes.Select(change => change.Path));
        Assert.InRange(changes[0].To!.Length, 1_000, 1_100);
        Assert.EndsWith("… (5002 characters)\"", JsonNode.Parse(changes[0].To!)!.ToJsonString(new() { Encoder = Relaxed }), StringComparison.Ordinal);
    }

    private static System.Text.Encodings.Web.JavaScriptEncoder Relaxed => System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static DesiredState State(string? config) => new("image", "starter", new(null, null, Telegram: false, config), [], []);
}
