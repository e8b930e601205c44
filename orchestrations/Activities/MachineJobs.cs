using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Logging;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What came of a look.</summary>
/// <param name="Rest">Null when the work is done.</param>
/// <param name="Detail">In words; null for nothing to say.</param>
public sealed record Looked(Unfinished? Rest, string? Detail)
{
    public static Looked Done(string? detail = null) => new(null, detail);

    /// <summary>Another job is to follow.</summary>
    /// <param name="stage">What came of one that the step has had may still be on the machine, and is found there again.</param>
    /// <param name="detail">In words; null for nothing to say.</param>
    public static Looked Then(int stage, string? detail = null) => new(new(Runs: false, stage), detail);
}

/// <summary>Steps whose work is done by a job on a machine (ADR 21). What came of a job is written down before the machine may forget it;
/// a job that nobody waits for any more, because its step failed or its operation lost the deployment, is ended.</summary>
public sealed class MachineJobs(VmStore vms, VmJobs jobs, StepLog steps, ILogger<MachineJobs> log)
{
    /// <param name="look">At what.</param>
    /// <param name="target">Whose step it is; the job is on its machine where it says one.</param>
    /// <param name="step">Also says what it needs of the deployment's row.</param>
    /// <param name="reason">Why the step takes the time it takes; null for nothing to say.</param>
    /// <param name="work">Is given the deployment as the operation holds it.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null when the work is done.</returns>
    public Task<Unfinished?> LookAsync(
        Look look, OperationTarget target, Step step, string? reason, Func<Deployment, MachineJob, Task<Looked>> work, CancellationToken ct) =>
        RunAsync(new(vms, jobs, new(look, target, step)), job => steps.PollAsync(
            target, step, reason,
            async deployment =>
            {
                job.HasMoreTime = deployment.Operation?.HasMoreTime(steps.Now) is true;
                var (rest, detail) = await work(deployment, job);
                return (rest, rest is null ? detail : detail ?? reason, rest is null);
            },
            ct), ct);

    /// <summary>For a job that goes through several steps that people follow.</summary>
    /// <inheritdoc cref="LookAsync"/>
    public Task<Unfinished?> FollowAsync(
        Look look, OperationTarget target, IReadOnlyList<Step> path,
        Func<Deployment, MachineJob, IProgress<StepReport>, Task<Looked>> work, CancellationToken ct) =>
        RunAsync(new(vms, jobs, new(look, target, path[0])), async job =>
        {
            var at = await steps.FollowAsync(
                target, path, look.Before?.At ?? 0,
                async (deployment, reports) =>
                {
                    job.HasMoreTime = deployment.Operation?.HasMoreTime(steps.Now) is true;
                    return (await work(deployment, job, reports)).Rest is null;
                },
                ct);
            return at is null ? null : new(At: at.Value);
        }, ct);

    private async Task<Unfinished?> RunAsync(MachineJob job, Func<MachineJob, Task<Unfinished?>> look, CancellationToken ct)
    {
        Unfinished? rest;
        try
        {
            rest = await look(job);
        }
        catch (Exception failure) when (job.HasEnded || failure is PermanentException)
        {
            await TryAsync(job, () => job.EndAsync(ct));
            await TryAsync(job, () => job.CollectAsync(ct));
            throw;
        }

        await TryAsync(job, () => job.CollectAsync(ct));
        return rest;
    }

    /// <summary>What the step came to is what is told. A job that cannot be ended or collected is left, and its machine forgets it within a
    /// day; whoever looks under its name until then finds the same end.</summary>
    private async Task TryAsync(MachineJob job, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception left) when (Failure.Of(left).Code is not "internal")
        {
            log.LogWarning(left, "The job {Job} was left on its machine", job.Name);
        }
    }
}

/// <summary>A step's job on a machine, as one look sees it.</summary>
public sealed class MachineJob
{
    private readonly VmStore vms;
    private readonly VmJobs jobs;
    private readonly Look look;
    private readonly BotInput? bot;
    private readonly string prefix;
    private readonly string title;
    private Vm? vm;

    internal MachineJob(VmStore vms, VmJobs jobs, Whose whose)
    {
        (this.vms, this.jobs, look) = (vms, jobs, whose.Look);
        bot = whose.Target as BotInput;
        prefix = $"{whose.Target.Operation}-{whose.Step.Name}";
        title = whose.Step.Title;
        Stage = look.Stage;
    }

    public string Name => $"{prefix}-{Stage}";

    public int Stage { get; private set; }

    /// <summary>True when the machine only keeps it until what came of it is written down.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>True when there is no time left to look again.</summary>
    public bool IsLast => look.Last && !HasMoreTime;

    /// <summary>Somebody gave the operation more time than it had.</summary>
    internal bool HasMoreTime { get; set; }

    /// <param name="on">The machine, for a step that looks for it itself.</param>
    /// <param name="stage">Of a step that has several jobs: which one.</param>
    public MachineJob On(Vm on, int stage)
    {
        (vm, Stage) = (on, stage);
        return this;
    }

    /// <param name="stage">Which of the step's jobs, for one that has another only sometimes.</param>
    public MachineJob At(int stage)
    {
        Stage = stage;
        return this;
    }

    public Task<Looked> RunAsync<TRequest, TResult>(VmVerb verb, TRequest request, Func<TResult, Looked> tell, CancellationToken ct)
        where TRequest : class
        where TResult : class =>
        RunAsync<TRequest, TResult>(verb, () => Task.FromResult(request), result => Task.FromResult(tell(result)), ct);

    /// <param name="verb">What the job does.</param>
    /// <param name="request">Made when the job is begun.</param>
    /// <param name="tell">Is given the answer, and says what it means for the step.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <param name="progress">Told of every step of the machine, from the first.</param>
    /// <exception cref="VmFailedException">The job failed.</exception>
    public async Task<Looked> RunAsync<TRequest, TResult>(
        VmVerb verb, Func<Task<TRequest>> request, Func<TResult, Task<Looked>> tell, CancellationToken ct, IProgress<VmStep>? progress = null)
        where TRequest : class
        where TResult : class
    {
        vm ??= await vms.GetAsync(bot!.Tier, bot.Vm, ct);
        var isBegun = look.Before is { Runs: true } && look.Stage == Stage;
        var seen = await jobs.LookAsync<TRequest, TResult>(vm, Name, isBegun, verb, request, progress, ct);
        HasEnded = seen.Ended;
        return !seen.Ended && IsLast ? throw new PermanentException(
                "took-too-long", $"“{title}” did not come to its end in time, so it was stopped. What was done until then was not lost.")
            : !seen.Ended ? new(new(Stage: Stage), null)
            : seen.Error is { } error ? throw new VmFailedException(error)
            : await tell(seen.Result!);
    }

    internal async Task EndAsync(CancellationToken ct)
    {
        vm ??= bot is null ? null : await vms.FindAsync(bot.Tier, bot.Vm, ct);
        if (vm is not null && !HasEnded)
        {
            await jobs.CancelAsync(vm, Name, ct);
            HasEnded = true;
        }
    }

    internal async Task CollectAsync(CancellationToken ct)
    {
        if (HasEnded)
        {
            await jobs.CollectAsync(vm!, Name, ct);
        }
    }

    internal sealed record Whose(Look Look, OperationTarget Target, Step Step);
}
