using System.Text.Json;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Tests.Secrets;

public sealed class SecretRefTests
{
    private static readonly BotSettings Plain = new(null, null, Telegram: false);

    /// <summary>As versions were stored before values had versions of their own.</summary>
    [Fact]
    public void A_state_that_was_stored_with_bare_names_reads_as_the_same_state()
    {
        const string stored = """
            {"image":"i","plan":"starter","settings":{"model":null,"instructions":null,"telegram":false,"config":null},"secrets":["gateway-token@1a2b3c4d"],"egress":[]}
            """;
        var state = JsonSerializer.Deserialize<DesiredState>(stored, JsonSerializerOptions.Web)!;
        Assert.Equal([new("gateway-token", "1a2b3c4d")], state.Secrets);
        Assert.Equal(stored.Trim(), JsonSerializer.Serialize(state, JsonSerializerOptions.Web));
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(stored.Trim()))),
            state.Hash());
    }

    [Fact]
    public void A_reference_comes_back_as_it_went_and_shows_people_no_more_than_they_need()
    {
        var reference = new SecretRef("telegram-token", "1a2b3c4d", "0123456789abcdef");
        Assert.Equal(reference, JsonSerializer.Deserialize<SecretRef>(JsonSerializer.Serialize(reference)));
        Assert.Equal("telegram-token@1a2b3c4d", $"{reference}");
    }

    [Fact]
    public void The_next_state_has_the_secrets_of_the_last_one_with_those_that_came_and_without_those_that_nothing_names()
    {
        SecretRef gateway = new("gateway-token", "1"), telegram = new("telegram-token", "2"), old = new("own-a-1", "3"), kept = new("own-b-2", "4");
        var state = new DesiredState("i", "starter", Plain, [gateway, old, kept, telegram], []);
        var settings = Plain with { Config = """{"x":{"source":"file","provider":"own-b-2","id":"value"}}""" };
        var newer = telegram with { Fingerprint = "5", Version = "v" };
        Assert.Equal([gateway, kept, newer], state.SecretsWith(settings, [newer]));
        Assert.Equal([gateway, telegram], state.SecretsWith(Plain, null));
    }

    [Fact]
    public void The_value_that_is_in_use_is_no_new_one()
    {
        var first = BotSecrets.Refer("dep_1", "telegram-token", "one", []);
        Assert.Same(first, BotSecrets.Refer("dep_1", "telegram-token", "one", [first]));
        var other = BotSecrets.Refer("dep_1", "telegram-token", "two", [first]);
        Assert.NotEqual(first.Fingerprint, other.Fingerprint);
        Assert.NotEqual(first.Version, other.Version);
    }
}
