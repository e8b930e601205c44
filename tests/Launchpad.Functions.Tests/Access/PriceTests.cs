using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Tests.Access;

/// <summary>Another plan is another price: on no way does anybody change it who may not pay, whoever typed it first.</summary>
[Collection(ApiCollection.Name)]
public sealed class PriceTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    public static TheoryData<string, string?> Ways => new()
    {
        { "change", null }, { "preview", null }, { "roll back", null }, { "preview of the way back", null }, { "apply", null }, { "retry", null }, { "confirm", null },
        { "change", "a program" }, { "roll back", "a program" }, { "apply", "a program" }, { "retry", "a program" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Who_may_change_a_bot_and_not_pay_for_it_leaves_its_plan(string way, string? program)
    {
        using var bot = await RunningBot.OfAsync(api);
        using var guest = program is null
            ? await Colleague.InAsync(api, bot.Owner, Role.Operator)
            : await Colleague.WithTokenAsync(api, bot.Owner, [Permission.Read, Permission.Operate, Permission.Change]);
        await HasPlanAsync(bot, "plus");
        var (status, problem) = await AskAsync(guest, bot, way, "plus");
        Assert.Equal((403, "not-allowed"), (status, problem!.Value.GetProperty("type").GetString()!.Split(':')[^1]));
        Assert.Null((await api.Service<DeploymentStore>().GetAsync(bot.Account, bot.Id, Ct)).Operation);
    }

    /// <summary>The same without another plan is his, and with one it is the owner's: it is the plan that was refused.</summary>
    [Theory]
    [InlineData("change")]
    [InlineData("roll back")]
    [InlineData("apply")]
    [InlineData("retry")]
    [InlineData("confirm")]
    public async Task What_costs_the_same_he_may_and_the_owner_may_both(string way)
    {
        foreach (var (role, plan) in new[] { (Role.Operator, null), (Role.Admin, "plus") })
        {
            using var bot = await RunningBot.OfAsync(api);
            using var guest = await Colleague.InAsync(api, bot.Owner, role);
            await HasPlanAsync(bot, plan);
            var (status, _) = await AskAsync(guest, bot, way, plan);
            Assert.True(status is 200 or 202, $"{way} as {role}: {status}");
        }
    }

    private static async Task<(int Status, JsonElement? Body)> AskAsync(Colleague guest, RunningBot bot, string way, string? plan) => way switch
    {
        "change" => await guest.SendAsync("PATCH", $"deployments/{bot.Id}/config", Patch(plan)),
        "preview" => await guest.SendAsync("PATCH", $"deployments/{bot.Id}/config?preview=true", Patch(plan)),
        "roll back" => await guest.SendAsync("POST", $"deployments/{bot.Id}/rollback", new { version = 2 }),
        "preview of the way back" => await guest.SendAsync("POST", $"deployments/{bot.Id}/rollback?preview=true", new { version = 2 }),
        "apply" => await guest.SendAsync("POST", $"deployments/{bot.Id}/apply", new { preview = PreviewOf(bot) }),
        "retry" => await guest.SendAsync("POST", $"operations/{FailedOf(bot)}/retry"),
        "confirm" => await guest.SendAsync("POST", $"operations/{PreviewOf(bot)}/confirm"),
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    private static object Patch(string? plan) => plan is null ? new { instructions = "Be brief." } : new { instructions = "Be brief.", plan };

    private static string PreviewOf(RunningBot bot) => $"op_{bot.Id[4..]}";

    private static string FailedOf(RunningBot bot) => $"op_{bot.Id[4..^1]}{(bot.Id[^1] == '0' ? '1' : '0')}";

    /// <summary>What its owner did before: an older version, a preview and a change that failed, each of the plan.</summary>
    private async Task HasPlanAsync(RunningBot bot, string? plan)
    {
        var (versions, operations, now) = (api.Service<ConfigVersionStore>(), api.Service<OperationStore>(), DateTimeOffset.UtcNow);
        var first = (await versions.FindAsync(bot.Id, 1, Ct))!;
        await versions.TryAddAsync(first with { Number = 2, State = first.State with { Plan = plan ?? first.State.Plan }, Status = ConfigVersionStatus.Superseded }, Ct);
        var change = new ChangeRequest(first.State.Settings with { Instructions = "Be brief." }, null, null, DataChoice.AsNow, "", Plan: plan).ToJson();
        var preview = new ChangePreview(
            PreviewOf(bot), now.AddDays(3), 1, null, "hash", "image", new ConfigDiff([], Risk.Low, Restarts: true), Restarts: true, 5, FirstGate: true, []);
        await operations.AddAsync(
            new(preview.Token, bot.Account, bot.Id, OperationKind.Preview, OperationStatus.Succeeded, bot.Account, now, now, change, now, Result: preview.ToJson()), Ct);
        await operations.AddAsync(
            new(FailedOf(bot), bot.Account, bot.Id, OperationKind.Update, OperationStatus.Failed, bot.Account, now, now, change, now, new("vm-unreachable", "It was away.", "switch", [], "Try again.")), Ct);
        await api.Service<DeploymentStore>().ChangeAsync(bot.Account, bot.Id, one => one with { LastOperation = FailedOf(bot) }, Ct);
    }
}
