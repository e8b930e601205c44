using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A volume that its bot has filled, and a machine whose own disk is full: it is said before and when it is so, nothing is half
/// written, and what frees space needs none.</summary>
[Collection(MachineCollection.Name)]
public sealed class FullDiskTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01FULL";
    private const string State = $"/var/lib/launchpad/{Bot}/state.json";

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    private ApplyRequest Changed => Request with
    {
        Files = [new VmFile("config/bot.json", "{\"name\":\"other\"}"), new VmFile("config/more.json", "{}")],
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await machine.OnVmAsync("for path in /var/lib/launchpad /mnt/small /opt/launchpad; do mountpoint -q $path && umount --lazy $path; done; true");
        await machine.RemoveAsync(Bot);
    }

    [Fact]
    public async Task How_full_a_volume_is_is_told_before_it_is_full()
    {
        await machine.ApplyAsync(Request);
        var fresh = (await machine.HealthAsync(Bot)).Storage!;
        Assert.False(fresh.IsLow);
        Assert.InRange(fresh.SizeMb, 20, 32);

        await machine.InsideAsync(Bot, $"dd if=/dev/zero of=/data/big bs=1M count={fresh.FreeMb - 1}");

        var low = (await machine.HealthAsync(Bot)).Storage!;
        Assert.True(low.IsLow);
        Assert.InRange(low.UsedMb, fresh.UsedMb + fresh.FreeMb - 3, low.SizeMb);
        var facts = await machine.AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new FactsRequest());
        Assert.Equal(low, Assert.Single(facts.Bots!, bot => bot.Deployment == Bot).Storage);
        await machine.RemoveAsync(Bot);
        Assert.DoesNotContain(
            (await machine.AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new FactsRequest())).Bots!, bot => bot.Deployment == Bot);
    }

    [Fact]
    public async Task A_change_of_a_bot_whose_volume_is_full_changes_nothing_and_says_why()
    {
        await machine.ApplyAsync(Request);
        await FillAsync();
        var before = await ConfigAsync();

        var failure = await FailureAsync(Changed);

        Assert.Equal((VmErrorCode.NoSpace, false), (failure.Code, failure.Retryable));
        Assert.Equal(before, await ConfigAsync());

        // A restart writes nothing, so it goes as always; and with room again the same change does.
        Assert.False((await machine.ApplyAsync(Request)).Result.Changed);
        await machine.OnVmAsync($"docker restart --time 1 launchpad-{Bot}");
        Assert.True((await machine.HealthAsync(Bot)).Ready);
        await machine.InsideAsync(Bot, "rm /data/big-*");
        await machine.ApplyAsync(Changed);
        Assert.Contains("other", await machine.InsideAsync(Bot, "cat /data/config/bot.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_of_files_of_which_one_finds_no_place_is_not_written_at_all()
    {
        await machine.ApplyAsync(Request);
        await machine.InsideAsync(Bot, "ln -s /etc /data/outside");
        var before = await ConfigAsync();

        var failure = await FailureAsync(Request with { Files = [Changed.Files[0], new VmFile("outside/passwd", "x")] });

        Assert.Equal(VmErrorCode.PathBlocked, failure.Code);
        Assert.Equal(before, await ConfigAsync());
    }

    [Fact]
    public async Task A_bot_that_cannot_answer_because_its_volume_is_full_is_said_to_be_full()
    {
        await machine.ApplyAsync(Request with
        {
            Runtime = Request.Runtime with { Environment = new Dictionary<string, string> { ["BOT_MODE"] = "remembers" } },
        });
        await machine.HealthAsync(Bot);
        Assert.Equal("echo hello", (await TalkAsync()).Answer);
        await machine.InsideAsync(Bot, "rm /data/said");
        await FillAsync();

        var failure = await Assert.ThrowsAsync<VmFailedException>(TalkAsync);

        Assert.Equal((VmErrorCode.NoSpace, false), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task Secrets_that_find_no_room_leave_those_that_are_there()
    {
        await machine.ApplyAsync(Request);
        await machine.OnVmAsync($"dd if=/dev/zero of=/run/launchpad/{Bot}/filler bs=4096 2>/dev/null || true");

        var failure = await FailureAsync(Request with { Secrets = [new VmSecret("gateway-token", "new"), new VmSecret("other", "value")] });

        Assert.Equal(VmErrorCode.NoSpace, failure.Code);
        Assert.Equal("gateway-token", (await machine.OnVmAsync($"ls -A /run/launchpad/{Bot}/secrets")).Trim());
        Assert.False((await machine.ApplyAsync(Request)).Result.Changed);
    }

    [Fact]
    public async Task On_a_machine_whose_disk_is_full_a_change_leaves_what_was_known_and_a_removal_removes()
    {
        // A small disk in place of the machine's, on which everything is known that was.
        await machine.OnVmAsync("""
            cd /var/lib/launchpad
            mkdir -p /mnt/small
            mount -t tmpfs -o size=48m,mode=755 small /mnt/small
            for state in */state.json; do [ ! -e "$state" ] || cp --parents "$state" /mnt/small; done
            mount --bind /mnt/small /var/lib/launchpad
            """);
        await machine.ApplyAsync(Request);
        await machine.HealthAsync(Bot);
        await machine.OnVmAsync("dd if=/dev/zero of=/var/lib/launchpad/filler bs=4096 2>/dev/null || true");
        var before = await machine.OnVmAsync($"cat {State}");

        var facts = await machine.AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new FactsRequest());
        Assert.Equal(0, facts.DiskFreeMb);
        var failure = await FailureAsync(Request with { Egress = [Machine.Model, "10.254.0.1:9001"] });
        Assert.Equal((VmErrorCode.NoSpace, false), (failure.Code, failure.Retryable));
        Assert.Equal(before, await machine.OnVmAsync($"cat {State}"));
        Assert.DoesNotContain(".new", await machine.OnVmAsync($"ls /var/lib/launchpad/{Bot}"), StringComparison.Ordinal);

        Assert.True((await machine.RemoveAsync(Bot)).Existed);
        Assert.DoesNotContain(Bot, await machine.OnVmAsync("ls /var/lib/launchpad"), StringComparison.Ordinal);
        Assert.False((await machine.RemoveAsync(Bot)).Existed);
    }

    [Fact]
    public async Task A_machine_that_has_no_room_for_the_program_says_so()
    {
        await machine.OnVmAsync("mount -t tmpfs -o size=1m,mode=755 small /opt/launchpad");

        var failure = await Assert.ThrowsAsync<VmFailedException>(
            () => machine.AskAsync<FactsRequest, FactsResult>(VmVerb.Facts, new FactsRequest()));

        Assert.Equal((VmErrorCode.NoSpace, false), (failure.Code, failure.Retryable));
        Assert.Equal("", (await machine.OnVmAsync("ls -A /opt/launchpad")).Trim());
    }

    private Task<string> FillAsync() =>
        machine.OnVmAsync($"""
            cd /var/lib/launchpad/{Bot}/volume/data
            for size in 1M 4k 1k; do dd if=/dev/zero of=big-$size bs=$size oflag=append conv=notrunc,fsync 2>/dev/null; done; true
            """);

    private Task<string> ConfigAsync() =>
        machine.OnVmAsync($"cd /var/lib/launchpad/{Bot}/volume/data/config && ls -A && cat bot.json && cat {State}");

    private Task<ExecTestResult> TalkAsync() =>
        machine.AskAsync<ExecTestRequest, ExecTestResult>(VmVerb.ExecTest, new ExecTestRequest(Bot, "hello", 10));

    private Task<VmFailedException> FailureAsync(ApplyRequest request) =>
        Assert.ThrowsAsync<VmFailedException>(() => machine.ApplyAsync(request));
}
