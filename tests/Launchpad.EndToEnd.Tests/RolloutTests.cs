using System.Text.Json.Nodes;
using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Changes of a bot that runs: each ends in the new version or in the one before, and the bot's own counters on its volume say
/// whether it was stopped and whether its data is there.</summary>
[Collection(OnRolloutStack.Name)]
public sealed class RolloutTests(OnRolloutStack.Fixture fixture) : OnSharedStackTests(fixture)
{
    [Fact]
    public async Task A_previewed_change_is_applied_by_its_token_once_and_keeps_the_data()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        var previewed = await customer.ChangeAsync(deployment, HttpMethod.Patch, "config?preview=true", new { instructions = "Be brief." });
        Assert.Equal("succeeded", previewed.Status);
        Assert.Equal(new(Boots: 1, Messages: 1), await bot.AboutAsync());
        var preview = JsonNode.Parse(previewed.Result!)!;
        Assert.Equal(("instructions", "low"), ((string)preview["diff"]!["changes"]![0]!["path"]!, (string)preview["diff"]!["risk"]!));
        Assert.InRange((int)preview["downtimeSeconds"]!, 1, 60);

        var applied = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/apply", new { preview = (string)preview["token"]! });
        Assert.True(applied.Status == "succeeded", $"{applied.Failure}");
        Assert.Equal(["candidate-data", "candidate-answer", "switch", "hold", "complete"], applied.Names(
            "candidate-data", "candidate-answer", "switch", "hold", "complete"));

