using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>The machine of a bot goes for good before an activity of a saga, whichever that is.</summary>
public sealed class LostMachineTests(Theatre theatre, ITestOutputHelper output) : Meddling(theatre, output)
{
    public static TheoryData<string> Lost => [.. Sample.Of(nameof(Lost), [.. All.Keys], 2)];

    /// <summary>With all that is on it. A bot that had run comes up on another one.</summary>
    [Theory]
    [MemberData(nameof(Lost))]
    public async Task What_its_machine_is_lost_to_goes_on_elsewhere(string name)
    {
        // An address that a lost machine had is not given to another one of this theatre.
        foreach (var story in Lost)
        {
            await Story.All[story].From(Theatre.Bots);
        }

        var (_, activities) = await TellAsync(name, at: -1);
        foreach (var at in Points(name, activities))
        {
            await MeddleAsync(name, at, LoseAsync);
        }
    }

    private async Task LoseAsync()
    {
        if ((await Theatre.Product.DeploymentAsync()).Vm is { } vm && Theatre.World.Machines.Tenants.ContainsKey(VmGateway.ResourceName(vm)))
        {
            Theatre.World.Cloud.Update(state => state with { Machines = state.Machines.Remove(VmGateway.ResourceName(vm)) });
            await Theatre.World.Machines.StopAsync(VmGateway.ResourceName(vm), default);
            await Theatre.Product.Get<HeartbeatStore>().MissAsync(vm, Theatre.World.Clock.GetUtcNow(), default);
        }
    }
}
