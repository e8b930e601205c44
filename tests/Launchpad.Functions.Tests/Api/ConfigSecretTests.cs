using System.Text;
using System.Text.Json.Nodes;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Tests.OpenClaw;

namespace Launchpad.Functions.Tests.Api;

/// <summary>What becomes of a secret that a change names or hides: of its value before, and of the one that was typed.</summary>
[Collection(ApiCollection.Name)]
public sealed class ConfigSecretTests(LaunchpadApi api)
{
    private const string Token = "987654321:AAH-canary-of-the-token-that-is-new";
    private const string Skill = "canary-of-a-skill";

    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_change_that_is_refused_because_the_bot_is_busy_leaves_its_secret_as_it_was()
    {
        using var bot = await RunningBot.OfAsync(api);
        await api.Service<DeploymentStore>().ChangeAsync(bot.Account, bot.Id, now => now with
        {
            Operation = new("op_other", OperationKind.Restart, DateTimeOffset.UtcNow.AddMinutes(1), "me"),
        }, Ct);
        var (status, text) = await bot.PatchAsync(new { telegramToken = Token });
        Assert.Equal((409, "busy"), (status, RunningBot.KindOf(text)));
        await UnchangedAsync(bot);
    }

    [Theory]
    [InlineData("\"v7\"", """{"telegramToken":"TOKEN"}""", 412)]
    [InlineData("\"v1\"", """{"telegramToken":"TOKEN","model":"not a name"}""", 400)]
    [InlineData("\"v1\"", """{"telegramToken":"TOKEN","config":{"gateway":{}}}""", 400)]
    [InlineData("\"v1\"", """{"telegramToken":"TOKEN","data":"yesterday"}""", 400)]
    [InlineData("\"v1\"", """{"telegramToken":"TOKEN","plan":"none"}""", 400)]
    [InlineData("\"v1\"", """{"telegramToken":"TOKEN","telegram":"yes"}""", 400)]
    public async Task A_change_that_is_refused_for_what_it_says_leaves_its_secret_as_it_was(string seen, string patch, int status)
    {
        using var bot = await RunningBot.OfAsync(api);
        var asked = JsonNode.Parse(patch.Replace("TOKEN", Token, StringComparison.Ordinal))!;
        Assert.Equal(status, (await bot.PatchAsync(asked, seen)).Status);
        await UnchangedAsync(bot);
    }

    /// <summary>The steps around the one write, as the saga calls them.</summary>
    [Fact]
    public async Task A_version_keeps_the_value_that_it_was_completed_with_and_going_back_to_one_that_is_gone_is_refused()
    {
        using var bot = await RunningBot.OfAsync(api);
        var versions = api.Service<ConfigVersionStore>();
        var first = await versions.GetAsync(bot.Id, 1, Ct);
        var next = BotSecrets.Refer(bot.Id, BotSecretNames.TelegramToken, Token, first.State.Secrets);
        await bot.Secrets.StageAsync(bot.Id, new Dictionary<SecretRef, string> { [next] = Token }, first.State.Secrets, Ct);
        var rollouts = api.Make<RolloutActivities>();
        var target = await HeldAsync(bot, OperationKind.Update, new(null, null, null, DataChoice.AsNow, "", Secrets: [next]));
        var draft = await DraftAsync();
        await EndAsync(target, draft);
        await EndAsync(target, draft);

        var second = await versions.GetAsync(bot.Id, 2, Ct);
        Assert.Equal(Token, (await bot.Secrets.ReadAsync(bot.Id, second.State.Secrets, Ct))[BotSecretNames.TelegramToken]);
        Assert.Equal(RunningBot.Token, (await bot.Secrets.ReadAsync(bot.Id, first.State.Secrets, Ct))[BotSecretNames.TelegramToken]);

        // Back to the first, and forth again, which is possible as long as the second's value is there.
        target = await HeldAsync(bot, OperationKind.Rollback, new(null, null, 1, DataChoice.AsNow, ""));
        await EndAsync(target, await DraftAsync());
        target = await HeldAsync(bot, OperationKind.Rollback, new(null, null, 2, DataChoice.AsNow, ""));
        Assert.Equal(2, await DraftAsync());
        await bot.Secrets.EraseAsync(bot.Id, $"{next.Name}@{next.Version}", Ct);
        Assert.Equal("secret-gone", (await Assert.ThrowsAsync<Shared.PermanentException>(DraftAsync)).Code);

        async Task<int> DraftAsync() =>
            (await rollouts.DraftVersion(new(target.Operation, target.Account, target.Deployment, null, PreviewOnly: false), Ct)).Version;
    }

