using Launchpad.Functions;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Reconciliation;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What is paid for and does not run.</summary>
public sealed class UnservedTests(Theatre theatre) : IClassFixture<Theatre>
{
    [Fact]
    public async Task What_failed_is_asked_for_once_more_after_ten_minutes_and_somebody_is_called()
    {
        await FailsAsync(() =>
        {
            theatre.World.IsSick = (_, _) => true;
            return Task.CompletedTask;
        });
        theatre.World.IsSick = (_, _) => false;
        await HealAsync(TimeSpan.FromMinutes(5));
        Assert.Null((await theatre.Product.DeploymentAsync()).Operation);
        Assert.Empty(await CalledAsync());

        await HealAsync(TimeSpan.FromMinutes(6));
        var begun = (await theatre.Product.DeploymentAsync()).Operation!;
        Assert.Equal(OperationKind.Provision, begun.Kind);
        Assert.Contains("asked for again", Assert.Single(await CalledAsync()).Reason, StringComparison.Ordinal);
        await theatre.Product.EndAsync(begun.Id);
        await theatre.Product.SettleAsync();
        Assert.Equal(DeploymentStatus.Running, (await theatre.Product.DeploymentAsync()).Status);
    }

    [Fact]
    public async Task What_somebody_cancelled_is_not_begun_against_him()
    {
        await FailsAsync(() => theatre.Product.Get<DeploymentStore>().ChangeAsync(
            Bots.Account, Bots.Deployment, now => now with { Operation = now.Operation! with { Cancelled = true } }, default));
        await HealAsync(TimeSpan.FromMinutes(11));
        await HealAsync(TimeSpan.FromMinutes(11));
        var left = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Failed, null), (left.Status, left.Operation));
        Assert.Contains("cancelled", Assert.Single(await CalledAsync()).Reason, StringComparison.Ordinal);
        Assert.Null(OperationKind.Provision.Definition().Refuse(left));
    }

    /// <summary>A paid order that comes to nothing.</summary>
    private async Task FailsAsync(Func<Task> why)
    {
        theatre.World.Clock.Go();
        theatre.World.IsSick = (_, _) => false;
        await (await theatre.Bots.OrderedAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        var isDone = false;
        theatre.Product.Before = async (_, _) =>
        {
            if (!isDone)
            {
                isDone = true;
                await why();
            }
        };
        await theatre.Product.EndAsync(await theatre.Product.BeginAsync(OperationKind.Provision));
        theatre.Product.Before = (_, _) => Task.CompletedTask;
        await theatre.Product.SettleAsync();
        var failed = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Failed, null), (failed.Status, failed.ActiveVersion));
        await LookAsync();
    }

    private async Task HealAsync(TimeSpan later)
    {
        theatre.World.Clock.Advance(later);
        await LookAsync();
        await theatre.Product.Make<UnservedSchedules>().Heal(new(), theatre.Product.Client, default);
    }

    /// <summary>The reconciler, once round.</summary>
    private async Task LookAsync()
    {
        var (findings, begun) = (theatre.Product.Get<ReconcilerFindings>(), theatre.World.Clock.GetUtcNow());
        do
        {
            await theatre.Product.Get<DeploymentReconciler>().RunAsync(default);
        }
        while (!((await findings.LookedAsync(Reconciler.Deployments, default)).Wholly >= begun));
    }

    private async Task<IEnumerable<Page>> CalledAsync() =>
        (await theatre.Product.Get<Pager>().OpenAsync(default)).Where(page => page.Kind is PageKind.PaidNotRunning);
}
