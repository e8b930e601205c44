using Azure.Data.Tables;
using Launchpad.Functions.Tests.Health;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Staff;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests;

/// <summary>What goes with a bot, what goes when its time has come, and what stays.</summary>
[Collection(OnOnePlane.Name)]
public sealed class RetentionTests(Plane plane)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_certificate_says_what_is_kept_and_it_is_gone_when_it_says()
    {
        var (bot, operation) = await DeletedAsync();
        await plane.Get<Tables>().Drills.AddEntityAsync(new TableEntity(bot.Id, "1-op") { ["envelope"] = "what it said" }, Ct);
        var kept = plane.Get<BotRemains>().Kept(plane.Clock.Now);
        Assert.All(kept, one => Assert.False(string.IsNullOrWhiteSpace(one.Why)));
        var until = Assert.Single(kept.Select(one => one.Until).OfType<DateTimeOffset>().Distinct());

        plane.Clock.Now = until.AddSeconds(-1);
        await plane.Get<RetentionSweep>().RunAsync(Ct);
        Assert.NotNull(await plane.Get<ConfigVersionStore>().FindAsync(bot.Id, 1, Ct));
        Assert.Single(await RowsAsync(plane.Get<Tables>().Drills, bot.Id));

        plane.Clock.Now = until;
        await plane.Get<RetentionSweep>().RunAsync(Ct);
        Assert.Null(await plane.Get<ConfigVersionStore>().FindAsync(bot.Id, 1, Ct));
        Assert.Empty(await RowsAsync(plane.Get<Tables>().Drills, bot.Id));
        var left = (await plane.Get<OperationStore>().FindAsync(bot.Account, operation.Id, Ct))!;
        Assert.Equal((null, null, OperationStatus.Succeeded), (left.Request, left.Result, left.Status));
        Assert.Null((await plane.ReadAsync(bot)).Settings.Instructions);
        var rows = await RowsAsync(plane.Get<Tables>().Records, bot.Id);
        Assert.DoesNotContain(rows, row => row.StartsWith("once-", StringComparison.Ordinal));
        Assert.True((await plane.Get<RecordStore>().HeadAsync(bot.Id, Ct)).Sequence >= 0);
        Assert.DoesNotContain(bot.Id, await DueAsync());
    }

    [Fact]
    public async Task What_a_bot_wrote_and_how_it_was_goes_with_it()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var tables = plane.Get<Tables>();
        for (var line = 0; line < 250; line++)
        {
            await tables.Logs.AddEntityAsync(new TableEntity(bot.Id, $"{line:D19}-00000000") { ["text"] = "secret plans" }, Ct);
        }

        await plane.Get<DriftStore>().PutAsync(bot.Id, vm.Id, [new("image", "a", "b")], Ct);
        await plane.Get<ConditionStore>().LoseAsync(bot.Account, bot.Id, Ct);
        Assert.Equal(251, await plane.Get<BotRemains>().EraseAsync(bot.Id, Ct));
        Assert.Equal(0, await plane.Get<BotRemains>().EraseAsync(bot.Id, Ct));
        Assert.Empty(await RowsAsync(tables.Logs, bot.Id));
        Assert.Empty(await plane.Get<DriftStore>().ListAsync(bot.Id, Ct));
        Assert.Null(await plane.Get<ConditionStore>().FindAsync(bot.Account, bot.Id, Ct));
    }

    [Fact]
    public async Task A_line_goes_thirty_days_after_it_was_written_though_nobody_looks_at_the_bot_any_more()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        var logs = plane.Get<BotLogs>();
        var first = plane.Clock.Now;
        for (var day = 0; day < 3; day++)
        {
            await logs.StoreAsync(bot.Id, [new(plane.Clock.Now, "stdout", $"day {day}")], plane.Clock.Now, Ct);
            await logs.StoreAsync(bot.Id, [new(plane.Clock.Now, "stderr", $"day {day}")], plane.Clock.Now, Ct);
            plane.Clock.Now += TimeSpan.FromDays(1);
        }

        plane.Clock.Now = first + TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1);
        Assert.Equal(6, await LinesAsync());
        plane.Clock.Now = first + TimeSpan.FromDays(31);
        Assert.Equal(4, await LinesAsync());
        Assert.NotNull(await logs.CollectedAtAsync(bot.Id, Ct));
        plane.Clock.Now = first + TimeSpan.FromDays(34);
        Assert.Equal(0, await LinesAsync());

        async Task<int> LinesAsync()
        {
            await plane.Get<RetentionSweep>().RunAsync(Ct);
            return (await logs.FindAsync(bot.Id, new(null, null, null, null, 100), Ct)).Lines.Count;
        }
    }

    [Fact]
    public async Task What_was_typed_for_an_operation_goes_after_ninety_days_and_that_it_was_stays()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        var (store, since) = (plane.Get<OperationStore>(), plane.Clock.Now);
        var failed = Asked("failed", OperationStatus.Failed) with { Failure = new("vm-unreachable", "It was away.", "switch", [], "Try again.") };
        var (ended, going) = (Asked("ended", OperationStatus.Succeeded), Asked("going", OperationStatus.Running) with { FinishedAt = null });
        foreach (var one in new[] { failed, ended, going })
        {
            await store.AddAsync(one, Ct);
            await store.StartStepAsync(one.Id, Steps.Validate, "what it waits for", since, look: false, Ct);
        }

        plane.Clock.Now = since + TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1);
        await plane.Get<RetentionSweep>().RunAsync(Ct);
        Assert.Equal(ended, await store.FindAsync(bot.Account, ended.Id, Ct));

        for (var sweep = 0; sweep < 2; sweep++)
        {
            plane.Clock.Now = since + TimeSpan.FromDays(90 + sweep);
            await plane.Get<RetentionSweep>().RunAsync(Ct);
        }

        Assert.Equal(ended with { Request = null, Result = null, IsForgotten = true }, await store.FindAsync(bot.Account, ended.Id, Ct));
        Assert.Equal(going, await store.FindAsync(bot.Account, going.Id, Ct));
        Assert.Null((await store.StepsAsync(ended.Id, Ct)).Single().Detail);
        Assert.Equal("what it waits for", (await store.StepsAsync(going.Id, Ct)).Single().Detail);
        var left = (await store.FindAsync(bot.Account, failed.Id, Ct))!;
        Assert.Equal((null, "vm-unreachable", ""), (left.Request, left.Failure!.Code, left.Failure.Message));
        Assert.Contains("not kept any more", OperationViews.WhyNotAgain(left, await plane.ReadAsync(bot) with { LastOperation = left.Id }), StringComparison.Ordinal);

        Operation Asked(string name, OperationStatus status) => new(
            $"op_{name}{bot.Id}", bot.Account, bot.Id, OperationKind.TestMessage, status, "me", since, since, "what the customer typed", since,
            Result: "what the bot answered");
    }

    [Fact]
    public async Task A_bot_that_is_there_after_all_loses_nothing()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        await plane.Get<BotRemains>().EraseLaterAsync(bot.Account, bot.Id, plane.Clock.Now.AddDays(-365), Ct);
        await plane.Get<RetentionSweep>().RunAsync(Ct);
        Assert.NotNull(await plane.Get<ConfigVersionStore>().FindAsync(bot.Id, 1, Ct));
        Assert.DoesNotContain(bot.Id, await DueAsync());
    }

    [Fact]
    public async Task A_session_ends_at_its_time_however_often_it_is_used()
    {
        var sessions = plane.Get<SessionStore>();
        var (token, expires) = await sessions.OpenAsync(Shared.Ids.New(Shared.Ids.Account, TimeProvider.System), "a test", Ct);
        Assert.Equal(plane.Clock.Now + SessionStore.Lifetime, expires);
        for (; plane.Clock.Now < expires; plane.Clock.Now += TimeSpan.FromDays(1))
        {
            Assert.NotNull(await sessions.FindAsync(token, Ct));
        }

        Assert.Null(await sessions.FindAsync(token, Ct));
    }

    [Fact]
    public async Task An_operators_session_ends_after_twelve_hours_however_often_it_is_used()
    {
        var sessions = plane.Get<StaffSessions>();
        var who = (await plane.Get<OperatorStore>().AddAsync($"{Guid.NewGuid():N}@staff.example", "no password leads here", Ct))!;
        var (token, expires) = await sessions.OpenAsync(who, "a test", Ct);
        Assert.Equal(plane.Clock.Now + TimeSpan.FromHours(12), expires);
        for (; plane.Clock.Now < expires; plane.Clock.Now += TimeSpan.FromHours(1))
        {
            Assert.NotNull(await sessions.FindAsync(token, Ct));
        }

        Assert.Null(await sessions.FindAsync(token, Ct));
    }

    [Fact]
    public async Task A_session_is_deleted_when_nobody_can_use_it_any_more()
    {
        var sessions = plane.Get<SessionStore>();
        var account = Shared.Ids.New(Shared.Ids.Account, TimeProvider.System);
        await sessions.OpenAsync(account, "a test", Ct);
        await plane.Get<RetentionSweep>().RunAsync(Ct);
        Assert.Equal(1, await CountAsync());
        plane.Clock.Now += SessionStore.Lifetime;
        await plane.Get<RetentionSweep>().RunAsync(Ct);
        Assert.Equal(0, await CountAsync());

        async Task<int> CountAsync() => await plane.Get<Tables>().Sessions
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"account eq {account}"), cancellationToken: Ct).CountAsync(Ct);
    }

    private async Task<(Deployment Bot, Operation Operation)> DeletedAsync()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        var operation = new Operation(
            $"op_{bot.Id}", bot.Account, bot.Id, OperationKind.TestMessage, OperationStatus.Succeeded, "me", plane.Clock.Now,
            plane.Clock.Now, "what the customer typed", plane.Clock.Now, Result: "what the bot answered");
        await plane.Get<OperationStore>().AddAsync(operation, Ct);
        await plane.Get<OperationStore>().RecordAsync(operation, "test-message", Ct);
        var deletion = new OperationTarget($"op_end{bot.Id}", bot.Account, bot.Id);
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id,
            now => now with
            {
                Settings = now.Settings with { Instructions = "the customer's own" },
                Operation = new(deletion.Operation, OperationKind.Terminate, plane.Clock.Now, "me"),
            },
            Ct);
        await plane.Get<OperationStore>().AddAsync(
            new(
                deletion.Operation, bot.Account, bot.Id, OperationKind.Terminate, OperationStatus.Running, "me", plane.Clock.Now,
                plane.Clock.Now),
            Ct);
        await plane.Get<Certificates>().IssueAsync(await plane.ReadAsync(bot), deletion.Operation, [], [], Ct);
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now.To(DeploymentStatus.Terminated) with { Operation = null }, Ct);
        return (bot, operation);
    }

    private static async Task<List<string>> RowsAsync(TableClient table, string partition) =>
        await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: Ct)
            .Select(row => row.RowKey).ToListAsync(Ct);

    private async Task<List<string?>> DueAsync() =>
        await plane.Get<Tables>().Index.QueryAsync<TableEntity>(cancellationToken: Ct)
            .Where(row => row.PartitionKey.StartsWith("erase-", StringComparison.Ordinal))
            .Select(row => (string?)row.GetString("deployment")).ToListAsync(Ct);
}