    /// <summary>It is accepted, and its saga finds that the machine is gone.</summary>
    [Fact]
    public async Task A_change_that_fails_later_takes_its_secrets_with_it()
    {
        using var bot = await RunningBot.OfAsync(api);
        var (status, text) = await bot.PatchAsync(
            new { telegramToken = Token, config = new { skills = new { entries = new { a = new { apiKey = Skill } } } } });
        Assert.Equal(202, status);
        await bot.FailedAsync(text);
        var version = await api.Service<ConfigVersionStore>().GetAsync(bot.Id, 2, Ct);
        Assert.Equal(ConfigVersionStatus.Failed, version.Status);
        Assert.Equal(3, version.State.Secrets.Count);
        await UnchangedAsync(bot);
        var acts = (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetProperty("rows").EnumerateArray()
            .Where(row => row.GetProperty("data").TryGetProperty("secret", out _)).ToList();
        Assert.Equal(2, acts.Count);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task A_secret_that_is_planted_anywhere_is_in_no_table_and_no_answer(int seed)
    {
        using var bot = await RunningBot.OfAsync(api);
        var (random, planted, said) = (new Random(seed), new List<Planted>(), new StringBuilder());
        for (var run = 0; run < 25; run++)
        {
            planted.Add(Planted.By(random));
            var (status, text) = await bot.PatchAsync(new { config = planted[^1].Config }, query: run % 2 == 0 ? "?preview=true" : "");
            Assert.True(status is 202 or 400, $"Seed {seed}, run {run}: {status} {text}");
            said.Append(text);
            if (status == 202)
            {
                said.Append(await bot.FailedAsync(text));
            }
        }

        var key = $"sk-proj-{Guid.NewGuid():N}";
        foreach (var typed in new object[] { new { instructions = $"Use {key}." }, new { model = key }, new { why = $"new key {key}", model = "m" } })
        {
            var (status, text) = await bot.PatchAsync(typed);
            Assert.Equal(400, status);
            said.Append(text);
        }

        var named = await bot.SendAsync(HttpMethod.Post, "deployments", new { name = key, plan = "starter" });
        said.Append(named.Text).Append((await bot.Owner.GetAsync($"deployments/{bot.Id}/config")).GetRawText())
            .Append((await bot.Owner.GetAsync($"deployments/{bot.Id}/versions")).GetRawText());
        Assert.Equal(400, named.Status);
        var everything = await bot.EverythingStoredAsync() + said;
        Assert.All(
            planted.SelectMany(one => one.Pieces).Append(key), piece => Assert.DoesNotContain(piece, everything, StringComparison.Ordinal));
        Assert.Equal(
            [RunningBot.Token, RunningBot.GatewayToken],
            (await bot.Secrets.ReadAllAsync(bot.Id, Ct)).Select(pair => pair.Value).Order(StringComparer.Ordinal));
    }

    /// <summary>An operation without a saga, which no sweep misses yet: it holds the deployment from the future.</summary>
    private async Task<OperationTarget> HeldAsync(RunningBot bot, OperationKind kind, ChangeRequest change)
    {
        var since = DateTimeOffset.UtcNow.AddMinutes(1);
        var operation = new Operation(
            Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System), bot.Account, bot.Id, kind, OperationStatus.Accepted, bot.Account, since,
            since.AddMinutes(5), change.ToJson());
        await api.Service<OperationStore>().AddAsync(operation, Ct);
        await api.Service<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now.To(DeploymentStatus.Updating) with { Operation = new(operation.Id, kind, since, bot.Account) }, Ct);
        return new(operation.Id, bot.Account, bot.Id);
    }

    private async Task EndAsync(OperationTarget target, int version)
    {
        await api.Service<Endings>().SucceedAsync(target, DeploymentStatus.Running, version, Ct);
        Assert.True(await api.Service<Closing>().CloseAsync(target, Ct));
    }

    private static async Task UnchangedAsync(RunningBot bot)
    {
        Assert.Equal(RunningBot.Token, await bot.Secrets.GetAsync(bot.Id, BotSecretNames.TelegramToken, Ct));
        Assert.Equal(2, (await bot.Secrets.ReadAllAsync(bot.Id, Ct)).Count);
        var everything = await bot.EverythingStoredAsync();
        Assert.All([Token, RunningBot.Token, Skill], secret => Assert.DoesNotContain(secret, everything, StringComparison.Ordinal));
    }
}
