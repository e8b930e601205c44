using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Options;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>A version beside the bot that runs, on a copy of its volume. The machine knows it under a name of its own, so nothing that is
/// done to it can reach the other.</summary>
public sealed class CandidateActivities(CandidatePlace place, MachineJobs machine, StepLog steps)
{
    /// <summary>False when the machine has no room for two.</summary>
    [Function(nameof(ReserveCandidate))]
    public Task<bool> ReserveCandidate([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Room, null, async _ =>
        {
            var has = await place.ReserveAsync(input, ct);
            return (has, (string?)(has
                ? $"{Bots.CandidateMemoryMb} MB beside the bot."
                : "The machine has no room for two: the version is tried in its place only."));
        }, ct);

    [Function(nameof(CopyVolume))]
    public Task<Unfinished?> CopyVolume([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        CopyAsync(look, null, copied => $"{copied.UsedMb} MB; the bot went on and waited {copied.Ms} ms to write.", ct);

    /// <summary>Of the data that the version left behind.</summary>
    [Function(nameof(CopyKeptVolume))]
    public Task<Unfinished?> CopyKeptVolume([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        CopyAsync(look, look.Of.Version, copied => $"The {copied.UsedMb} MB that version {look.Of.Version} left behind.", ct);

    [Function(nameof(StartCandidate))]
    public Task<Unfinished?> StartCandidate([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.StartCandidate, null, (deployment, job) => job.RunAsync(
            VmVerb.Apply, () => place.SpecAsync(deployment, look.Of.Version, ct),
            (ApplyResult _) => Task.FromResult(Looked.Done()), ct), ct);

    [Function(nameof(RemoveCandidate))]
    public Task<Unfinished?> RemoveCandidate([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.RemoveCandidate, null, async (deployment, job) =>
            !await place.IsTakenAsync(look.Of, ct) ? Looked.Done("There was none.") : await job.RunAsync(
                VmVerb.Remove, () => Task.FromResult(new RemoveRequest(Bots.CandidateOf(deployment.Id))),
                async (RemoveResult _) =>
                {
                    await place.LeaveAsync(look.Of, ct);
                    return Looked.Done();
                }, ct), ct);

    private Task<Unfinished?> CopyAsync(Look<BotInput> look, int? kept, Func<VolumeResult, string> tell, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.CopyVolume, null, (deployment, job) => job.RunAsync(
            VmVerb.Volume, new VolumeRequest(deployment.Id, VolumeAction.Copy, Bots.CandidateOf(deployment.Id), Kept: kept),
            (VolumeResult copied) => Looked.Done(tell(copied)), ct), ct);
}

/// <summary>A candidate proves itself.</summary>
public sealed class TrialActivities(MachineJobs machine, BootWatch watch, IOptions<RolloutOptions> options)
{
    private const int HealthWaitSeconds = 20;
    private const int AnswerSeconds = 120;

    /// <summary>Done once it was ready for the whole window.</summary>
    [Function(nameof(CheckCandidate))]
    public Task<Unfinished?> CheckCandidate([ActivityTrigger] Look<BotInput> look, CancellationToken ct)
    {
        var window = options.Value.HealthWindow;
        return watch.LookAsync(look, new(
            Steps.Candidate, "The candidate is starting up.",
            new(Bots.CandidateOf(look.Of.Deployment), HealthWaitSeconds, HoldSeconds(window)),
            health => health.Ready ? $"Ready, and so for {window.TotalSeconds:0} s." : null,
            health => health.Restarts > 0 || (!health.Running && health.ExitCode is not null),
            new("candidate-failed", "The candidate failed.")), ct);
    }

    [Function(nameof(AskCandidate))]
    public Task<Unfinished?> AskCandidate([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.Canary, null, (deployment, job) => job.RunAsync(
            VmVerb.ExecTest, new ExecTestRequest(Bots.CandidateOf(deployment.Id), options.Value.CanaryMessage, AnswerSeconds),
            (ExecTestResult answer) => string.IsNullOrWhiteSpace(answer.Answer)
                ? throw new PermanentException("candidate-silent", "The candidate answered with nothing.")
                : Looked.Done($"It answered in {answer.Ms} ms."), ct), ct);

    /// <summary>The machine watches for a minute at most; of a longer window that is the part that counts.</summary>
    internal static int HoldSeconds(TimeSpan window) => (int)Math.Clamp(Math.Ceiling(window.TotalSeconds), 1, 60);
}

/// <summary>A candidate's room on the machine of its bot, and what is put there.</summary>
public sealed class CandidatePlace(VmStore vms, ConfigVersionStore versions, Bots bots)
{
    /// <summary>False when the machine has no room for two.</summary>
    public async Task<bool> ReserveAsync(BotInput bot, CancellationToken ct)
    {
        var candidate = Bots.CandidateOf(bot.Deployment);
        var vm = await vms.ChangeAsync(
            bot.Tier, bot.Vm,
            current => current.FreeMb >= Bots.CandidateMemoryMb ? current.With(candidate, Bots.CandidateMemoryMb) : current, ct);
        return vm.Reservations.ContainsKey(candidate);
    }

    public async Task<ApplyRequest> SpecAsync(Deployment deployment, int version, CancellationToken ct) =>
        await bots.CandidateAsync(deployment, await versions.GetAsync(deployment.Id, version, ct), ct);

    /// <summary>False when there is no candidate: its room is reserved before it comes, and given back after it went.</summary>
    public async Task<bool> IsTakenAsync(BotInput bot, CancellationToken ct) =>
        await vms.FindHolderAsync(bot.Tier, bot.Vm, Bots.CandidateOf(bot.Deployment), ct) is not null;

    public Task LeaveAsync(BotInput bot, CancellationToken ct) =>
        vms.ChangeAsync(bot.Tier, bot.Vm, current => current.Without(Bots.CandidateOf(bot.Deployment)), ct);
}

public static class CandidateCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<bool> ReserveCandidate(BotInput bot) =>
            context.CallActivityAsync<bool>(nameof(CandidateActivities.ReserveCandidate), bot, Retry.Store);

        public Task CopyVolume(BotInput bot) => context.Finish(nameof(CandidateActivities.CopyVolume), bot, Retry.Machine);

        public Task CopyKeptVolume(BotInput bot) => context.Finish(nameof(CandidateActivities.CopyKeptVolume), bot, Retry.Machine);

        public Task StartCandidate(BotInput bot) => context.Finish(nameof(CandidateActivities.StartCandidate), bot, Retry.Machine);

        public Task CandidateBecomesReady(BotInput bot, DateTime deadline) =>
            context.Finish(nameof(TrialActivities.CheckCandidate), bot, Retry.Machine, deadline);

        public Task AskCandidate(BotInput bot) => context.Finish(nameof(TrialActivities.AskCandidate), bot, Retry.Ask);

        public Task RemoveCandidate(BotInput bot) => context.Finish(nameof(CandidateActivities.RemoveCandidate), bot, Retry.Undo);
    }
}
