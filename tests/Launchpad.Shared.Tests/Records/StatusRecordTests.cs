using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Tests.Records;

public sealed class StatusRecordTests(Azurite azurite) : StorageTests(azurite)
{
    private DeploymentStore Deployments => new(Tables, Records);

    [Fact]
    public async Task Every_status_is_told_with_where_it_came_from_and_which_operation_it_was()
    {
        await Deployments.AddAsync(Ordered(), Ct);
        await TakeAsync("op_1");
        foreach (var status in new[] { DeploymentStatus.Provisioning, DeploymentStatus.Configuring, DeploymentStatus.Starting })
        {
            await ChangeAsync(deployment => deployment.To(status));
            await ChangeAsync(deployment => deployment.To(status));
        }

        await ChangeAsync(deployment => deployment.To(DeploymentStatus.Running));
        await ChangeAsync(deployment => deployment.ToRestarting() with
        {
            Operation = new("op_2", OperationKind.Restart, DateTimeOffset.UtcNow, "sweep"),
        });
        Assert.Equal(
            [
                $$"""action {{Account}} {"action":"order","plan":"starter"}""",
                """status launchpad {"to":"requested"}""",
                """status launchpad {"from":"requested","operation":"op_1","to":"provisioning"}""",
                """status launchpad {"from":"provisioning","operation":"op_1","to":"configuring"}""",
                """status launchpad {"from":"configuring","operation":"op_1","to":"starting"}""",
                """status launchpad {"from":"starting","operation":"op_1","to":"running"}""",
                """status launchpad {"from":"running","operation":"op_2","to":"failed"}""",
                """status launchpad {"from":"failed","operation":"op_2","to":"restarting"}""",
            ],
            await TalesAsync());
    }

    /// <summary>The row is saved and the process dies before it is recorded: who comes next records it, once and in its place.</summary>
    [Theory]
    [InlineData("the same activity again")]
    [InlineData("the next change")]
    [InlineData("a reader of the record")]
    public async Task A_crash_between_a_status_and_its_record_is_repaired(string next)
    {
        await Deployments.AddAsync(Ordered(), Ct);
        await TakeAsync("op_1");
        var dying = new DeploymentStore(Tables, new RecordStore(
            await FaultyAsync(request => RecordStoreTests.IsWrite(request) ? CallFault.Crash : CallFault.None), TimeProvider.System));
        await Assert.ThrowsAnyAsync<Exception>(
            () => dying.ChangeAsync(Account, Deployment, deployment => deployment.To(DeploymentStatus.Provisioning), Ct));
        Assert.Equal(DeploymentStatus.Provisioning, (await Deployments.GetAsync(Account, Deployment, Ct)).Status);
        Assert.Equal(2, (await ChainAsync()).Count);

        await (next switch
        {
            "the next change" => ChangeAsync(deployment => deployment.To(DeploymentStatus.Configuring)),
            "the same activity again" => ChangeAsync(deployment => deployment.To(DeploymentStatus.Provisioning)),
            _ => Deployments.RecordAsync(await Deployments.GetAsync(Account, Deployment, Ct), Ct),
        });
        Assert.Contains("provisioning", await StatusesAsync());
        await ChangeAsync(
            deployment => deployment.Status is DeploymentStatus.Provisioning ? deployment.To(DeploymentStatus.Configuring) : null);

        Assert.Equal(["requested", "provisioning", "configuring"], await StatusesAsync());
    }

    [Fact]
    public async Task An_order_that_died_before_it_was_recorded_is_recorded_by_the_next_change()
    {
        var dying = new DeploymentStore(Tables, new RecordStore(
            await FaultyAsync(request => RecordStoreTests.IsWrite(request) ? CallFault.Crash : CallFault.None), TimeProvider.System));
        await Assert.ThrowsAnyAsync<Exception>(() => dying.AddAsync(Ordered(), Ct));
        await ChangeAsync(deployment => deployment.To(DeploymentStatus.Provisioning));
        Assert.Equal(["requested", "provisioning"], await StatusesAsync());
    }

    [Fact]
    public async Task Of_two_that_race_only_the_change_that_was_saved_is_recorded()
    {
        await Deployments.AddAsync(Ordered(), Ct);
        var read = await Deployments.GetAsync(Account, Deployment, Ct);
        Assert.True(await Deployments.TrySaveAsync(read.To(DeploymentStatus.Provisioning), Ct));
        Assert.False(await Deployments.TrySaveAsync(read.To(DeploymentStatus.Terminated), Ct));
        Assert.Equal(["requested", "provisioning"], await StatusesAsync());
    }

    /// <summary>Random walks through the state machine with crashes on the way tell of every state once, in order.</summary>
    [Fact]
    public async Task Whatever_way_a_deployment_goes_and_wherever_it_crashes_its_record_is_its_way()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var dying = new DeploymentStore(Tables, new RecordStore(
            await FaultyAsync(request => RecordStoreTests.IsWrite(request) && random.Next(3) == 0 ? CallFault.Crash : CallFault.None),
            TimeProvider.System));
        await Deployments.AddAsync(Ordered(), Ct);
        var way = new List<string> { "requested" };
        for (var step = 0; step < 25; step++)
        {
            var current = await Deployments.GetAsync(Account, Deployment, Ct);
            var ways = Enum.GetValues<DeploymentStatus>()
                .Where(next => current.Status.CanBecome(next) && next != DeploymentStatus.Terminated);
            var to = random.GetItems(ways.ToArray(), 1)[0];
            try
            {
                await dying.ChangeAsync(Account, Deployment, deployment => deployment.To(to), Ct);
            }
            catch (ProcessDiedException)
            {
                // It died before the save, when the change before it was not recorded yet, or after it.
            }

            if ((await Deployments.GetAsync(Account, Deployment, Ct)).Status == to)
            {
                way.Add(to.Wire());
            }
        }

        await Deployments.RecordAsync(await Deployments.GetAsync(Account, Deployment, Ct), Ct);
        Assert.True(way.SequenceEqual(await StatusesAsync()), $"seed {seed}: {string.Join(' ', way)}");
    }

    private async Task<IEnumerable<string>> StatusesAsync() => (await ChainAsync())
        .Where(row => row.Kind == RecordKinds.Status)
        .Select(row => System.Text.Json.JsonElement.Parse(row.Data).GetProperty("to").GetString()!);

    private Task<Deployment> TakeAsync(string operation) => ChangeAsync(deployment => deployment with
    {
        Operation = new(operation, OperationKind.Provision, TimeProvider.System.GetUtcNow(), "payment"),
    });

    private Task<Deployment> ChangeAsync(Func<Deployment, Deployment?> change) => Deployments.ChangeAsync(Account, Deployment, change, Ct);
}
