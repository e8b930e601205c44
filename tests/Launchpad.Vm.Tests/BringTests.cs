using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A backup that was fetched takes the volume's place and gives it back. What was fetched is prepared here: a volume with a mark,
/// and each state that a run which was cut off can leave.</summary>
[Collection(MachineCollection.Name)]
public sealed class BringTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01BRING";
    private const string Candidate = "can_01BRING";
    private const string Folder = $"/var/lib/launchpad/{Bot}";
    private const string A = "bak_01A";
    private const string B = "bak_01B";

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    public async Task InitializeAsync()
    {
        await machine.ApplyAsync(Request);
        await WriteAsync("old");
    }

    public async Task DisposeAsync()
    {
        await machine.RemoveAsync(Bot);
        await machine.RemoveAsync(Candidate);
    }

    [Fact]
    public async Task It_takes_the_volumes_place_once_and_the_volume_comes_back_once()
    {
        await FetchedAsync(A);
        await WriteAsync("newer");
        for (var time = 0; time < 2; time++)
        {
            await VolumeAsync(new(Bot, VolumeAction.Bring, Of: 5, Backup: A));
        }

        Assert.Equal(A, await RunsAsync());
        for (var time = 0; time < 2; time++)
        {
            await VolumeAsync(new(Bot, VolumeAction.Return, Kept: 5));
        }

        Assert.Equal("newer", await RunsAsync());
        Assert.Equal("volume.img volume.kept", await FilesAsync());
    }

    [Fact]
    public async Task The_config_that_came_with_it_gives_way_to_that_of_the_version()
    {
        await machine.OnVmAsync($"echo other >{Folder}/volume/data/config/bot.json");
        await FetchedAsync(A);
        await machine.OnVmAsync($"printf '{{\"name\":\"tiny\"}}' >{Folder}/volume/data/config/bot.json");
        await VolumeAsync(new(Bot, VolumeAction.Bring, Of: 5, Backup: A));
        await machine.ApplyAsync(Request);
        Assert.Contains("tiny", await machine.InsideAsync(Bot, "cat /data/config/bot.json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("marked")]
    [InlineData("exchanged")]
    [InlineData("done")]
    public async Task A_run_that_was_cut_off_is_finished_by_the_next_whatever_that_is(string at)
    {
        await FetchedAsync(A);
        await WriteAsync("newer");
        await CutOffAsync(at);
        await VolumeAsync(new(Bot, VolumeAction.Bring, Of: 5, Backup: A));
        Assert.Equal(A, await RunsAsync());
        Assert.Equal("volume.img volume.kept", await FilesAsync());

        await VolumeAsync(new(Bot, VolumeAction.Exchange, Of: 6, Kept: 5));
        Assert.Equal("newer", await RunsAsync());
    }

    [Theory]
    [InlineData("marked")]
    [InlineData("exchanged")]
    [InlineData("done")]
    public async Task A_run_that_was_cut_off_can_be_undone_without_being_finished(string at)
    {
        await FetchedAsync(A);
        await WriteAsync("newer");
        await CutOffAsync(at);
        await VolumeAsync(new(Bot, VolumeAction.Return, Kept: 5));
        await VolumeAsync(new(Bot, VolumeAction.Discard));
        Assert.Equal("newer", await RunsAsync());
        Assert.DoesNotContain("fetched", await FilesAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_backup_can_be_brought_again_after_it_was_left_and_after_it_was_used()
    {
        await FetchedAsync(A);
        await VolumeAsync(new(Bot, VolumeAction.Bring, Of: 5, Backup: A));
        await RunsAsync();
        await VolumeAsync(new(Bot, VolumeAction.Exchange, Kept: 5));
        Assert.Equal("old", await RunsAsync());
        await FetchedAsync(A);
        await VolumeAsync(new(Bot, VolumeAction.Bring, Of: 5, Backup: A));
        Assert.Equal(A, await RunsAsync());

        await WriteAsync("used");
        await FetchedAsync(A);
        await VolumeAsync(new(Bot, VolumeAction.Bring, Of: 7, Backup: A));
        Assert.Equal(A, await RunsAsync());
        await VolumeAsync(new(Bot, VolumeAction.Return, Kept: 7));
        Assert.Equal("used", await RunsAsync());
    }

    [Fact]
    public async Task Without_a_volume_it_becomes_the_volume_and_without_a_backup_nothing_happens()
    {
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => VolumeAsync(new(Bot, VolumeAction.Bring, Of: 5, Backup: A)));
        Assert.Equal(VmErrorCode.NotFound, failure.Code);
        await FetchedAsync(B);
        failure = await Assert.ThrowsAsync<VmFailedException>(() => VolumeAsync(new(Bot, VolumeAction.Bring, Of: 5, Backup: A)));
        Assert.Contains(B, failure.Message, StringComparison.Ordinal);
        Assert.True((await machine.HealthAsync(Bot)).Ready);

        await machine.RemoveAsync(Bot, keepVolume: true);
        await machine.OnVmAsync($"rm {Folder}/volume.img");
        for (var time = 0; time < 2; time++)
        {
            await VolumeAsync(new(Bot, VolumeAction.Bring, Backup: B));
        }

        Assert.Equal(B, await RunsAsync());
        Assert.Equal("volume.img", await FilesAsync());
    }

    [Fact]
    public async Task What_was_fetched_is_tried_beside_the_bot_and_taken_away()
    {
        await FetchedAsync(A);
        await VolumeAsync(new(Bot, VolumeAction.Copy, Candidate, Backup: A));
        await machine.ApplyAsync(Desired.State(Candidate, machine.OtherImage));
        Assert.Equal($"{A}\nexit 0", await machine.InsideAsync(Candidate, "cat /data/says"));
        Assert.Equal("old", await SaysAsync());
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => VolumeAsync(new(Bot, VolumeAction.Copy, Candidate, Backup: B)));
        Assert.Equal(VmErrorCode.NotFound, failure.Code);

        for (var time = 0; time < 2; time++)
        {
            await VolumeAsync(new(Bot, VolumeAction.Discard));
        }

        Assert.Equal("volume.img", await FilesAsync());
        Assert.Equal("old", await SaysAsync());
    }

    /// <summary>What restoring leaves: a whole volume with the backup's mark, here one that says the backup's name.</summary>
    private async Task FetchedAsync(string backup)
    {
        var says = await SaysAsync();
        await WriteAsync(backup);
        await machine.OnVmAsync(
            $"cd {Folder}; sync --file-system volume; cp volume.img volume.fetched; {Mark("volume.fetched", "backup", backup)}");
        await WriteAsync(says);
    }

    private Task<string> CutOffAsync(string at)
    {
        var marked = Mark("volume.img", "version", "5");
        var exchanged = $"{marked}; mv volume.img swap; mv volume.fetched volume.img; mv swap volume.fetched";
        return machine.OnVmAsync($"docker rm --force launchpad-{Bot}; cd {Folder}; umount volume; " + at switch
        {
            "marked" => marked,
            "exchanged" => exchanged,
            _ => $"{exchanged}; mv volume.fetched volume.kept",
        });
    }

    private static string Mark(string file, string name, string value) =>
        $"python3 -c 'import os; os.setxattr(\"{file}\", \"user.launchpad.{name}\", b\"{value}\")'";

    private async Task<string> RunsAsync()
    {
        await machine.ApplyAsync(Request);
        return await SaysAsync();
    }

    private async Task<string> SaysAsync() => (await machine.OnVmAsync($"cat {Folder}/volume/data/says")).Trim();

    private async Task<string> FilesAsync() => (await machine.OnVmAsync($"cd {Folder}; ls -d volume.* | xargs")).Trim();

    private Task<string> WriteAsync(string text) =>
        machine.OnVmAsync($"echo {text} >{Folder}/volume/data/says; sync --file-system {Folder}/volume");

    private Task<VolumeResult> VolumeAsync(VolumeRequest request) => machine.AskAsync<VolumeRequest, VolumeResult>(VmVerb.Volume, request);
}
