using System.Text.Json;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What pays for a bot ends at the provider before an activity of a saga, whichever that is.</summary>
public sealed class UnpaidTests(Theatre theatre, ITestOutputHelper output) : Meddling(theatre, output)
{
    private const int RungsMax = 60;

    // Of a deleted bot the archives go too, and pictures have none.
    private static readonly string[] Others = ["Terminate", "Restore", "Drill"];

    public static TheoryData<string> Ended => [.. Sample.Of(nameof(Ended), [.. All.Keys.Except(Others)], 2)];

    /// <summary>The saga ends as it would have; what it leaves goes up the ladder to its end, and nothing is left.</summary>
    [Theory]
    [MemberData(nameof(Ended))]
    public async Task What_is_not_paid_for_any_more_is_stopped_kept_for_a_while_and_gone(string name)
    {
        var (usual, activities) = await TellAsync(name, at: -1);
        foreach (var at in Points(name, activities))
        {
            var (ended, _) = await TellAsync(name, at, EndAsync);
            Assert.True(
                ended.Failure?.Code is "subscription-ended" or "not-paid" || (ended.Status, ended.Failure?.Code) == (usual.Status, usual.Failure?.Code),
                $"{at}: {ended.Failure}");
            await SweepAsync();
            Assert.DoesNotContain((await Truth.OfAsync(Theatre)).Lies(), lie => !lie.EndsWith("its subscription is canceled", StringComparison.Ordinal));
            var rungs = await ClimbAsync();
            Assert.Empty((await Truth.OfAsync(Theatre)).Gone().Select(lie => $"{at}: {lie}"));
            Assert.Contains(LadderStepKind.Suspended, rungs);
        }
    }

    private async Task EndAsync()
    {
        var deployment = await Theatre.Product.DeploymentAsync();
        await Theatre.Product.Get<StripeGateway>().CancelSubscriptionAsync(deployment.Subscription!, default);
        Assert.NotNull((await Theatre.Product.Make<OwnSubscriptions>().JudgeAsync(deployment, default)).Ladder);
    }

    /// <summary>As its saga would, from one date to the next.</summary>
    /// <returns>What was done.</returns>
    private async Task<IReadOnlyList<LadderStepKind>> ClimbAsync()
    {
        var rungs = new HashSet<LadderStepKind>();
        for (var rung = 0; rung < RungsMax; rung++)
        {
            var deployment = await Theatre.Product.DeploymentAsync();
            if (deployment.Status is DeploymentStatus.Terminated)
            {
                return [.. rungs];
            }

            if (deployment.Ladder?.Next?.At is { } next && next > Theatre.World.Clock.GetUtcNow())
            {
                Theatre.World.Clock.Advance(next - Theatre.World.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
            }

            var target = new OperationTarget(Ids.New(Ids.Operation, Theatre.World.Clock), Bots.Account, Bots.Deployment);
            await Theatre.Product.RunAsync(nameof(DunningActivities.ClimbLadder), JsonSerializer.SerializeToElement(target));
            if ((await Theatre.Product.DeploymentAsync()).Operation is { Kind: OperationKind.Terminate } deletion)
            {
                // Its window is over in no time by the product's clock, and in a month by the engine's.
                await Theatre.Product.Client.WakeAsync(deletion.Id, Terminate.Decision, default);
            }

            await Theatre.Product.SettleAsync();
            rungs.UnionWith((await Theatre.Product.DeploymentAsync()).Ladder?.Steps.Where(step => step.DoneAt is not null).Select(step => step.Kind) ?? []);
        }

        return [.. rungs];
    }
}
