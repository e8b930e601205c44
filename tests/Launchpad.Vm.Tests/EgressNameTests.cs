using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A provider that moves behind its name while a bot runs.</summary>
[Collection(MachineCollection.Name)]
public sealed class EgressNameTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01NAMES";
    private const string Before = "10.254.0.1";
    private const string After = "10.254.0.2";

    private ApplyRequest Request => Desired.State(Bot, machine.Image) with { Egress = ["provider.test:9000"] };

    public Task InitializeAsync() => machine.OnVmAsync($"""
        ip address replace {After}/32 dev lo
        setsid socat TCP-LISTEN:9000,bind={After},reuseaddr,fork UNIX-CONNECT:/run/pocket/models.sock >/dev/null 2>&1 &
        """);

    public async Task DisposeAsync()
    {
        await NameAsync(null);
        await machine.RemoveAsync(Bot);
        await machine.OnVmAsync($"pkill -f [b]ind={After}; ip address del {After}/32 dev lo");
    }

    [Fact]
    public async Task A_bot_reaches_its_provider_where_the_name_leads_now_and_where_it_led_before()
    {
        await NameAsync(Before);
        await machine.ApplyAsync(Request);
        Assert.Equal((true, false), (await ReachesAsync(Before), await ReachesAsync(After)));

        await NameAsync(After);
        await BeatAsync();
        Assert.Equal((true, true), (await ReachesAsync(Before), await ReachesAsync(After)));
        var moved = await machine.InsideAsync(Bot, "cat /etc/hosts");
        Assert.Contains($"{After}\tprovider.test\n{Before}\tprovider.test\n", moved, StringComparison.Ordinal);

        // Nobody finds that strange: what was asked for is what there is.
        Assert.All((await machine.ApplyAsync(Request)).Steps, step => Assert.Equal(VmStepState.Skipped, step.State));

        await NameAsync(null);
        await BeatAsync();
        Assert.Equal(moved, await machine.InsideAsync(Bot, "cat /etc/hosts"));
        Assert.True(await ReachesAsync(After));
    }

    [Fact]
    public async Task What_is_just_being_worked_at_is_looked_up_with_the_next_heartbeat()
    {
        await NameAsync(Before);
        await machine.ApplyAsync(Request);
        await NameAsync(After);
        var rules = await machine.OnVmAsync($"""
            rm -f /run/launchpad/names
            flock /run/launchpad/locks/{Bot} sh -c '/usr/local/sbin/launchpad-heartbeat; nft list table inet launchpad'
            """);
        Assert.Contains(Before, rules, StringComparison.Ordinal);
        Assert.DoesNotContain(After, rules, StringComparison.Ordinal);
        await machine.OnVmAsync("/usr/local/sbin/launchpad-heartbeat");
        Assert.True(await ReachesAsync(After));
    }

    /// <summary>As its resolver has it.</summary>
    private Task<string> NameAsync(string? address) => machine.OnVmAsync($"""
        grep -v provider.test /etc/hosts >/tmp/hosts
        {(address is null ? "" : $"echo '{address} provider.test' >>/tmp/hosts")}
        cat /tmp/hosts >/etc/hosts
        """);

    /// <summary>The one after some minutes.</summary>
    private Task<string> BeatAsync() => machine.OnVmAsync("rm -f /run/launchpad/names; /usr/local/sbin/launchpad-heartbeat");

    private async Task<bool> ReachesAsync(string address) => (await machine.InsideAsync(
        Bot, $"(printf 'GET / HTTP/1.0\\r\\n\\r\\n'; sleep 2) | nc {address} 9000")).Contains("cloud", StringComparison.Ordinal);
}
