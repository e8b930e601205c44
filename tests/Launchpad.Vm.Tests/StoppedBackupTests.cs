using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A bot that has to be stopped for its backup, and copies that take long.</summary>
[Collection(MachineCollection.Name)]
public sealed class StoppedBackupTests(Machine machine, BackupStore store) : IClassFixture<BackupStore>, IAsyncLifetime
{
    private const string Bot = "dep_01STOPPED";
    private const string Folder = $"/var/lib/launchpad/{Bot}";
    private const string Job = "op_01STOPPED-send";

    private BackupRequest Backup { get; } = store.Backup(Bot, $"bak_{Guid.NewGuid():n}");

    public Task InitializeAsync() => machine.ApplyAsync(Desired.State(Bot, machine.Image));

    public async Task DisposeAsync()
    {
        await machine.OnVmAsync("mountpoint -q /usr/bin/cp && umount --lazy /usr/bin/cp; rm -f /root/cp; true");
        await machine.AskJobAsync(new(Job, JobAction.Cancel));
        await machine.AskJobAsync(new(Job, JobAction.Collect));
        await machine.OnVmAsync($"fsfreeze --unfreeze {Folder}/volume 2>/dev/null; true");
        await machine.RemoveAsync(Bot);
    }

    [Fact]
    public async Task A_bot_that_may_not_be_held_is_stopped_and_runs_again_and_one_that_did_not_run_does_not()
    {
        await machine.HealthAsync(Bot);
        var made = await BackupStore.MakeAsync(machine, Backup with { HeldSecondsMax = 0 });
        Assert.Equal(0, made.HeldMs);
        Assert.True(made.StoppedMs > 0);
        Assert.True((await machine.HealthAsync(Bot)).Ready);

        await machine.OnVmAsync($"docker stop --time 1 launchpad-{Bot}");
        var other = $"bak_{Guid.NewGuid():n}";
        made = await BackupStore.MakeAsync(machine, store.Backup(Bot, other) with { HeldSecondsMax = 0 });
        Assert.Equal((0, 0), (made.HeldMs, made.StoppedMs));
        Assert.Equal("false", await RunningAsync());
    }

    [Fact]
    public async Task What_takes_too_long_beside_the_bot_is_copied_with_the_bot_stopped()
    {
        await SlowCopiesAsync(seconds: 3);
        var made = await BackupStore.MakeAsync(machine, Backup with { HeldSecondsMax = 1 });
        Assert.InRange(made.HeldMs, 1000, 2500);
        Assert.InRange(made.StoppedMs, 3000, 60_000);
        Assert.True((await machine.HealthAsync(Bot)).Ready);
    }

    [Fact]
    public async Task A_backup_that_dies_while_the_bot_is_stopped_is_put_right_by_the_machine_and_by_the_next_one()
    {
        await SlowCopiesAsync(seconds: 60);
        var request = Backup with { HeldSecondsMax = 0 };
        await KillWhileStoppedAsync(request);

        await machine.OnVmAsync("/usr/local/sbin/launchpad-heartbeat");
        Assert.Equal("false", await RunningAsync());
        await machine.OnVmAsync($"echo 0 >{Folder}/alarm; /usr/local/sbin/launchpad-heartbeat");
        Assert.Equal("true", await RunningAsync());
        Assert.True((await machine.HealthAsync(Bot)).Ready);
        Assert.DoesNotContain("alarm", await machine.OnVmAsync($"ls {Folder}"), StringComparison.Ordinal);

        await KillWhileStoppedAsync(request);
        await machine.OnVmAsync("umount --lazy /usr/bin/cp");
        await BackupStore.MakeAsync(machine, request);
        Assert.True((await machine.HealthAsync(Bot)).Ready);
        Assert.Equal("hosts state.json volume volume.img", (await machine.OnVmAsync($"ls -A {Folder} | xargs")).Trim());
    }

    [Fact]
    public async Task The_address_is_nowhere_on_the_machine_while_it_is_used()
    {
        await SlowCopiesAsync(seconds: 3);
        var signature = Backup.To.Query.Split("sig=")[1][..20];

        // Broken in two, so that what looks for it is not what it finds.
        var pattern = $"-e '{signature[..^1]}'\"{signature[^1]}\"";
        await machine.StartJobAsync(Job, VmVerb.Backup, Backup);
        for (var look = 0; look < 5; look++)
        {
            Assert.Equal("", await machine.OnVmAsync(
                $"grep -rlsF {pattern} /run/launchpad {Folder}/state.json /tmp /proc/[0-9]*/environ /proc/[0-9]*/cmdline || true"));
            await Task.Delay(800);
        }

        Assert.Null((await machine.UntilEndedAsync(Job)).Job.Error);
    }

    private async Task KillWhileStoppedAsync(BackupRequest request)
    {
        await machine.StartJobAsync(Job, VmVerb.Backup, request);
        await machine.OnVmAsync($"""
            until [ -z "$(docker ps --quiet --filter name=launchpad-{Bot})" ] && pgrep -f '[f]sfreeze' >/dev/null; do sleep 0.2; done
            kill -KILL $(pgrep -f 'launchpad-vm [r]un-job'); sleep 2
            """);
        await machine.AskJobAsync(new(Job, JobAction.Collect));
        Assert.Equal("false", await RunningAsync());
    }

    private Task<string> SlowCopiesAsync(int seconds) => machine.OnVmAsync($"""
        cp /usr/bin/cp /root/cp.real
        printf '#!/bin/sh\nsleep {seconds}\nexec /root/cp.real "$@"\n' >/root/cp
        chmod 755 /root/cp
        mount --bind /root/cp /usr/bin/cp
        """);

    private async Task<string> RunningAsync() =>
        (await machine.OnVmAsync($"docker inspect -f '{{{{.State.Running}}}}' launchpad-{Bot}")).Trim();
}
