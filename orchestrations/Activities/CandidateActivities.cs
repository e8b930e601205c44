using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Options;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>A version beside the bot that runs, on a copy of its volume. The machine knows it under a name of its own, so nothing that is
/// done to it can reach the other.</summary>
public sealed class CandidateActivities(CandidateMachine machine, LastWords words, StepLog steps, IOptions<RolloutOptions> options)
{
    private const int HealthWaitSeconds = 20;
    private const int AnswerSeconds = 120;

    /// <summary>False when the machine has no room for two.</summary>
    [Function(nameof(ReserveCandidate))]
    public Task<bool> ReserveCandidate([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Room, null, async _ =>
        {
            var has = await machine.ReserveAsync(input, ct);
            return (has, (string?)(has
                ? $"{Bots.CandidateMemoryMb} MB beside the bot."
                : "The machine has no room for two: the version is tried in its place only."));
        }, ct);

    [Function(nameof(CopyVolume))]
    public Task CopyVolume([ActivityTrigger] BotInput input, CancellationToken ct) =>
        CopyAsync(input, null, copied => $"{copied.UsedMb} MB; the bot went on and waited {copied.Ms} ms to write.", ct);

    /// <summary>Of the data that the version left behind.</summary>
    [Function(nameof(CopyKeptVolume))]
    public Task CopyKeptVolume([ActivityTrigger] BotInput input, CancellationToken ct) =>
        CopyAsync(input, input.Version, copied => $"The {copied.UsedMb} MB that version {input.Version} left behind.", ct);

    [Function(nameof(StartCandidate))]
    public Task StartCandidate([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.StartCandidate, null, async deployment =>
        {
            await machine.StartAsync(deployment, input, ct);
            return null;
        }, ct);

    /// <summary>True once it was ready for the whole window.</summary>
    [Function(nameof(CheckCandidate))]
    public Task<bool> CheckCandidate([ActivityTrigger] CheckBotInput input, CancellationToken ct) =>
        steps.PollAsync(input.Bot, Steps.Candidate, "The candidate is starting up.", async _ =>
        {
            var bot = input.Bot;
            var window = options.Value.HealthWindow;
            var health = await machine.RunAsync<HealthRequest, HealthResult>(
                bot, VmVerb.Health, new(Bots.CandidateOf(bot.Deployment), HealthWaitSeconds, HoldSeconds(window)), ct);
            var ended = health.Restarts > 0 || (!health.Running && health.ExitCode is not null);
            return health.Ready ? (true, (string?)$"Ready, and so for {window.TotalSeconds:0} s.", true)
                : ended || input.Last
                    ? throw new PermanentException(
                        "candidate-failed", $"The candidate failed. {await words.TellAsync(bot.Deployment, health, ct)}")
                : (false, LastWords.Tell(health), false);
        }, ct);

    [Function(nameof(AskCandidate))]
    public Task AskCandidate([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Canary, null, async _ =>
        {
            var answer = await machine.RunAsync<ExecTestRequest, ExecTestResult>(
                input, VmVerb.ExecTest, new(Bots.CandidateOf(input.Deployment), options.Value.CanaryMessage, AnswerSeconds), ct);
            return string.IsNullOrWhiteSpace(answer.Answer)
                ? throw new PermanentException("candidate-silent", "The candidate answered with nothing.")
                : $"It answered in {answer.Ms} ms.";
        }, ct);

    [Function(nameof(RemoveCandidate))]
    public Task RemoveCandidate([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.RemoveCandidate, null, async _ => await machine.RemoveAsync(input, ct) ? null : "There was none.", ct);

    /// <summary>The machine watches for a minute at most; of a longer window that is the part that counts.</summary>
    internal static int HoldSeconds(TimeSpan window) => (int)Math.Clamp(Math.Ceiling(window.TotalSeconds), 1, 60);

    private Task CopyAsync(BotInput input, int? kept, Func<VolumeResult, string> tell, CancellationToken ct) =>
        steps.RunAsync(input, Steps.CopyVolume, null, async _ =>
            tell(await machine.RunAsync<VolumeRequest, VolumeResult>(
                input, VmVerb.Volume, new(input.Deployment, VolumeAction.Copy, Bots.CandidateOf(input.Deployment), Kept: kept), ct)), ct);
}

/// <summary>The machine that a candidate is tried on: its room there, its start and its end.</summary>
public sealed class CandidateMachine(VmStore vms, BotMachine machine, ConfigVersionStore versions, Bots bots)
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

    public async Task StartAsync(Deployment deployment, BotInput bot, CancellationToken ct)
    {
        var version = await versions.GetAsync(bot.Deployment, bot.Version, ct);
        await RunAsync<ApplyRequest, ApplyResult>(bot, VmVerb.Apply, await bots.CandidateAsync(deployment, version, ct), ct);
    }

    /// <summary>False when there is none: its room is reserved before it comes, and given back after it went.</summary>
    public async Task<bool> RemoveAsync(BotInput bot, CancellationToken ct)
    {
        var candidate = Bots.CandidateOf(bot.Deployment);
        if (await vms.FindAsync(bot.Tier, bot.Vm, ct) is not { } vm || !vm.Reservations.ContainsKey(candidate))
        {
            return false;
        }

        await RunAsync<RemoveRequest, RemoveResult>(bot, VmVerb.Remove, new(candidate), ct);
        await vms.ChangeAsync(bot.Tier, bot.Vm, current => current.Without(candidate), ct);
        return true;
    }

    public Task<TResult> RunAsync<TRequest, TResult>(BotInput bot, VmVerb verb, TRequest request, CancellationToken ct)
        where TRequest : class
        where TResult : class =>
        machine.RunAsync<TRequest, TResult>(bot, verb, request, ct);
}

public static class CandidateCalls
{
    private const int ChecksMax = 20;

    extension(TaskOrchestrationContext context)
    {
        public Task<bool> ReserveCandidate(BotInput bot) =>
            context.CallActivityAsync<bool>(nameof(CandidateActivities.ReserveCandidate), bot, Retry.Store);

        public Task CopyVolume(BotInput bot) => context.CallActivityAsync(nameof(CandidateActivities.CopyVolume), bot, Retry.Machine);

        public Task CopyKeptVolume(BotInput bot) =>
            context.CallActivityAsync(nameof(CandidateActivities.CopyKeptVolume), bot, Retry.Machine);

        public Task StartCandidate(BotInput bot) =>
            context.CallActivityAsync(nameof(CandidateActivities.StartCandidate), bot, Retry.Machine);

        public async Task CandidateBecomesReady(BotInput bot, DateTime deadline)
        {
            for (var check = 1; ; check++)
            {
                var input = new CheckBotInput(bot, check == ChecksMax || context.CurrentUtcDateTime >= deadline);
                if (await context.CallActivityAsync<bool>(nameof(CandidateActivities.CheckCandidate), input, Retry.Machine))
                {
                    return;
                }
            }
        }

        public Task AskCandidate(BotInput bot) => context.CallActivityAsync(nameof(CandidateActivities.AskCandidate), bot, Retry.Ask);

        public Task RemoveCandidate(BotInput bot) =>
            context.CallActivityAsync(nameof(CandidateActivities.RemoveCandidate), bot, Retry.Undo);
    }
}
