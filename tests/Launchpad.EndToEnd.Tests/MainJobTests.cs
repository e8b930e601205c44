using System.Net;
using System.Text.Json;
using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

[Collection(OnOneStack.Name)]
public sealed class MainJobTests(OnOneStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    [Fact]
    public async Task A_payment_ends_in_a_bot_that_answers_and_a_deletion_leaves_nothing()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, operation) = await customer.RunningAsync();
        Assert.All(operation.Steps, step => Assert.Equal("done", step.Status));
        Assert.Equal(
            ["validate", "verify-image", "reserve", "seal-config", "configure", "pull", "start", "health", "route", "complete"],
            operation.Steps.Select(step => step.Name).Where(name => name is not "create-vm" and not "boot-vm"));

        var state = await customer.DeploymentAsync(deployment, Stack.Within(1));
        Assert.Equal(("running", 1, 1, null), (state.Status, state.ActiveVersion, state.LastKnownGood, state.Operation));

        using (var door = new BotDoor(new Uri(state.Url!), stack.CaPath))
        {
            var token = await customer.GatewayTokenAsync(deployment, Stack.Within(1));
            Assert.Contains("Is anybody there?", await door.AskAsync("Is anybody there?", token, Stack.Within(1)), StringComparison.Ordinal);
            await Assert.ThrowsAsync<HttpRequestException>(() => door.AskAsync("Let me in", "a-wrong-token", Stack.Within(1)));
        }

        var asked = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/test-message", new { text = "Say cheese" });
        Assert.Contains("Say cheese", asked.Result, StringComparison.Ordinal);
        Assert.Single(await stack.BotsAsync(), deployment);

        await customer.DeletedAsync(deployment);
        Assert.Equal("terminated", (await customer.DeploymentAsync(deployment, Stack.Within(1))).Status);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
        await Leftovers.AssertMachinesAgreeAsync(stack);
        await Assert.ThrowsAnyAsync<Exception>(() => new BotDoor(new Uri(state.Url!), stack.CaPath).AskAsync("Hello?", "x", Stack.Within(1)));
    }

    [Fact]
    public async Task What_the_bot_wrote_can_be_read()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        JsonElement lines;
        do
        {
            using var logs = await customer.SendAsync(HttpMethod.Get, $"deployments/{deployment}/logs?tail=50", null, Stack.Within(1));
            lines = logs.RootElement.GetProperty("lines").Clone();
        }
        while (lines.GetArrayLength() == 0);

        Assert.All(lines.EnumerateArray(), line => Assert.NotEqual("", line.GetProperty("stream").GetString()));
        await customer.DeletedAsync(deployment);
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_dedicated_bot_has_a_machine_of_its_own_and_takes_it_along()
    {
        using var customer = await stack.SignedUpAsync();
        var before = await stack.MachinesAsync();
        var (deployment, operation) = await customer.RunningAsync(new { name = "Grace", plan = "dedicated" });
        Assert.Contains(operation.Steps, step => step.Name == "create-vm");
        Assert.Single((await stack.MachinesAsync()).Except(before));

        await customer.DeletedAsync(deployment);
        Assert.Empty((await stack.MachinesAsync()).Except(before));
        await Leftovers.AssertMachinesAgreeAsync(stack);
    }

    [Fact]
    public async Task Orders_at_once_do_not_add_a_machine_each()
    {
        using var customer = await stack.SignedUpAsync();
        var before = await stack.MachinesAsync();
        var bought = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => customer.RunningAsync()));
        Assert.InRange((await stack.MachinesAsync()).Except(before).Count(), 0, 1);
        Assert.Equal(3, (await stack.BotsAsync()).Count);
        await Task.WhenAll(bought.Select(one => customer.DeletedAsync(one.Deployment)));
        Assert.Empty(await stack.BotsAsync());
    }

    [Fact]
    public async Task A_second_operation_is_told_who_is_busy_and_deleting_wins()
    {
        using var customer = await stack.SignedUpAsync();
        var deployment = await customer.BuyAsync();
        var provision = await customer.BegunAsync(deployment, Stack.Within(1));
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/test-message", new { text = "Hello" }, Stack.Within(1)));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains(provision, refused.Message, StringComparison.Ordinal);

        await customer.DeletedAsync(deployment);
        Assert.Equal("failed", (await customer.OperationAsync(provision, Stack.Within(1))).Status);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
    }
}
