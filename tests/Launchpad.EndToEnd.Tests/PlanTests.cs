using System.Text.Json.Nodes;
using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A bot that goes from one plan to another: its machine gives it what the plan grants, its subscription asks for what the plan
/// costs, and where it does not work both are what they were.</summary>
[Collection(OnRolloutStack.Name)]
public sealed class PlanTests(OnRolloutStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    [Fact]
    public async Task A_larger_plan_is_previewed_applied_and_given_back_with_the_data_there()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        Assert.Equal(Granted.Starter, await Granted.OfAsync(stack, deployment));

        var previewed = await customer.ChangeAsync(deployment, HttpMethod.Patch, "config?preview=true", new { plan = "plus" });
        Assert.True(previewed.Status == "succeeded", $"{previewed.Failure}");
        var preview = JsonNode.Parse(previewed.Result!)!;
        Assert.Equal(("plan", "medium"), ((string)preview["diff"]!["changes"]![0]!["path"]!, (string)preview["diff"]!["risk"]!));
        Assert.Equal((1900, 3900), ((int)preview["price"]!["fromMonthlyCents"]!, (int)preview["price"]!["toMonthlyCents"]!));
        Assert.Equal(Granted.Starter, await Granted.OfAsync(stack, deployment));

        var applied = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/apply", new { preview = (string)preview["token"]! });
        Assert.True(applied.Status == "succeeded", $"{applied.Failure}");
        Assert.Equal(["plan-room", "candidate-answer", "price", "switch"], applied.Names("plan-room", "candidate-answer", "price", "switch"));
        Assert.Equal(Granted.Plus, await Granted.OfAsync(stack, deployment));
        Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());

        // Back to the version before is back to its plan, and its smaller volume.
        var back = await customer.ChangeAsync(deployment, HttpMethod.Post, "rollback", new { });
        Assert.True(back.Status == "succeeded", $"{back.Failure}");
        Assert.Equal(Granted.Starter, await Granted.OfAsync(stack, deployment));
        Assert.Equal(new(Boots: 3, Messages: 1), await bot.AboutAsync());
        await customer.DeletedAsync(deployment);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_change_of_plan_that_is_cancelled_costs_nothing()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        var change = await customer.BeginAsync(deployment, HttpMethod.Patch, "config", new { plan = "plus" });
        await customer.SeesAsync(change, "hold");
        Assert.Equal(Granted.Plus, await Granted.OfAsync(stack, deployment));
        using (var view = await customer.SendAsync(HttpMethod.Get, $"operations/{change}", null, Stack.Within(1)))
        {
            Assert.Contains("costs what it did", $"{view.RootElement.GetProperty("ifCancelled")}", StringComparison.Ordinal);
        }

        await customer.StartAsync(HttpMethod.Post, $"operations/{change}/cancel", null, Stack.Within(1));
        var cancelled = await customer.FinishedAsync(change, null, Stack.Within(2));
        Assert.Equal(("failed", "cancelled"), (cancelled.Status, cancelled.Failure?.Code));
        Assert.Contains("return-plan", cancelled.Names("return-plan"));
        Assert.Equal(Granted.Starter, await Granted.OfAsync(stack, deployment));
        Assert.Equal("running", (await customer.DeploymentAsync(deployment, Stack.Within(1))).Status);
        await customer.DeletedAsync(deployment);
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task What_no_plan_can_be_is_refused_before_anything_is_touched()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync(new { name = "Ada", plan = "plus" });
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            customer.ChangeAsync(deployment, HttpMethod.Patch, "config", new { plan = "gold" }));
        Assert.Contains("GET /api/plans", refused.Message, StringComparison.Ordinal);

        var same = await customer.ChangeAsync(deployment, HttpMethod.Patch, "config", new { plan = "plus" });
        Assert.Equal("nothing-to-change", same.Failure?.Code);
        Assert.Equal(Granted.Plus, await Granted.OfAsync(stack, deployment));
        await customer.DeletedAsync(deployment);
    }
}
