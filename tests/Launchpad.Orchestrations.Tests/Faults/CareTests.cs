using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What is done for a bot without its owner, and what is not.</summary>
public sealed class CareTests(Theatre theatre) : IClassFixture<Theatre>
{
    [Fact]
    public async Task Nobody_is_taken_back_to_a_price_that_he_did_not_ask_for()
    {
        await SetAsync();
        await theatre.Bots.DoAsync(OperationKind.Update, Bots.Change(tag: "1.0.1", plan: "plus"));
        var vm = (await theatre.Product.DeploymentAsync()).Vm!;
        theatre.World.Machines.Change(VmGateway.ResourceName(vm), Bots.Deployment, there => there with { Image = null, Spec = null });
        for (var restart = 0; restart < Care.RestartsMax; restart++)
        {
            await theatre.Product.Get<ConditionStore>().ChangeAsync(
                Bots.Account, Bots.Deployment,
                now => now.Seen(new(VerdictKind.Down), "down", theatre.World.Clock.GetUtcNow()).Restarted($"op_{restart}", theatre.World.Clock.GetUtcNow()),
                default);
        }

        await Bots.BeatAsync(theatre.Product, vm);
        await theatre.Product.EndAsync(await theatre.Product.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(Recover), new RecoverInput(Tier.Shared, vm, [new(Bots.Account, Bots.Deployment)])));
        await theatre.Product.SettleAsync();
        var after = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Failed, "plus", 2), (after.Status, after.Plan, after.ActiveVersion!.Value));
        Assert.Contains(await theatre.Product.Get<Pager>().OpenAsync(default), page => page.Kind is PageKind.CrashLoop);
    }

    [Theory]
    [InlineData(OperationKind.Terminate)]
    [InlineData(OperationKind.Suspend)]
    [InlineData(OperationKind.Update)]
    public async Task What_its_saga_could_not_be_given_holds_nothing(OperationKind kind)
    {
        await SetAsync();
        await theatre.Product.Get<DeploymentStore>().ChangeAsync(
            Bots.Account, Bots.Deployment, now => now with { Plan = "one that there never was" }, default);
        var refused = await Assert.ThrowsAsync<PermanentException>(() => theatre.Product.BeginAsync(kind, Bots.Change(tag: "1.0.1")));
        Assert.Equal("plan-unknown", refused.Code);
        Assert.Equal((DeploymentStatus.Running, null), ((await theatre.Product.DeploymentAsync()).Status, (await theatre.Product.DeploymentAsync()).Operation));
    }

    private async Task SetAsync()
    {
        theatre.World.Clock.Go();
        theatre.World.IsSick = (_, _) => false;
        theatre.Product.Gate = _ => Task.CompletedTask;
        await (await theatre.Bots.RunningAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
    }
}
