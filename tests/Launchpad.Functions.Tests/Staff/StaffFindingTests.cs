using Launchpad.Functions.Staff;
using Launchpad.Functions.Tests.Health;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>What reconcilers find is kept for those who have to know.</summary>
[Collection(OnOnePlane.Name)]
public sealed class StaffFindingTests(Plane plane)
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly string[] Kinds = [.. Enum.GetValues<FindingKind>().Select(kind => kind.Wire())];

    [Fact]
    public async Task Who_pays_and_has_nothing_is_told_until_he_has_it()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        await ChangeAsync(bot, now => now with { Subscription = "sub_1", Status = DeploymentStatus.Failed });
        await RoundAsync();
        Assert.Contains((PaidAndRunning.NotRunning, bot.Id), await OpenAsync());
        Assert.Contains(await UnservedAsync(), one => one.Deployment == bot.Id);
        Assert.DoesNotContain(bot.Id, await BrokenAsync("money-is-machines"), StringComparison.Ordinal);
        plane.Clock.Now += TimeSpan.FromMinutes(11);
        Assert.NotEqual("", await BrokenAsync("money-is-machines"));

        // Whoever looks sees that it runs before the reconciler has come by.
        await ChangeAsync(bot, now => now with { Status = DeploymentStatus.Running });
        Assert.DoesNotContain(await UnservedAsync(), one => one.Deployment == bot.Id);
        await RoundAsync();
        Assert.DoesNotContain(bot.Id, (await OpenAsync()).Select(one => one.Subject));
    }

    [Fact]
    public async Task Who_has_a_place_for_nothing_is_told()
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        await RoundAsync();
        Assert.Contains((PaidAndRunning.NotPaid, bot.Id), await OpenAsync());
        await ChangeAsync(bot, now => now with { Subscription = "sub_1" });
        await RoundAsync();
        Assert.DoesNotContain(bot.Id, (await OpenAsync()).Select(one => one.Subject));
    }

    [Fact]
    public async Task What_was_put_right_is_remembered_and_everything_was_looked_at()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.Get<VmStore>().ChangeAsync(Tier.Shared, vm.Id, now => now.Without(bot.Id), Ct);
        await RoundAsync();
        var healed = await plane.Get<ReconcilerFindings>().HealedSinceAsync(plane.Clock.Now.AddMinutes(-1), 100, Ct);
        Assert.Contains(healed, one => one is { What: "place-missing" } && one.Subject == bot.Id);
        Assert.All(healed.Concat(await plane.Get<ReconcilerFindings>().OpenAsync(1_000, Ct)), one => Assert.Contains(one.What, Kinds));
        Assert.Contains("place-missing", await BrokenAsync("one-machine-a-bot"), StringComparison.Ordinal);
        Assert.Equal(plane.Clock.Now, (await plane.Get<ReconcilerFindings>().LookedAsync(Reconciler.Deployments, Ct)).Wholly);
        Assert.Equal(plane.Clock.Now, (await plane.Get<ReconcilerFindings>().LookedAsync(Reconciler.Machines, Ct)).Lately);
    }

    [Fact]
    public async Task A_machine_that_promises_too_much_is_told_until_it_does_not()
    {
        var vm = await plane.MachineAsync();
        await plane.BotAsync(vm.Id);
        await plane.Get<VmStore>().ChangeAsync(Tier.Shared, vm.Id, now => now with { CapacityMb = 0 }, Ct);
        await RoundAsync();
        Assert.Contains((MachineReconciler.Overpromised, vm.Id), await OpenAsync());
        await plane.Get<VmStore>().ChangeAsync(Tier.Shared, vm.Id, now => now with { CapacityMb = 1 << 20 }, Ct);
        await RoundAsync();
        Assert.DoesNotContain(vm.Id, (await OpenAsync()).Select(one => one.Subject));
    }

    [Fact]
    public async Task What_is_silenced_is_told_when_the_silence_is_over_and_not_at_all_when_it_is_over_first()
    {
        var (pager, silences) = (plane.Get<Pager>(), plane.Get<PageSilences>());
        var (first, second) = ($"vm_{Guid.NewGuid():N}", $"vm_{Guid.NewGuid():N}");
        foreach (var subject in new[] { first, second })
        {
            await silences.SetAsync($"{subject}-machine-lost", plane.Clock.Now.AddHours(1), "me", Ct);
            await pager.RaiseAsync(PageKind.MachineLost, subject, "It is gone.", Ct);
        }

        await pager.ResolveAsync(PageKind.MachineLost, second, Ct);
        await pager.DeliverAllAsync(Ct);
        Assert.Equal((0, 0), (Told(first), Told(second)));
        Assert.Contains(await pager.OpenAsync(Ct), page => page.Subject == first);
        Assert.DoesNotContain(await pager.OpenAsync(Ct), page => page.Subject == second);

        plane.Clock.Now += TimeSpan.FromHours(2);
        await pager.DeliverAllAsync(Ct);
        Assert.Equal((1, 0), (Told(first), Told(second)));
        await pager.ResolveAsync(PageKind.MachineLost, first, Ct);
        Assert.Equal(2, Told(first));
    }

    private int Told(string subject) => plane.Told.Count(page => page.ToString().Contains(subject, StringComparison.Ordinal));

    private async Task RoundAsync()
    {
        // The end of a round that was in its middle, and then a whole one.
        for (var round = 0; round < 2; round++)
        {
            plane.Clock.Now += TimeSpan.FromSeconds(1);
            do
            {
                await plane.Get<DeploymentReconciler>().RunAsync(Ct);
                await plane.Get<MachineReconciler>().RunAsync(Ct);
            }
            while (!await HaveLookedAsync(Reconciler.Deployments) || !await HaveLookedAsync(Reconciler.Machines));
        }
    }

    private async Task<bool> HaveLookedAsync(Reconciler which) =>
        (await plane.Get<ReconcilerFindings>().LookedAsync(which, Ct)).Wholly == plane.Clock.Now;

    private async Task<List<(string What, string Subject)>> OpenAsync() =>
        [.. (await plane.Get<ReconcilerFindings>().OpenAsync(1_000, Ct)).Select(one => (one.What, one.Subject))];

    private Task<IReadOnlyList<StaffUnservedView>> UnservedAsync() => plane.Get<PaidNotRunning>().OfAsync([], Ct);

    private async Task<string> BrokenAsync(string name) =>
        (await plane.Get<StaffInvariants>().OfAsync(Ct)).Single(one => one.Name == name) is { Holds: false, Detail: { } detail } ? detail : "";

    private Task<Deployment> ChangeAsync(Deployment bot, Func<Deployment, Deployment> change) =>
        plane.Get<DeploymentStore>().ChangeAsync(bot.Account, bot.Id, change, Ct);
}
