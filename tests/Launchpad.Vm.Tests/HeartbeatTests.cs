using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A machine that was booted with our user data, and what it tells without being asked.</summary>
[Collection(MachineCollection.Name)]
public sealed class HeartbeatTests(Machine machine) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    // One for each test: what the machine told of another's is not about this one.
    private readonly string name = $"dep_01{Guid.NewGuid().ToString("N")[..8].ToUpperInvariant()}";

    private ApplyRequest Request => Desired.State(name, machine.Image);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => machine.RemoveAsync(name);

    [Fact]
    public async Task A_machine_tells_by_itself_what_runs_and_proves_that_it_is_the_one()
    {
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(name);
        var (report, bot) = await NextAsync(bot => bot is { Ready: true });
        Assert.Equal((true, 0, Request.Image, Request.Limits), (bot!.Running, bot.Restarts, bot.Image, bot.Limits));
        var file = Assert.Single(bot.Files);
        Assert.Equal(("config/bot.json", file.Written), (file.Path, file.Actual));
        Assert.InRange(report.DiskFreeMb, 1, report.DiskMb);
        Assert.InRange(bot.Use!.CpuMs, 1, 600_000);
        Assert.InRange(bot.Use.MemoryMb, 1, Request.Limits.MemoryMb);

        var facts = await machine.AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new FactsRequest());
        var asked = Assert.Single(facts.Bots!, one => one.Deployment == name);
        Assert.Equal((bot.Image, bot.Limits, bot.StartedAt, bot.Ready), (asked.Image, asked.Limits, asked.StartedAt, asked.Ready));
    }

    [Fact]
    public async Task What_ended_and_what_was_changed_is_told()
    {
        await machine.ApplyAsync(Request);
        await machine.OnVmAsync($"echo other > /var/lib/launchpad/{name}/volume/data/config/bot.json");
        await machine.OnVmAsync($"docker stop --time 1 launchpad-{name} >/dev/null");
        await machine.OnVmAsync("/usr/local/sbin/launchpad-heartbeat");
        var (_, bot) = await NextAsync(bot => bot is { Running: false });
        Assert.NotNull(bot!.ExitCode);
        Assert.False(bot.Ready);
        Assert.Null(bot.Use);
        var file = Assert.Single(bot.Files);
        Assert.NotEqual(file.Written, file.Actual);

        await machine.RemoveAsync(name);
        machine.Heartbeats.Clear();
        await machine.OnVmAsync("/usr/local/sbin/launchpad-heartbeat");
        Assert.Null((await NextAsync(bot => bot is null)).Bot);
    }

    [Fact]
    public async Task What_the_bot_made_of_its_files_stays_until_somebody_wants_it_put_back()
    {
        await machine.ApplyAsync(Request);
        var file = $"/var/lib/launchpad/{name}/volume/data/config/bot.json";
        await machine.OnVmAsync($"echo other > {file}");
        await machine.ApplyAsync(Request);
        Assert.Equal("other", (await machine.OnVmAsync($"cat {file}")).Trim());

        await machine.ApplyAsync(Request with { Overwrites = true });
        Assert.Equal(Request.Files.Single().Content, await machine.OnVmAsync($"cat {file}"));
    }

    /// <summary>The next heartbeat that says so of the bot; each is checked as the control plane does.</summary>
    private async Task<(VmReport Report, VmBot? Bot)> NextAsync(Func<VmBot?, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            while (machine.Heartbeats.TryDequeue(out var told))
            {
                Assert.True(HeartbeatSignature.IsValid(
                    machine.Endpoint.HostKeySha256, Convert.FromBase64String(told.Key), Machine.Id, long.Parse(told.Time), told.Body,
                    Convert.FromBase64String(told.Signature)));
                var report = HeartbeatStore.Read(told.Body);
                Assert.NotNull(report.Bots);
                var bot = report.Bots.FirstOrDefault(one => one.Deployment == name);
                if (isSo(bot))
                {
                    return (report, bot);
                }
            }

            await Task.Delay(200, patience.Token);
        }
    }
}
