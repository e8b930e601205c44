using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A cloud that has no machine to give: who waits is told for what, and gets it when it is there.</summary>
[Collection(OnOneStack.Name)]
public sealed class CapacityTests(OnOneStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    private const int Plenty = 1_000;
    private static readonly object Dedicated = new { name = "Grace", plan = "dedicated" };

    [Fact]
    public async Task An_order_waits_for_a_machine_says_why_and_goes_on_when_there_is_one()
    {
        using var customer = await stack.SignedUpAsync();
        try
        {
            await stack.SetCoresAsync(1);
            var deployment = await customer.BuyAsync(Dedicated);
            var provision = await customer.BegunAsync(deployment, Stack.Within(1));
            var detail = await WaitsAsync(customer, provision);
            Assert.Contains("of 1 cores are free in westeurope, and 2 are needed.", detail, StringComparison.Ordinal);
            Assert.Contains("It is asked again until 20", detail, StringComparison.Ordinal);

            await stack.SetCoresAsync(Plenty);
            var ended = await customer.FinishedAsync(provision, null, Stack.Within(3));
            Assert.True(ended.Status == "succeeded", $"{ended.Failure}");
            await customer.DeletedAsync(deployment);
            await Leftovers.AssertMachinesAgreeAsync(stack);
        }
        finally
        {
            await stack.SetCoresAsync(Plenty);
        }
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task An_order_that_waits_for_a_machine_can_be_deleted()
    {
        using var customer = await stack.SignedUpAsync();
        try
        {
            await stack.SetCoresAsync(1);
            var deployment = await customer.BuyAsync(Dedicated);
            var provision = await customer.BegunAsync(deployment, Stack.Within(1));
            await WaitsAsync(customer, provision);
            await customer.DeletedAsync(deployment);
            Assert.Equal("preempted", (await customer.OperationAsync(provision, Stack.Within(1))).Failure?.Code);
            Assert.Empty(await Leftovers.OfAsync(stack, deployment));
            await Leftovers.AssertMachinesAgreeAsync(stack);
        }
        finally
        {
            await stack.SetCoresAsync(Plenty);
        }
    }

    private static async Task<string> WaitsAsync(Customer customer, string provision)
    {
        for (var ct = Stack.Within(1); ; await Task.Delay(500, ct))
        {
            var now = await customer.OperationAsync(provision, ct);
            Assert.False(now.IsFinished, $"{now.Failure}");
            if (now.Steps.FirstOrDefault(step => step.Name == "create-vm") is { Status: "started", Detail: { } detail } && detail.Contains("cores", StringComparison.Ordinal))
            {
                return detail;
            }
        }
    }
}
