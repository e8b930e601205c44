using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>A bot that runs as it shall, and answers nobody.</summary>
public sealed class HangTests(Theatre theatre) : IClassFixture<Theatre>
{
    [Fact]
    public async Task A_restart_brings_it_back_in_the_container_that_it_has()
    {
        theatre.World.Clock.Go();
        await (await theatre.Bots.RunningAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        var machine = VmGateway.ResourceName((await theatre.Product.DeploymentAsync()).Vm!);
        var before = theatre.World.Machines.Tenants[machine][Bots.Deployment];
        theatre.World.Machines.Change(machine, Bots.Deployment, there => there with { Hangs = true });

        await theatre.Product.EndAsync(await theatre.Product.BeginAsync(OperationKind.Restart));
        await theatre.Product.SettleAsync();

        Assert.Equal(DeploymentStatus.Running, (await theatre.Product.DeploymentAsync()).Status);
        Assert.Equal(before, theatre.World.Machines.Tenants[machine][Bots.Deployment]);
    }
}
