using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A bot that goes to another machine with all it has: because its plan wants another kind, and because an operator empties its
/// own.</summary>
[Collection(OnOneStack.Name)]
public sealed class MoveTests(OnOneStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    [Fact]
    public async Task A_bot_changes_the_kind_of_its_machine_and_is_moved_off_one_that_is_emptied()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        var shared = await stack.VmOfAsync(deployment);

        var previewed = await customer.ChangeAsync(deployment, HttpMethod.Patch, "config?preview=true", new { plan = "dedicated" });
        Assert.True(previewed.Status == "succeeded", $"{previewed.Failure}");
        var preview = JsonNode.Parse(previewed.Result!)!;
        Assert.True((bool)preview["moves"]!);
        Assert.Contains(preview["checks"]!.AsArray(), check => $"{check}".Contains("another machine", StringComparison.Ordinal));

        var larger = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/apply", new { preview = (string)preview["token"]! });
        Assert.True(larger.Status == "succeeded", $"{larger.Failure}");
        Assert.Equal(
            ["backup", "candidate-answer", "vacate", "last-backup", "restore-data", "hold", "route"],
            larger.Names("backup", "candidate-answer", "vacate", "last-backup", "restore-data", "hold", "route"));
        var own = await stack.VmOfAsync(deployment);
        Assert.NotEqual(shared, own);
        await HasAsync(bot, messages: 1);
        Assert.Equal("dedicated", (await customer.AskedAsync(HttpMethod.Get, $"deployments/{deployment}"))["plan"]!.GetValue<string>());
        await GoneAsync(shared, deployment);

        await bot.AskAsync("two");
        await stack.OperatorAsync("drain", own);
        await stack.FireAsync("DrainMachines");
        var moved = await customer.FinishedAsync(await MoveAsync(customer, deployment), null, Stack.Within(5));
        Assert.True(moved.Status == "succeeded", $"{moved.Failure}");
        await HasAsync(bot, messages: 2);
        Assert.NotEqual(own, await stack.VmOfAsync(deployment));
        await UntilAsync(async () => !(await stack.OperatorAsync("machines")).Any(line => line.StartsWith(own, StringComparison.Ordinal)));
        Assert.DoesNotContain(await stack.MachinesAsync(), machine => machine.EndsWith(own[3..].ToLowerInvariant(), StringComparison.Ordinal));

        var smaller = await customer.ChangeAsync(deployment, HttpMethod.Patch, "config", new { plan = "starter" });
        Assert.True(smaller.Status == "succeeded", $"{smaller.Failure}");
        await HasAsync(bot, messages: 2);
        await customer.DeletedAsync(deployment);
        await UntilAsync(async () => (await Leftovers.OfAsync(stack, deployment)).Count == 0);
        await UntilAsync(async () => (await stack.OperatorAsync("machines")).Count == (await stack.MachinesAsync()).Length);
    }

    /// <summary>Its name leads there in the moment that the move ends; whoever looked it up before asks again.</summary>
    private static Task HasAsync(TinyDoor bot, int messages) => UntilAsync(async () =>
    {
        try
        {
            return (await bot.AboutAsync()).Messages == messages;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    /// <summary>Nothing of it is left on the machine that it was on, nor its room.</summary>
    private Task GoneAsync(string vm, string deployment) => UntilAsync(async () => (await Leftovers.OfAsync(stack, deployment))
            .All(found => !found.Contains(vm, StringComparison.Ordinal) && !found.Contains(vm[3..].ToLowerInvariant(), StringComparison.Ordinal)));

    private static async Task<string> MoveAsync(Customer customer, string deployment)
    {
        for (var ct = Stack.Within(1); ; await Task.Delay(200, ct))
        {
            var state = await customer.AskedAsync(HttpMethod.Get, $"deployments/{deployment}");
            if (state["lastOperation"] is { } last && (await customer.AskedAsync(HttpMethod.Get, $"operations/{last}"))["kind"]!.GetValue<string>() == "move"
                && state["status"]!.GetValue<string>() == "updating")
            {
                return last.GetValue<string>();
            }
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var ct = Stack.Within(2); !await isSo(); await Task.Delay(2_000, ct))
        {
        }
    }
}
