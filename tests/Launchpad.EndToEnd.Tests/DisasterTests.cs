using System.Net;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>The walk of docs/runbooks/disaster.md.</summary>
public sealed class DisasterTests : IAsyncLifetime
{
    private readonly Stack stack = new(slot: 4, image: "tiny");

    public Task InitializeAsync() => stack.UpAsync();

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task A_stack_whose_home_is_lost_comes_back_with_its_machines_and_says_what_did_not()
    {
        using var customer = await stack.SignedUpAsync();
        var (kept, _) = await customer.RunningAsync();
        await customer.BackedUpAsync(kept);
        using (var door = await TinyDoor.OfAsync(stack, customer, kept))
        {
            await door.AskAsync("Remember me");
        }

        await stack.BackUpAsync();
        var known = await stack.MachinesAsync();
        var (late, _) = await customer.RunningAsync(new { name = "Grace", plan = "dedicated" });
        var unknown = Assert.Single((await stack.MachinesAsync()).Except(known));
        await stack.LoseHomeAsync();

        var said = await stack.RestoreAsync();
        var loss = Assert.Single(said, line => line.Contains("machine", StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith("MachineUnknown", loss, StringComparison.Ordinal);
        Assert.EndsWith(loss.Split(' ', ':')[1], unknown, StringComparison.Ordinal);
        Assert.DoesNotContain(said, line => line.StartsWith("SecretMissing", StringComparison.Ordinal));

        await stack.UpAsync();
        using (var door = await TinyDoor.OfAsync(stack, customer, kept))
        {
            await AnswersAsync(door);
            Assert.InRange((await door.AboutAsync()).Messages, 2, long.MaxValue);
        }

        await stack.SettledAsync();
        var asked = await customer.DoAsync(HttpMethod.Post, $"deployments/{kept}/test-message", new { text = "Still there?" });
        Assert.Contains("Still there?", asked.Result, StringComparison.Ordinal);
        await customer.BackedUpAsync(kept);
        var gone = await Assert.ThrowsAsync<RefusedException>(() => customer.DeploymentAsync(late, Stack.Within(1)));
        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
        Assert.Contains(unknown, await stack.MachinesAsync());
    }

    /// <summary>Its machine was started again, because what it had of the old home is gone; the control plane sees that it needs its secrets.
    /// An operation that is asked for meanwhile would only be in the way.</summary>
    private static async Task AnswersAsync(TinyDoor door)
    {
        for (var ct = Stack.Within(2); ; await Task.Delay(500, ct))
        {
            try
            {
                await door.AskAsync("Still there?");
                return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
    }
}
