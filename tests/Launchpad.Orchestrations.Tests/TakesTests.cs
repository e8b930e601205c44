using Azure;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Tests;

/// <summary>A sweep takes a bot, and is cut off after any of its writes.</summary>
public sealed class TakesTests : OnTables
{
    private static readonly OperationTarget s_input = new(Operation, Account, Id);

    [Fact]
    public async Task Whoever_follows_the_name_of_an_operation_finds_it_wherever_the_take_was_cut_off()
    {
        await AddAsync(DeploymentStatus.Running, operation: null);
        var isTaken = false;
        for (var writes = 0; !isTaken; writes++)
        {
            isTaken = await TakeAsync(writes);
            var held = (await DeploymentAsync()).Operation;
            if (held is not null)
            {
                Assert.Equal(Operation, held.Id);
                Assert.NotNull(await FindAsync());
            }

            Assert.True(writes < 10, "The take does not come to its end.");
        }

        Assert.Equal((DeploymentStatus.Restarting, Operation), ((await DeploymentAsync()).Status, (await DeploymentAsync()).Operation!.Id));
    }

    [Fact]
    public async Task An_operation_that_lost_its_deployment_to_another_never_was()
    {
        await AddAsync(DeploymentStatus.Running, operation: null);
        var writes = 0;
        while (await FindAsync() is null)
        {
            Assert.False(await TakeAsync(++writes));
        }

        var deployments = Get<DeploymentStore>();
        const string Other = "op_01K00000000000000000000000Q";
        Assert.True(await deployments.TrySaveAsync((await DeploymentAsync()).ToRestarting() with
        {
            Operation = new(Other, OperationKind.Restart, DateTimeOffset.UtcNow, "me"),
        }, default));
        Assert.Null((await New<RecoverActivities>().TakeCareOf(s_input, default)).Restart);
        Assert.Null(await FindAsync());
        Assert.Equal(Other, (await DeploymentAsync()).Operation!.Id);
    }

    private Task<Shared.Operations.Operation?> FindAsync() => Get<Shared.Operations.OperationStore>().FindAsync(Account, Operation, default);

    private async Task<bool> TakeAsync(int writes)
    {
        Writes.Left = writes;
        try
        {
            return (await New<RecoverActivities>().TakeCareOf(s_input, default)).Restart is not null;
        }
        catch (RequestFailedException cut) when (cut.Status == 403)
        {
            return false;
        }
        finally
        {
            Writes.Left = null;
        }
    }
}
