using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Of">The version that is given up.</param>
public sealed record ReturnVolumeInput(BotInput Bot, DataChoice Data, int Of);

/// <summary>One version out of its place and another in: what keeps the data, and what brings the last known good back. Going back asks
/// nobody's leave but the operation's that holds the deployment: a person who cancels it wants just that.</summary>
public sealed class SwitchActivities(ConfigVersionStore versions, Bots bots, MachineJobs machine)
{
    private const string Starts = "The last known good version starts.";
    private const int HealthWaitSeconds = 15;
    private const int Waits = 12;

    [Function(nameof(KeepVolume))]
    public Task<Unfinished?> KeepVolume([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.Switch, null, (deployment, job) => job.RunAsync(
            VmVerb.Volume, new VolumeRequest(deployment.Id, VolumeAction.Keep, Of: deployment.ActiveVersion),
            (VolumeResult kept) => Looked.Done($"{kept.UsedMb} MB kept in {kept.Ms} ms."), ct), ct);

    /// <summary>The data that the version left behind takes the place of what is there now, which is kept.</summary>
    [Function(nameof(ExchangeVolume))]
    public Task<Unfinished?> ExchangeVolume([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.Switch, null, (deployment, job) => job.RunAsync(
            VmVerb.Volume,
            new VolumeRequest(deployment.Id, VolumeAction.Exchange, Of: deployment.ActiveVersion, Kept: look.Of.Version),
            (VolumeResult found) => Looked.Done(
                $"The {found.UsedMb} MB that version {look.Of.Version} left behind; what was there now is kept."), ct), ct);

    [Function(nameof(ReturnVolume))]
    public Task<Unfinished?> ReturnVolume([ActivityTrigger] Look<ReturnVolumeInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of.Bot, Steps.ReturnData, null, (deployment, job) => job.RunAsync(
            VmVerb.Volume, new VolumeRequest(deployment.Id, VolumeAction.Return, Of: look.Of.Of, Kept: look.Of.Bot.Version),
            (VolumeResult returned) => Looked.Done($"{returned.UsedMb} MB."), ct), ct);

    /// <summary>Up, ready and at its address again, in one step: whoever waits for it waits once.</summary>
    [Function(nameof(ReturnBot))]
    public Task<Unfinished?> ReturnBot([ActivityTrigger] Look<BotInput> look, CancellationToken ct) => ReturnAsync(look, Steps.ReturnBot, ct);

    /// <summary>What was stopped to go elsewhere, and did not get there.</summary>
    [Function(nameof(ReturnHere))]
    public Task<Unfinished?> ReturnHere([ActivityTrigger] Look<BotInput> look, CancellationToken ct) => ReturnAsync(look, Steps.ReturnHere, ct);

    /// <summary>Even stages bring it up, odd ones look.</summary>
    private Task<Unfinished?> ReturnAsync(Look<BotInput> look, Step step, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, step, Starts, (deployment, job) => look.Stage % 2 == 0
            ? job.RunAsync(
                VmVerb.Apply,
                async () => await bots.SpecAsync(deployment, await versions.GetAsync(deployment.Id, look.Of.Version, ct), ct),
                (ApplyResult _) => Task.FromResult(Looked.Then(look.Stage + 1, Starts)), ct)
            : job.RunAsync(
                VmVerb.Health, new HealthRequest(deployment.Id, HealthWaitSeconds),
                (HealthResult health) => health.Ready ? Looked.Done($"Version {look.Of.Version} is ready.")
                    : health.MachineRestarted && !job.IsLast ? Looked.Then(look.Stage + 1, BootWatch.Again)
                    : look.Stage < 2 * Waits ? Looked.Then(look.Stage + 2, LastWords.Tell(health))
                    : throw new PermanentException("never-ready", $"Version {look.Of.Version} did not come back in time."), ct), ct);
}

public static class SwitchCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task KeepVolume(BotInput bot) => context.Finish(nameof(SwitchActivities.KeepVolume), bot, Retry.Machine);

        public Task ExchangeVolume(BotInput bot) => context.Finish(nameof(SwitchActivities.ExchangeVolume), bot, Retry.Machine);

        public Task StaysReady(BotInput bot) => context.Finish(nameof(WatchActivities.HoldReady), bot, Retry.Machine);

        /// <summary>Nothing when the data shall stay as it is now.</summary>
        public Task ReturnVolume(ReturnVolumeInput input) => input.Data is DataChoice.AsAtSwitch
            ? context.Finish(nameof(SwitchActivities.ReturnVolume), input, Retry.Undo)
            : Task.CompletedTask;

        public Task ReturnHere(BotInput bot) => context.Finish(nameof(SwitchActivities.ReturnHere), bot, Retry.Undo);

        public Task ReturnBot(BotInput bot) => context.Finish(nameof(SwitchActivities.ReturnBot), bot, Retry.Undo);
    }
}
