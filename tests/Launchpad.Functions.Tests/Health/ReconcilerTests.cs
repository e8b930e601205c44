using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Health;

/// <summary>What leads to a row can be lost, and is found to be by whoever goes slowly over everything.</summary>
[Collection(OnOnePlane.Name)]
public sealed class ReconcilerTests(Plane plane)
{
    private const string Gone = "dep_01K0000000000000000000GONE";

    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_busy_deployment_that_nothing_leads_to_is_found_again()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now with { Operation = new("op_1", OperationKind.TestMessage, plane.Clock.Now, "me") }, Ct);
        await plane.Get<Tables>().Index.DeleteEntityAsync("busy-" + Shards.KeyOf(bot.Id), bot.Id, cancellationToken: Ct);
        Assert.DoesNotContain(bot.Id, await BusyAsync());
        Assert.True(await RoundAsync(plane.Get<DeploymentReconciler>().RunAsync) > 0);
        Assert.Contains(bot.Id, await BusyAsync());
        Assert.Equal(0, await RoundAsync(plane.Get<DeploymentReconciler>().RunAsync));
    }

    [Fact]
    public async Task A_bot_that_its_machine_does_not_know_of_gets_its_place_again()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.Get<VmStore>().ChangeAsync(Tier.Shared, vm.Id, now => now.Without(bot.Id), Ct);
        await RoundAsync(plane.Get<DeploymentReconciler>().RunAsync);
        var machine = await plane.Get<VmStore>().GetAsync(Tier.Shared, vm.Id, Ct);
        Assert.Equal((bot.Account, 2048), (machine.Owners[bot.Id], machine.Reservations[bot.Id]));
        await plane.BeatAsync(vm.Id, plane.Dead(bot));
        Assert.Contains(await plane.SweepAsync(), suspect => suspect.Bots.Any(one => one.Deployment == bot.Id));
    }

    [Fact]
    public async Task A_bot_on_a_machine_that_nobody_knows_is_found()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        await plane.Get<Tables>().Vms.DeleteEntityAsync("shared", bot.Vm, cancellationToken: Ct);
        Assert.DoesNotContain(await plane.SweepAsync(), suspect => suspect.Vm == bot.Vm);
        await RoundAsync(plane.Get<DeploymentReconciler>().RunAsync);
        Assert.Contains(await plane.SweepAsync(), suspect => suspect.Vm == bot.Vm);
    }

    [Fact]
    public async Task A_promise_to_nobody_is_given_back_and_one_to_a_bot_that_is_worked_on_is_kept()
    {
        var vm = await plane.MachineAsync();
        var (idle, busy) = (await plane.BotAsync(vm.Id), await plane.BotAsync(vm.Id));
        await plane.Get<DeploymentStore>().ChangeAsync(
            busy.Account, busy.Id,
            now => now with { Vm = "vm_other", Operation = new("op_1", OperationKind.Update, plane.Clock.Now, "me") }, Ct);
        await PromiseAsync(vm, Bots.CandidateOf(idle.Id), Bots.CandidateOf(busy.Id));
        await plane.RemovesAsync();
        await RoundAsync(plane.Get<MachineReconciler>().RunAsync);
        Assert.Equal(Sorted(idle.Id, busy.Id, Bots.CandidateOf(busy.Id)), await PromisedAsync(vm));
    }

    [Fact]
    public async Task Room_that_may_still_be_used_is_kept_until_its_user_is_gone()
    {
        var (vm, other) = (await plane.MachineAsync(), await plane.MachineAsync());
        var (bot, candidate) = (await plane.BotAsync(vm.Id), Bots.CandidateOf(Gone));
        await PromiseAsync(vm, candidate);
        await PromiseAsync(other, candidate);
        plane.LoseInCloud(other.Id);
        await plane.AnswerAsync(null);
        await RoundAsync(plane.Get<MachineReconciler>().RunAsync);
        Assert.Equal(Sorted(bot.Id, Gone, candidate), await PromisedAsync(vm));
        Assert.Empty(await PromisedAsync(other));

        await plane.RemovesAsync();
        await RoundAsync(plane.Get<MachineReconciler>().RunAsync);
        Assert.Equal(Sorted(bot.Id), await PromisedAsync(vm));
    }

    [Fact]
    public async Task A_machine_that_nothing_leads_to_is_watched_and_filled_again()
    {
        var vms = plane.Get<VmStore>();
        var vm = await plane.MachineAsync();
        await RoundAsync(plane.Get<MachineReconciler>().RunAsync);
        Assert.NotNull(await plane.Get<HeartbeatStore>().FindWatchAsync(vm.Id, Ct));
        await foreach (var row in plane.Get<Tables>().Index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {"spare-shared"} and vm eq {vm.Id}"), cancellationToken: Ct))
        {
            await plane.Get<Tables>().Index.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Ct);
        }

        Assert.True(await vms.HealAsync(vm, Ct));
        Assert.False(await vms.HealAsync(vm, Ct));
    }

    /// <summary>A row that cannot be read keeps no other from being put right.</summary>
    [Fact]
    public async Task A_row_that_throws_keeps_no_other_from_being_put_right()
    {
        var broken = new TableEntity("acc_0", "dep_01K00000000000000000BROKEN") { ["operation"] = "op_1", ["ending"] = "" };
        await plane.Get<Tables>().Deployments.UpsertEntityAsync(broken, cancellationToken: Ct);
        try
        {
            await A_busy_deployment_that_nothing_leads_to_is_found_again();
        }
        finally
        {
            await plane.Get<Tables>().Deployments.DeleteEntityAsync(broken.PartitionKey, broken.RowKey, cancellationToken: Ct);
        }
    }

    private Task<Vm> PromiseAsync(Vm vm, params string[] names) => plane.Get<VmStore>().ChangeAsync(
        Tier.Shared, vm.Id, now => names.Aggregate(now.With("acc_1", Gone, 1), (one, name) => one.With(name, 1)), Ct);

    private async Task<IEnumerable<string>> PromisedAsync(Vm vm) =>
        Sorted([.. (await plane.Get<VmStore>().FindAsync(Tier.Shared, vm.Id, Ct))?.Reservations.Keys ?? []]);

    private static IEnumerable<string> Sorted(params string[] names) => names.Order(StringComparer.Ordinal);

    /// <summary>As many pages as it takes to come round.</summary>
    private static async Task<int> RoundAsync(Func<CancellationToken, Task<int>> run)
    {
        var healed = 0;
        for (var page = 0; page < 12; page++)
        {
            healed += await run(Ct);
        }

        return healed;
    }

    private async Task<List<string>> BusyAsync() =>
        await plane.Get<DeploymentStore>().BusyAsync(kind: null, Ct).Select(busy => busy.Id).ToListAsync(Ct);
}
