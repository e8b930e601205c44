using Azure.Data.Tables;
using Launchpad.Local.Faults;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>A cloud that takes an order for a machine and finds afterwards that it has none.</summary>
public sealed class CapacityTests(Theatre theatre) : IClassFixture<Theatre>
{
    [Fact]
    public async Task The_order_waits_as_if_it_had_been_refused_and_goes_on_when_there_is_one()
    {
        theatre.World.Clock.Go();
        await (await theatre.Bots.OrderedAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        theatre.World.Context.Faults.Set(0, [new("allocation", FaultKind.FailBefore, Count: 3)]);
        var said = new HashSet<string>();
        theatre.Product.Before = async (_, _) => said.UnionWith(
            (await theatre.Product.Get<Pager>().OpenAsync(default)).Where(page => page.Kind is PageKind.NoCapacity).Select(page => page.Id));
        try
        {
            var order = await theatre.Product.BeginAsync(OperationKind.Provision);
            await theatre.Product.EndAsync(order);
            theatre.Product.Before = (_, _) => Task.CompletedTask;
            await theatre.Product.SettleAsync();
            var ended = (await theatre.Product.Get<OperationStore>().FindAsync(Bots.Account, order, default))!;
            Assert.Equal((OperationStatus.Succeeded, null), (ended.Status, ended.Failure));
        }
        finally
        {
            theatre.Product.Before = (_, _) => Task.CompletedTask;
            theatre.World.Context.Faults.Clear();
        }

        Assert.Equal(DeploymentStatus.Running, (await theatre.Product.DeploymentAsync()).Status);
        Assert.Single(theatre.World.Machines.Tenants);
        Assert.Single(theatre.World.Cloud.Read().Machines);

        // Somebody was called once, and told that it is over.
        Assert.Single(said);
        var told = await theatre.World.Tables.Pages.QueryAsync<TableEntity>(row => row.PartitionKey == "machines").ToListAsync();
        Assert.NotNull(Assert.Single(told).GetDateTimeOffset("resolvedAt"));
    }
}
