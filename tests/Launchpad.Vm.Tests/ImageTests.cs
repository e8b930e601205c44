using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>Images that no bot runs any more do not fill the machine.</summary>
[Collection(MachineCollection.Name)]
public sealed class ImageTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01TIDY";
    private const string Later = "dep_01TIDYLATER";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await machine.RemoveAsync(Bot);
        await machine.RemoveAsync(Later);
    }

    [Fact]
    public async Task One_that_was_left_stays_for_a_while_and_goes_with_the_next_change_on_the_machine()
    {
        await machine.ApplyAsync(Desired.State(Bot, machine.OtherImage));
        await machine.ApplyAsync(Desired.State(Bot, machine.Image));
        Assert.True(await IsThereAsync(machine.OtherImage));

        await machine.OnVmAsync("touch -d '2 hours ago' /run/launchpad/images/*");
        await machine.ApplyAsync(Desired.State(Later, machine.Image));
        Assert.Equal((false, true), (await IsThereAsync(machine.OtherImage), await IsThereAsync(machine.Image)));

        // Whoever goes back to it gets it anew.
        await machine.ApplyAsync(Desired.State(Bot, machine.OtherImage));
        Assert.True((await machine.HealthAsync(Bot)).Ready);
    }

    [Fact]
    public async Task One_of_a_bot_that_is_stopped_or_was_checked_just_now_stays()
    {
        await machine.ApplyAsync(Desired.State(Bot, machine.OtherImage));
        await machine.OnVmAsync($"docker rm --force launchpad-{Bot}; touch -d '2 hours ago' /run/launchpad/images/*");
        await machine.ApplyAsync(Desired.State(Later, machine.Image));
        Assert.True(await IsThereAsync(machine.OtherImage));

        await machine.RemoveAsync(Later);
        await machine.RemoveAsync(Bot);
        await machine.AskAsync<ValidateRequest, ValidateResult>(VmVerb.Validate, new(Bot, machine.OtherImage.Reference, "{}"));
        await machine.ApplyAsync(Desired.State(Later, machine.Image));
        Assert.True(await IsThereAsync(machine.OtherImage));
    }

    private async Task<bool> IsThereAsync(TinyImage image) =>
        (await machine.OnVmAsync($"docker image inspect {image.Reference} >/dev/null 2>&1 && echo yes || echo no")).Trim() == "yes";
}
