using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A bot that runs, as it shall, and answers nobody.</summary>
[Collection(MachineCollection.Name)]
public sealed class ReviveTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01HANGS";

    private ApplyRequest Request => Desired.State(Bot, machine.Image);

    private ApplyRequest Reviving => Request with { ReviveAfterSeconds = 0 };

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => machine.RemoveAsync(Bot);

    [Fact]
    public async Task It_is_restarted_where_that_is_asked_for_and_else_left_alone()
    {
        var (first, _) = await machine.ApplyAsync(Request);
        var well = await machine.HealthAsync(Bot);
        Assert.True(well.Ready);
        Assert.False((await machine.ApplyAsync(Reviving)).Result.Changed);

        await machine.OnVmAsync($"kill -STOP $(pgrep -P $(docker inspect -f '{{{{.State.Pid}}}}' launchpad-{Bot}))");
        Assert.False((await machine.ApplyAsync(Request)).Result.Changed);
        Assert.False((await machine.ApplyAsync(Reviving with { ReviveAfterSeconds = 3600 })).Result.Changed);
        var hanging = await machine.HealthAsync(Bot, waitSeconds: 0);
        Assert.Equal((true, false, well.StartedAt), (hanging.Running, hanging.Ready, hanging.StartedAt));

        var (revived, steps) = await machine.ApplyAsync(Reviving);
        var done = Assert.Single(steps, step => step.State is VmStepState.Done);
        Assert.Equal((VmSteps.Start, "restarted, because it did not answer"), (done.Name, done.Detail));
        Assert.Equal(first.Container, revived.Container);
        var again = await machine.HealthAsync(Bot);
        Assert.Equal((true, 0), (again.Ready, again.Restarts));
        Assert.True(again.StartedAt > well.StartedAt);
        Assert.False((await machine.ApplyAsync(Reviving)).Result.Changed);
    }
}
