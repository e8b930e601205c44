using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A volume as a whole: its size, the copy for a candidate, and the point to go back to.</summary>
[Collection(MachineCollection.Name)]
public sealed class VolumeTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01VOLUME";
    private const string Candidate = "can_01VOLUME";

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await machine.RemoveAsync(Bot);
        await machine.RemoveAsync(Candidate);
    }

    [Fact]
    public async Task A_volume_grows_and_shrinks_and_keeps_its_files()
    {
        await machine.ApplyAsync(Sized(32));
        await WriteAsync("kept");
        await machine.ApplyAsync(Sized(64));
        Assert.Equal("kept\nexit 0", await machine.InsideAsync(Bot, "dd if=/dev/zero of=/data/big bs=1M count=45 2>/dev/null && cat /data/says"));
        await machine.InsideAsync(Bot, "rm /data/big");

        await machine.ApplyAsync(Sized(32));
        Assert.Equal("kept\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));
        Assert.Equal("exit 1", await machine.InsideAsync(Bot, "dd if=/dev/zero of=/data/big bs=1M count=45 2>/dev/null"));
        Assert.Equal((32L << 20).ToString(), (await machine.OnVmAsync($"stat -c %s /var/lib/launchpad/{Bot}/volume.img")).Trim());
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_and_the_bot_goes_on()
    {
        await machine.ApplyAsync(Sized(64));
        await WriteAsync("kept");
        await machine.InsideAsync(Bot, "dd if=/dev/zero of=/data/big bs=1M count=45");
        Assert.InRange((await machine.AskAsync<MeasureRequest, MeasureResult>(VmVerb.Measure, new MeasureRequest(Bot))).UsedMb, 45, 60);

        var failure = await Assert.ThrowsAsync<VmFailedException>(() => machine.ApplyAsync(Sized(32)));
        Assert.Equal((VmErrorCode.VolumeShrink, false), (failure.Code, failure.Retryable));
        Assert.Equal("kept\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));
    }

    [Fact]
    public async Task A_copy_is_another_deployments_and_the_bot_goes_on()
    {
        await machine.ApplyAsync(Request);
        await WriteAsync("kept");
        var boot = (await machine.HealthAsync(Bot)).StartedAt;
        await VolumeAsync(new(Bot, VolumeAction.Copy, Candidate));
        await machine.ApplyAsync(Desired.State(Candidate, machine.OtherImage));
        Assert.Equal("kept\nexit 0", await machine.InsideAsync(Candidate, "cat /data/says; echo changed >/data/says"));
        Assert.Equal("kept\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));
        Assert.Equal(boot, (await machine.HealthAsync(Bot)).StartedAt);
    }

    [Fact]
    public async Task The_data_of_either_version_can_be_had_back_whichever_ran_last()
    {
        await machine.ApplyAsync(Request);
        await WriteAsync("one");
        await VolumeAsync(new(Bot, VolumeAction.Keep, Of: 1));
        await machine.ApplyAsync(Request);
        await WriteAsync("two");

        // What version 1 left behind, tried beside the bot that runs.
        await VolumeAsync(new(Bot, VolumeAction.Copy, Candidate, Kept: 1));
        await machine.ApplyAsync(Desired.State(Candidate, machine.Image));
        Assert.Equal("one\nexit 0", await machine.InsideAsync(Candidate, "cat /data/says"));

        for (var time = 0; time < 2; time++)
        {
            await VolumeAsync(new(Bot, VolumeAction.Exchange, Of: 2, Kept: 1));
        }

        await machine.ApplyAsync(Request);
        Assert.Equal("one\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));
        for (var time = 0; time < 2; time++)
        {
            await VolumeAsync(new(Bot, VolumeAction.Return, Of: 1, Kept: 2));
        }

        await machine.ApplyAsync(Request);
        Assert.Equal("two\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));
    }

    [Fact]
    public async Task What_is_kept_of_another_version_takes_nobodys_place()
    {
        await machine.ApplyAsync(Request);
        await WriteAsync("one");
        await VolumeAsync(new(Bot, VolumeAction.Keep, Of: 1));
        await machine.ApplyAsync(Request);
        await WriteAsync("two");

        var failure = await Assert.ThrowsAsync<VmFailedException>(() => VolumeAsync(new(Bot, VolumeAction.Exchange, Of: 3, Kept: 2)));
        Assert.Equal(VmErrorCode.NotFound, failure.Code);
        Assert.Contains("version 1", failure.Message, StringComparison.Ordinal);
        Assert.Equal("two\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));

        // Keeping failed before it kept anything: there is nothing to return, and what is older stays where it is.
        await VolumeAsync(new(Bot, VolumeAction.Return, Of: 3, Kept: 2));
        await machine.ApplyAsync(Request);
        Assert.Equal("two\nexit 0", await machine.InsideAsync(Bot, "cat /data/says"));
    }

    private ApplyRequest Sized(int storageMb) => Request with { Limits = Request.Limits with { StorageMb = storageMb } };

    private Task<string> WriteAsync(string text) => machine.InsideAsync(Bot, $"echo {text} >/data/says; sync");

    private Task<VolumeResult> VolumeAsync(VolumeRequest request) => machine.AskAsync<VolumeRequest, VolumeResult>(VmVerb.Volume, request);
}
