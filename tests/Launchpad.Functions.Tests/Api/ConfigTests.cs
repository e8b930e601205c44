using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Tests.OpenClaw;

namespace Launchpad.Functions.Tests.Api;

/// <summary>Changes of a bot's configuration, as far as they go where there is no machine: what they ask for, and what they leave.</summary>
[Collection(ApiCollection.Name)]
public sealed class ConfigTests(LaunchpadApi api)
{
    private const string Token = "987654321:AAH-canary-of-the-token-that-is-new";
    private const string Skill = "canary-of-a-skill";
    private const string Old = "123456789:AAH-canary-of-the-token-in-use-now";

    private static readonly CancellationToken Ct = CancellationToken.None;

    private BotSecrets Secrets => api.Service<BotSecrets>();

    [Fact]
    public async Task A_change_that_is_refused_because_the_bot_is_busy_leaves_its_secret_as_it_was()
    {
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner);
        await api.Service<DeploymentStore>().ChangeAsync(owner.Account, id, bot => bot with
        {
            Operation = new("op_other", OperationKind.Restart, DateTimeOffset.UtcNow.AddMinutes(1), "me"),
        }, Ct);
        var (status, text) = await PatchAsync(owner, id, new { telegramToken = Token });
        Assert.Equal((409, "busy"), (status, Kind(text)));
        await UnchangedAsync(owner, id);
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
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner);
        var asked = JsonNode.Parse(patch.Replace("TOKEN", Token, StringComparison.Ordinal))!;
        Assert.Equal(status, (await PatchAsync(owner, id, asked, seen)).Status);
        await UnchangedAsync(owner, id);
    }

    /// <summary>The steps around the one write, as the saga calls them.</summary>
    [Fact]
    public async Task A_version_keeps_the_value_that_it_was_completed_with_and_going_back_to_one_that_is_gone_is_refused()
    {
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner);
        var versions = api.Service<ConfigVersionStore>();
        var first = await versions.GetAsync(id, 1, Ct);
        var next = BotSecrets.Refer(id, BotSecretNames.TelegramToken, Token, first.State.Secrets);
        await Secrets.StageAsync(id, new Dictionary<SecretRef, string> { [next] = Token }, first.State.Secrets, Ct);
        var rollouts = api.Make<RolloutActivities>();
        var target = await HeldAsync(owner, id, OperationKind.Update, new(null, null, null, DataChoice.AsNow, "", Secrets: [next]));
        var draft = await rollouts.DraftVersion(new(target.Operation, target.Account, target.Deployment, null, PreviewOnly: false), Ct);
        await EndAsync(target, draft.Version);
        await EndAsync(target, draft.Version);

        var second = await versions.GetAsync(id, 2, Ct);
        Assert.Equal(Token, (await Secrets.ReadAsync(id, second.State.Secrets, Ct))[BotSecretNames.TelegramToken]);
        Assert.Equal(Old, (await Secrets.ReadAsync(id, first.State.Secrets, Ct))[BotSecretNames.TelegramToken]);

        // Back to the first, and forth again, which is possible as long as the second's value is there.
        target = await HeldAsync(owner, id, OperationKind.Rollback, new(null, null, 1, DataChoice.AsNow, ""));
        await EndAsync(
            target, (await rollouts.DraftVersion(new(target.Operation, target.Account, target.Deployment, null, PreviewOnly: false), Ct)).Version);
        target = await HeldAsync(owner, id, OperationKind.Rollback, new(null, null, 2, DataChoice.AsNow, ""));
        Assert.Equal(2, (await rollouts.DraftVersion(new(target.Operation, target.Account, target.Deployment, null, PreviewOnly: false), Ct)).Version);
        await Secrets.EraseAsync(id, $"{next.Name}@{next.Version}", Ct);
        var gone = await Assert.ThrowsAsync<Shared.PermanentException>(
            () => rollouts.DraftVersion(new(target.Operation, target.Account, target.Deployment, null, PreviewOnly: false), Ct));
        Assert.Equal("secret-gone", gone.Code);
    }

    /// <summary>It is accepted, and its saga finds that the machine is gone.</summary>
    [Fact]
    public async Task A_change_that_fails_later_takes_its_secrets_with_it()
    {
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner);
        var (status, text) = await PatchAsync(
            owner, id,
            new { telegramToken = Token, config = new { skills = new { entries = new { a = new { apiKey = Skill } } } } });
        Assert.Equal(202, status);
        var operation = JsonElement.Parse(text).GetProperty("operation").GetString()!;
        await FailedAsync(owner, operation);
        var version = await api.Service<ConfigVersionStore>().GetAsync(id, 2, Ct);
        Assert.Equal(ConfigVersionStatus.Failed, version.Status);
        Assert.Equal(3, version.State.Secrets.Count);
        await UnchangedAsync(owner, id);
        var acts = (await owner.GetAsync($"deployments/{id}/record")).GetProperty("rows").EnumerateArray()
            .Where(row => row.GetProperty("data").TryGetProperty("secret", out _)).ToList();
        Assert.Equal(2, acts.Count);
    }

    [Fact]
    public async Task What_cannot_work_here_is_not_tried()
    {
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner);
        var (_, text) = await PatchAsync(owner, id, new { config = new { channels = new { slack = new { enabled = true } } } });
        var failure = await FailedAsync(owner, JsonElement.Parse(text).GetProperty("operation").GetString()!);
        Assert.Equal("cannot-work-here", failure.GetProperty("code").GetString());
        Assert.Contains("config.channels.slack", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("plugin slack, slack.com:443", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await api.Service<DeploymentStore>().GetAsync(owner.Account, id, Ct)).FailedRollouts);
    }

    [Fact]
    public async Task A_preview_that_is_blocked_or_names_secrets_is_not_applied()
    {
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner);
        var blocked = await PreviewedAsync(owner, id, null, [new("config.channels.slack", "The plugin is not allowed here.", ["plugin slack"])]);
        var (status, text) = await SendAsync(owner, HttpMethod.Post, $"deployments/{id}/apply", new { preview = blocked });
        Assert.Equal((409, "cannot-work-here"), (status, Kind(text)));
        Assert.Contains("plugin slack", text, StringComparison.Ordinal);
        var secretive = await PreviewedAsync(owner, id, [new("own-a-1", "aaaaaaaa", "1")], []);
        (status, text) = await SendAsync(owner, HttpMethod.Post, $"deployments/{id}/apply", new { preview = secretive });
        Assert.Equal((409, "preview-void"), (status, Kind(text)));
    }

    [Fact]
    public async Task A_patch_of_the_config_is_merged_into_what_is_there_at_every_depth()
    {
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner, """{"session":{"scope":"global","reset":{"mode":"daily","atHour":4}},"tools":{"deny":["a"]}}""");
        Assert.Equal(
            """{"commands":{"native":true},"session":{"reset":{"atHour":4},"scope":"global"},"tools":{"deny":["b"]}}""",
            await AskedForAsync(owner, id, """{"commands":{"native":true},"session":{"reset":{"mode":null}},"tools":{"deny":["b"]}}"""));
        Assert.Null(await AskedForAsync(owner, id, "null"));
        Assert.Null(await AskedForAsync(owner, id, """{"session":null,"tools":null}"""));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task A_secret_that_is_planted_anywhere_is_in_no_table_and_no_answer(int seed)
    {
        using var owner = await api.SignedUpAsync();
        var id = await RunningAsync(owner);
        var (random, planted, said) = (new Random(seed), new List<Planted>(), new StringBuilder());
        for (var run = 0; run < 25; run++)
        {
            planted.Add(Planted.By(random));
            var query = run % 2 == 0 ? "?preview=true" : "";
            var (status, text) = await SendAsync(
                owner, HttpMethod.Patch, $"deployments/{id}/config{query}", new { config = planted[^1].Config }, ("If-Match", "\"v1\""));
            Assert.True(status is 202 or 400, $"Seed {seed}, run {run}: {status} {text}");
            said.Append(text);
            if (status == 202)
            {
                said.Append(await FailedAsync(owner, JsonElement.Parse(text).GetProperty("operation").GetString()!));
            }
        }

        var key = $"sk-proj-{Guid.NewGuid():N}";
        foreach (var typed in new object[] { new { instructions = $"Use {key}." }, new { model = key }, new { why = $"new key {key}", model = "m" } })
        {
            var (status, text) = await PatchAsync(owner, id, typed);
            Assert.Equal(400, status);
            said.Append(text);
        }

        var named = await SendAsync(owner, HttpMethod.Post, "deployments", new { name = key, plan = "starter" });
        said.Append(named.Text).Append((await owner.GetAsync($"deployments/{id}/config")).GetRawText())
            .Append((await owner.GetAsync($"deployments/{id}/versions")).GetRawText());
        Assert.Equal(400, named.Status);
        var everything = await EverythingStoredAsync(owner.Account, id) + said;
        Assert.All(
            planted.SelectMany(one => one.Pieces).Append(key), piece => Assert.DoesNotContain(piece, everything, StringComparison.Ordinal));
        Assert.Equal(
            [Old, "first-value-of-the-gateway"], (await Secrets.ReadAllAsync(id, Ct)).Select(pair => pair.Value).Order(StringComparer.Ordinal));
    }

    /// <summary>An operation without a saga, which no sweep misses yet: it holds the deployment from the future.</summary>
    private async Task<OperationTarget> HeldAsync(Owner owner, string id, OperationKind kind, ChangeRequest change)
    {
        var since = DateTimeOffset.UtcNow.AddMinutes(1);
        var operation = new Operation(
            Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System), owner.Account, id, kind, OperationStatus.Accepted, owner.Account, since,
            since.AddMinutes(5), change.ToJson());
        await api.Service<OperationStore>().AddAsync(operation, Ct);
        await api.Service<DeploymentStore>().ChangeAsync(
            owner.Account, id, bot => bot.To(DeploymentStatus.Updating) with { Operation = new(operation.Id, kind, since, owner.Account) }, Ct);
        return new(operation.Id, owner.Account, id);
    }

    private async Task EndAsync(OperationTarget target, int version)
    {
        await api.Service<Endings>().SucceedAsync(target, DeploymentStatus.Running, version, Ct);
        Assert.True(await api.Service<Closing>().CloseAsync(target, Ct));
    }

    private async Task UnchangedAsync(Owner owner, string id)
    {
        Assert.Equal(Old, await Secrets.GetAsync(id, BotSecretNames.TelegramToken, Ct));
        Assert.Equal(2, (await Secrets.ReadAllAsync(id, Ct)).Count);
        var everything = await EverythingStoredAsync(owner.Account, id);
        Assert.All([Token, Old, Skill], secret => Assert.DoesNotContain(secret, everything, StringComparison.Ordinal));
    }

    /// <summary>A bot that ran once, with a version whose secrets are the ones that were ordered.</summary>
    private async Task<string> RunningAsync(Owner owner, string? config = null)
    {
        var id = await owner.OrderAsync(new { name = "Ada", plan = "starter", telegramToken = Old });
        await Secrets.PutAsync(id, BotSecretNames.GatewayToken, "first-value-of-the-gateway", Ct);
        var deployments = api.Service<DeploymentStore>();
        await deployments.ChangeAsync(owner.Account, id, bot =>
            bot.To(DeploymentStatus.Provisioning).To(DeploymentStatus.Configuring).To(DeploymentStatus.Starting), Ct);
        var bot = await deployments.ChangeAsync(owner.Account, id, current => current.To(DeploymentStatus.Running) with
        {
            ActiveVersion = 1,
            LastKnownGood = 1,
            Vm = "vm_none",
            Settings = current.Settings with { Config = config },
        }, Ct);
        var state = new DesiredState(
            "image", "starter", bot.Settings, await Secrets.ReferencesAsync(id, Ct), api.Service<Bots>().Egress(bot.Settings));
        await api.Service<ConfigVersionStore>().TryAddAsync(
            new(id, 1, state, ConfigVersionStatus.Active, DateTimeOffset.UtcNow, "me", "test"), Ct);
        return id;
    }

    private async Task<string?> AskedForAsync(Owner owner, string id, string config)
    {
        var (status, text) = await PatchAsync(owner, id, new JsonObject { ["config"] = JsonNode.Parse(config), ["model"] = "other" });
        Assert.True(status == 202, text);
        var operation = JsonElement.Parse(text).GetProperty("operation").GetString()!;
        await FailedAsync(owner, operation);
        return ChangeRequest.Parse((await api.Service<OperationStore>().FindAsync(owner.Account, operation, Ct))!.Request).Settings!.Config;
    }

    private async Task<string> PreviewedAsync(
        Owner owner, string id, IReadOnlyList<SecretRef>? secrets, IReadOnlyList<Shared.OpenClaw.Blocked> blocked)
    {
        var now = DateTimeOffset.UtcNow;
        var token = Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System);
        var result = new ChangePreview(
            token, now.AddHours(1), 1, null, "hash", "image", new([], Risk.None, false), false, 1, true, [], null, blocked);
        var request = new ChangeRequest(new(null, null, false), null, null, DataChoice.AsNow, "", Secrets: secrets);
        await api.Service<OperationStore>().AddAsync(
            new(token, owner.Account, id, OperationKind.Preview, OperationStatus.Succeeded, owner.Account, now, now, request.ToJson(), now, null,
                result.ToJson()),
            Ct);
        return token;
    }

    private static async Task<JsonElement> FailedAsync(Owner owner, string operation)
    {
        while (true)
        {
            var shown = await owner.GetAsync($"operations/{operation}");
            if (shown.GetProperty("status").GetString() is "failed")
            {
                return shown.GetProperty("failure");
            }

            await Task.Delay(50);
        }
    }

    private static Task<(int Status, string Text)> PatchAsync(Owner owner, string id, object patch, string seen = "\"v1\"") =>
        SendAsync(owner, HttpMethod.Patch, $"deployments/{id}/config", patch, ("If-Match", seen));

    private static async Task<(int Status, string Text)> SendAsync(
        Owner owner, HttpMethod method, string path, object body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        Array.ForEach(headers, header => request.Headers.TryAddWithoutValidation(header.Name, header.Value));
        using var answer = await owner.Http.SendAsync(request, Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>Every row of every table, as text.</summary>
    private async Task<string> EverythingStoredAsync(string account, string id)
    {
        var text = new StringBuilder();
        await foreach (var table in api.StorageTables.QueryAsync(cancellationToken: Ct))
        {
            await foreach (var row in api.StorageTables.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: Ct))
            {
                text.AppendJoin('\n', row.Select(pair => pair.Value).Prepend(row.RowKey));
            }
        }

        Assert.Contains(account, text.ToString(), StringComparison.Ordinal);
        Assert.Contains(id, text.ToString(), StringComparison.Ordinal);
        return text.ToString();
    }

    private static string Kind(string problem) => JsonElement.Parse(problem).GetProperty("type").GetString()!.Split(':')[^1];
}
