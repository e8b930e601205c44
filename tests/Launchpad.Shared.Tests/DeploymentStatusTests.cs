using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Tests;

public sealed class DeploymentStatusTests
{
    private static readonly Dictionary<DeploymentStatus, DeploymentStatus[]> Legal = new()
    {
        [DeploymentStatus.Requested] = [DeploymentStatus.Provisioning, DeploymentStatus.Terminated],
        [DeploymentStatus.Provisioning] = [DeploymentStatus.Configuring, DeploymentStatus.Failed, DeploymentStatus.Terminated],
        [DeploymentStatus.Configuring] = [DeploymentStatus.Starting, DeploymentStatus.Failed, DeploymentStatus.Terminated],
        [DeploymentStatus.Starting] = [DeploymentStatus.Running, DeploymentStatus.Failed, DeploymentStatus.Terminated],
        [DeploymentStatus.Running] =
            [DeploymentStatus.Updating, DeploymentStatus.Failed, DeploymentStatus.Suspended, DeploymentStatus.Terminated],
        [DeploymentStatus.Updating] =
            [DeploymentStatus.Running, DeploymentStatus.Failed, DeploymentStatus.Suspended, DeploymentStatus.Terminated],
        [DeploymentStatus.Failed] =
            [DeploymentStatus.Restarting, DeploymentStatus.Provisioning, DeploymentStatus.Suspended, DeploymentStatus.Terminated],
        [DeploymentStatus.Restarting] =
            [DeploymentStatus.Running, DeploymentStatus.Failed, DeploymentStatus.Suspended, DeploymentStatus.Terminated],
        [DeploymentStatus.Suspended] = [DeploymentStatus.Running, DeploymentStatus.Terminated],
        [DeploymentStatus.Terminated] = [],
    };

    [Fact]
    public void Exactly_the_transitions_of_the_public_contract_are_legal()
    {
        foreach (var from in Enum.GetValues<DeploymentStatus>())
        {
            Assert.Equal(Legal[from].Order(), Enum.GetValues<DeploymentStatus>().Where(to => from.CanBecome(to)).Order());
        }
    }

    [Fact]
    public void An_illegal_transition_names_both_ends()
    {
        var terminated = Deployment() with { Status = DeploymentStatus.Terminated };
        var refused = Assert.Throws<IllegalTransitionException>(() => terminated.To(DeploymentStatus.Running));
        Assert.Contains("terminated", refused.Message, StringComparison.Ordinal);
        Assert.Contains("running", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Going_where_one_is_changes_nothing()
    {
        var deployment = Deployment();
        Assert.Same(deployment, deployment.To(DeploymentStatus.Requested));
    }

    [Fact]
    public void The_newest_operation_is_named_until_another_takes_its_place()
    {
        var taken = Deployment() with { Operation = new("op_1", Operations.OperationKind.Provision, DateTimeOffset.UnixEpoch, "acc_1") };
        var freed = taken with { Operation = null };
        Assert.Equal(("op_1", null), (freed.LastOperation, freed.Operation));
        var again = freed with { Operation = new("op_2", Operations.OperationKind.Terminate, DateTimeOffset.UnixEpoch, "acc_1") };
        Assert.Equal("op_2", again.LastOperation);
    }

    [Fact]
    public void Running_active_and_last_known_good_come_together_and_free_the_deployment()
    {
        var starting = Deployment() with
        {
            Status = DeploymentStatus.Starting,
            Operation = new("op_1", Operations.OperationKind.Provision, DateTimeOffset.UnixEpoch, "payment"),
        };
        var live = starting.Runs(Version(3)).Ended(succeeded: true, DateTimeOffset.UnixEpoch, starting);
        Assert.Equal((DeploymentStatus.Running, 3, 3, null), (live.Status, live.ActiveVersion, live.LastKnownGood, live.Operation));
        Assert.Equal(new("op_1", Succeeded: true, DateTimeOffset.UnixEpoch, Left: null), live.Ending);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_version_that_takes_anothers_place_remembers_it_unless_it_is_not_to_be_trusted(bool distrusted)
    {
        var updating = Deployment() with
        {
            Status = DeploymentStatus.Updating,
            ActiveVersion = 1,
            LastKnownGood = 1,
            FailedRollouts = 2,
            Operation = new("op_1", Operations.OperationKind.Upgrade, DateTimeOffset.UnixEpoch, "me"),
        };
        var next = updating.Runs(Version(2), distrusted);
        Assert.Equal((2, distrusted ? null : 1, 0, "other"), (next.ActiveVersion, next.PreviousGood, next.FailedRollouts, next.Settings.Model));
        Assert.Equal(1, next.Ended(succeeded: true, DateTimeOffset.UnixEpoch, updating).Ending!.Left);
        Assert.Equal(2, updating.Runs(Version(1)).FailedRollouts);
    }

    private static ConfigVersion Version(int number) => new(
        "dep", number, new("image", "starter", new("other", null, false), [], []), ConfigVersionStatus.Pending, DateTimeOffset.UnixEpoch, "me", "");

    internal static Deployment Deployment() => new()
    {
        Id = Ids.New(Ids.Deployment, TimeProvider.System),
        Account = "acc",
        Name = "Ada",
        Slug = "ada",
        Plan = "starter",
        Settings = new(null, null, false),
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
