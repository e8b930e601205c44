using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;

namespace Launchpad.Functions.Tests.Api;

/// <summary>Changes of a bot's configuration, as far as they go where there is no machine: what they ask for, and what they leave.</summary>
[Collection(ApiCollection.Name)]
public sealed class ConfigTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task What_cannot_work_here_is_not_tried()
    {
        using var bot = await RunningBot.OfAsync(api);
        var (_, text) = await bot.PatchAsync(new { config = new { channels = new { slack = new { enabled = true } } } });
        var failure = await bot.FailedAsync(text);
        Assert.Equal("cannot-work-here", failure.GetProperty("code").GetString());
        Assert.Contains("config.channels.slack", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("plugin slack, slack.com:443", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await api.Service<DeploymentStore>().GetAsync(bot.Account, bot.Id, Ct)).FailedRollouts);
    }

    [Fact]
    public async Task A_preview_that_is_blocked_or_names_secrets_is_not_applied()
    {
        using var bot = await RunningBot.OfAsync(api);
        var blocked = await PreviewedAsync(bot, null, [new("config.channels.slack", "The plugin is not allowed here.", ["plugin slack"])]);
        var (status, text) = await bot.SendAsync(HttpMethod.Post, $"deployments/{bot.Id}/apply", new { preview = blocked });
        Assert.Equal((409, "cannot-work-here"), (status, RunningBot.KindOf(text)));
        Assert.Contains("plugin slack", text, StringComparison.Ordinal);
        var secretive = await PreviewedAsync(bot, [new("own-a-1", "aaaaaaaa", "1")], []);
        (status, text) = await bot.SendAsync(HttpMethod.Post, $"deployments/{bot.Id}/apply", new { preview = secretive });
        Assert.Equal((409, "preview-void"), (status, RunningBot.KindOf(text)));
    }

    [Fact]
    public async Task A_patch_of_the_config_is_merged_into_what_is_there_at_every_depth()
    {
        using var bot = await RunningBot.OfAsync(
            api, """{"session":{"scope":"global","reset":{"mode":"daily","atHour":4}},"tools":{"deny":["a"]}}""");
        Assert.Equal(
            """{"commands":{"native":true},"session":{"reset":{"atHour":4},"scope":"global"},"tools":{"deny":["b"]}}""",
            await AskedForAsync(bot, """{"commands":{"native":true},"session":{"reset":{"mode":null}},"tools":{"deny":["b"]}}"""));
        Assert.Null(await AskedForAsync(bot, "null"));
        Assert.Null(await AskedForAsync(bot, """{"session":null,"tools":null}"""));
    }

    private async Task<string?> AskedForAsync(RunningBot bot, string config)
    {
        var (status, text) = await bot.PatchAsync(new JsonObject { ["config"] = JsonNode.Parse(config), ["model"] = "other" });
        Assert.True(status == 202, text);
        await bot.FailedAsync(text);
        var operation = await api.Service<OperationStore>().FindAsync(bot.Account, RunningBot.OperationOf(text), Ct);
        return ChangeRequest.Parse(operation!.Request).Settings!.Config;
    }

    private async Task<string> PreviewedAsync(
        RunningBot bot, IReadOnlyList<SecretRef>? secrets, IReadOnlyList<Shared.OpenClaw.Blocked> blocked)
    {
        var now = DateTimeOffset.UtcNow;
        var token = Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System);
        var result = new ChangePreview(
            token, now.AddHours(1), 1, null, "hash", "image", new([], Risk.None, false), false, 1, true, [], null, blocked);
        var request = new ChangeRequest(new(null, null, false), null, null, DataChoice.AsNow, "", Secrets: secrets);
        await api.Service<OperationStore>().AddAsync(
            new(
                token, bot.Account, bot.Id, OperationKind.Preview, OperationStatus.Succeeded, bot.Account, now, now, request.ToJson(), now,
                null, result.ToJson()),
            Ct);
        return token;
    }
}