        // The candidate booted and answered on a copy: of that the bot's own volume knows nothing.
        Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());
        var again = await Assert.ThrowsAsync<RefusedException>(() =>
            customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/apply", new { preview = (string)preview["token"]! }));
        Assert.Contains("preview-void", again.Message, StringComparison.Ordinal);

        var versions = await customer.SendAsync(HttpMethod.Get, $"deployments/{deployment}/versions", null, Stack.Within(1));
        Assert.Equal(
            ["2 active", "1 superseded"],
            versions.RootElement.GetProperty("versions").EnumerateArray().Select(version =>
                $"{version.GetProperty("version")} {version.GetProperty("status")}"));

        // The record names what was before and after by hashes that the versions answer for.
        string[] hashes = [.. versions.RootElement.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("hash").GetString()![..12])];
        Assert.Contains($"Version 2, {hashes[0]}…, from version 1, {hashes[1]}…: instructions", applied.Steps.Select(step => step.Detail));
        await customer.DeletedAsync(deployment);
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task What_cannot_be_right_is_refused_before_anything_is_touched()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        var unseen = await Assert.ThrowsAsync<RefusedException>(() =>
            customer.SendAsync(HttpMethod.Patch, $"deployments/{deployment}/config", new { model = "m" }, Stack.Within(1)));
        Assert.Equal(428, (int)unseen.Status);
        var stale = await Assert.ThrowsAsync<RefusedException>(() =>
            customer.ChangeAsync(deployment, HttpMethod.Patch, "config", new { model = "m" }, "\"v7\""));
        Assert.Equal(412, (int)stale.Status);
        foreach (var own in new object[] { new { gateway = new { port = 1 } }, new { agents = new { defaults = "x" } }, new { models = 1 } })
        {
            var owned = await Assert.ThrowsAsync<RefusedException>(() =>
                customer.ChangeAsync(deployment, HttpMethod.Patch, "config", new { config = own }));
            Assert.Contains("belongs to the control plane", owned.Message, StringComparison.Ordinal);
        }

        var unknown = await customer.ChangeAsync(deployment, HttpMethod.Patch, "config", new { config = new { nonsense = 1 } });
        Assert.Equal(("failed", "config-invalid"), (unknown.Status, unknown.Failure?.Code));
        Assert.Contains("nonsense", unknown.Failure!.Message, StringComparison.Ordinal);
        var same = await customer.ChangeAsync(deployment, HttpMethod.Patch, "config", new { config = (object?)null });
        Assert.Equal("nothing-to-change", same.Failure?.Code);
        Assert.Equal(new(Boots: 1, Messages: 0), await bot.AboutAsync());
        Assert.Equal("running", (await customer.DeploymentAsync(deployment, Stack.Within(1))).Status);
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task A_broken_version_leaves_the_bot_as_it_was_and_three_of_them_pause_upgrades()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");

        foreach (var tag in (string[])["broken", "broken-later"])
        {
            var failed = await customer.ChangeAsync(deployment, HttpMethod.Post, "upgrade", new { tag });
            Assert.Equal("candidate-failed", failed.Failure?.Code);
            Assert.Equal(new(Boots: 1, Messages: 1), await bot.AboutAsync());
        }

        // Only in its place does this one fail: the first gate lets it through, and what the bot learned since the switch goes.
        var late = await customer.ChangeAsync(
            deployment, HttpMethod.Post, "upgrade", new { tag = "broken-with-channels", data = "as-at-switch" });
        Assert.Equal(("failed", "never-ready"), (late.Status, late.Failure?.Code));
        Assert.Equal(["return-data", "return-bot"], late.Names("return-data", "return-bot"));
        Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());
        var state = await customer.DeploymentAsync(deployment, Stack.Within(1));
        Assert.Equal(("running", 1, 1), (state.Status, state.ActiveVersion, state.LastKnownGood));

        var paused = await Assert.ThrowsAsync<RefusedException>(() =>
            customer.ChangeAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "1.0.1" }));
        Assert.Contains("upgrades-paused", paused.Message, StringComparison.Ordinal);
        await customer.SendAsync(
            HttpMethod.Put, $"deployments/{deployment}/updates", new { pinned = false, resumeUpgrades = true }, Stack.Within(1));
        Assert.Equal("succeeded", (await customer.ChangeAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "1.0.1" })).Status);
        Assert.Equal("succeeded", (await customer.ChangeAsync(deployment, HttpMethod.Post, "rollback", new { })).Status);
        Assert.Equal(1, (await customer.DeploymentAsync(deployment, Stack.Within(1))).ActiveVersion);
        Assert.Equal([deployment], await stack.BotsAsync());
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task A_rollback_takes_the_data_as_it_is_or_as_the_version_left_it()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        var none = await Assert.ThrowsAsync<RefusedException>(() =>
            customer.ChangeAsync(deployment, HttpMethod.Post, "rollback", new { version = 1, data = "as-at-switch" }));
        Assert.Equal(400, (int)none.Status);
        var upgraded = await customer.ChangeAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "1.0.1" });
        Assert.True(upgraded.Status == "succeeded", $"{upgraded.Failure}");
        await bot.AskAsync("two");
        Assert.Equal(new(Boots: 2, Messages: 2), await bot.AboutAsync());

        var back = await customer.ChangeAsync(deployment, HttpMethod.Post, "rollback", new { data = "as-at-switch" });
        Assert.True(back.Status == "succeeded", $"{back.Failure}");
        Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());

        // What the newer version knew was kept in turn.
        var forth = await customer.ChangeAsync(deployment, HttpMethod.Post, "rollback", new { data = "as-at-switch" });
        Assert.True(forth.Status == "succeeded", $"{forth.Failure}");
        Assert.Equal(new(Boots: 3, Messages: 2), await bot.AboutAsync());
        Assert.Equal(2, (await customer.DeploymentAsync(deployment, Stack.Within(1))).ActiveVersion);
        await customer.DeletedAsync(deployment);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_change_that_was_taken_though_the_store_failed_to_say_so_is_made()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        await stack.SetFaultsAsync(new
        {
            service = "storage",
            method = "PUT",
            path = "^/devstoreaccount1/deployments",
            fault = "failAfter",
            count = 1,
        });
        var change = await customer.BeginAsync(deployment, HttpMethod.Patch, "config", new { instructions = "Be brief." });
        Assert.Equal(1, await stack.FaultHitsAsync());
        await stack.SetFaultsAsync();
        var ended = await customer.FinishedAsync(change, null, Stack.Within(3));
        Assert.True(ended.Status == "succeeded", $"{ended.Failure}");
        await customer.DeletedAsync(deployment);
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_cancelled_change_is_taken_back_and_a_deletion_is_too()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");
        var change = await customer.BeginAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "1.0.1" });
        await customer.SeesAsync(change, "hold");
        using (var view = await customer.SendAsync(HttpMethod.Get, $"operations/{change}", null, Stack.Within(1)))
        {
            Assert.Contains(
                "last known good", view.RootElement.GetProperty("ifCancelled")[0].GetString(), StringComparison.Ordinal);
        }

        await customer.StartAsync(HttpMethod.Post, $"operations/{change}/cancel", null, Stack.Within(1));
        var cancelled = await customer.FinishedAsync(change, null, Stack.Within(2));
        Assert.Equal("cancelled", cancelled.Failure?.Code);
        Assert.Equal(new(Boots: 3, Messages: 1), await bot.AboutAsync());

        var suspended = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/suspend");
        Assert.True(suspended.Status == "succeeded", $"{suspended.Failure}");
        Assert.Empty(await stack.BotsAsync());
        var resumed = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/resume");
        Assert.True(resumed.Status == "succeeded", $"{resumed.Failure}");
        Assert.Equal(new(Boots: 4, Messages: 1), await bot.AboutAsync());

        var deletion = (await customer.StartAsync(HttpMethod.Delete, $"deployments/{deployment}", null, Stack.Within(1)))!;
        await customer.SeesAsync(deletion, "undo-window");
        await customer.BecomesAsync(deployment, "suspended");
        await customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/undelete", null, Stack.Within(1));
        Assert.Equal("succeeded", (await customer.FinishedAsync(deletion, null, Stack.Within(2))).Status);
        Assert.Equal("running", (await customer.DeploymentAsync(deployment, Stack.Within(1))).Status);
        Assert.Equal(new(Boots: 5, Messages: 1), await bot.AboutAsync());

        // And a deletion in the middle of a change wins.
        var loser = await customer.BeginAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "1.0.1" });
        await customer.SeesAsync(loser, "candidate-start");
        await customer.DeletedAsync(deployment);
        Assert.Equal("preempted", (await customer.FinishedAsync(loser, null, Stack.Within(1))).Failure?.Code);
        Assert.Empty(await Leftovers.OfAsync(stack, deployment));
        Assert.Empty(await stack.BotsAsync());
    }
}
