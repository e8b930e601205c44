using System.Diagnostics;
using System.Threading.Channels;
using Launchpad.Shared.Deployments;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Operations;

/// <summary>What there is to say of the step that is being worked on.</summary>
/// <param name="Detail">In words; null for nothing.</param>
public sealed record StepReport(bool Ended, string? Detail);

/// <summary>Runs one step of an operation, if the operation still holds its deployment, and writes down that it started, which attempt it
/// is, and how it ended. Nothing that changes anything is done but through here: a step cannot forget to ask.</summary>
public sealed class StepLog(DeploymentStore deployments, OperationStore operations, TimeProvider clock, ILogger<StepLog> log)
{
    /// <summary>By the clock that steps are measured with.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <param name="target">Who acts on what.</param>
    /// <param name="step">Also says what it needs of the deployment's row.</param>
    /// <param name="reason">Why the step takes the time it takes, shown while it runs; null for nothing to say.</param>
    /// <param name="work">Is given the deployment as the operation holds it; returns the step's result and, in words, its detail.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="NotHeldException">When the deployment is not the operation's, or not any more.</exception>
    /// <exception cref="PermanentException">When trying again cannot help; anything else may be retried.</exception>
    public Task<T> RunAsync<T>(
        OperationTarget target, Step step, string? reason, Func<Deployment, Task<(T Result, string? Detail)>> work, CancellationToken ct) =>
        PollAsync(
            target, step, reason,
            async deployment =>
            {
                var (result, detail) = await work(deployment);
                return (result, detail, true);
            },
            ct);

    public Task RunAsync(
        OperationTarget target, Step step, string? reason, Func<Deployment, Task<string?>> work, CancellationToken ct) =>
        RunAsync(target, step, reason, async deployment => (true, await work(deployment)), ct);

    /// <summary>For a step that is looked after again and again: it stays open, with its detail as the reason for waiting, until the work
    /// says that it is finished.</summary>
    public async Task<T> PollAsync<T>(
        OperationTarget target, Step step, string? reason, Func<Deployment, Task<(T Result, string? Detail, bool Finished)>> work,
        CancellationToken ct)
    {
        using var span = Telemetry.StartStep(target.Operation, step.Name);
        var startedAt = await StartAsync(target, step, reason, look: true, ct);
        try
        {
            var (result, detail, finished) = await work(await HeldAsync(target, step, ct));
            await operations.EndStepAsync(
                target.Operation, step, finished ? StepStatus.Done : StepStatus.Started, SinceMs(startedAt), detail, null, ct);
            span.End(finished ? "done" : "waiting");
            return result;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            span.End("failed", Failure.Of(exception).Code);
            await FailAsync(target.Operation, step, startedAt, exception, ct);
            throw;
        }
    }

    /// <summary>For several steps that one piece of work goes through. It reports the end of each as it comes to it, and until then
    /// whatever there is to say of it; the next step of the path starts where one ends.</summary>
    /// <param name="target">Who acts on what.</param>
    /// <param name="path">The steps.</param>
    /// <param name="at">Where on the path the work was when it was looked at before. It reports from its beginning all the same.</param>
    /// <param name="work">True when it is finished.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Where on the path the work is; null when it is finished.</returns>
    /// <exception cref="PermanentException">When trying again cannot help; anything else may be retried.</exception>
    public async Task<int?> FollowAsync(
        OperationTarget target, IReadOnlyList<Step> path, int at, Func<Deployment, IProgress<StepReport>, Task<bool>> work,
        CancellationToken ct)
    {
        var (operation, known) = (target.Operation, at);
        Activity? span = null;
        string? said = null;
        var startedAt = await BeginAsync(path[at], look: at > 0);
        var reports = Channel.CreateUnbounded<StepReport>();
        var working = WorkAsync(target, path[at], work, reports.Writer, ct);
        try
        {
            await foreach (var report in reports.Reader.ReadAllAsync(ct))
            {
                if (known > 0)
                {
                    known -= report.Ended ? 1 : 0;
                    continue;
                }

                await TellAsync(report.Ended, said = report.Detail);
                if (report.Ended && at < path.Count - 1)
                {
                    // One that could not be begun did not fail: the one before it did, in going on.
                    startedAt = await BeginAsync(path[at + 1], look: false);
                    at++;
                    said = null;
                }
            }

            var isFinished = await working;
            if (!isFinished)
            {
                await TellAsync(hasEnded: false, said);
            }

            return isFinished ? null : at;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            span.End("failed", Failure.Of(exception).Code);
            await FailAsync(operation, path[at], startedAt, exception, ct);
            throw;
        }
        finally
        {
            span?.Dispose();
            await working;
        }

        // What the work does along the path is beside its steps' spans, not in them: it may span several.
        async Task<DateTimeOffset> BeginAsync(Step step, bool look)
        {
            span = Telemetry.StartStep(operation, step.Name);
            return await StartAsync(target, step, null, look, ct);
        }

        async Task TellAsync(bool hasEnded, string? detail)
        {
            await operations.EndStepAsync(
                operation, path[at], hasEnded ? StepStatus.Done : StepStatus.Started, SinceMs(startedAt), detail, null, ct);
            if (hasEnded)
            {
                span.End("done");
            }
        }
    }

    /// <summary>Whoever reads the reports meets a failure after those that came before it.</summary>
    private async Task<bool> WorkAsync(
        OperationTarget target, Step step, Func<Deployment, IProgress<StepReport>, Task<bool>> work, ChannelWriter<StepReport> reports,
        CancellationToken ct)
    {
        try
        {
            var isFinished = await work(await HeldAsync(target, step, ct), new Reports(reports));
            reports.Complete();
            return isFinished;
        }
        catch (Exception exception)
        {
            reports.Complete(exception);
            return false;
        }
    }

    /// <summary>What may not be taken back any more is not begun; what may not go on is told as its failure.</summary>
    private async Task<DateTimeOffset> StartAsync(OperationTarget target, Step step, string? reason, bool look, CancellationToken ct)
    {
        operations.Remember(target);
        if (step.Needs is Hold.ToTakeBack)
        {
            await HeldAsync(target, step, ct);
        }

        return await operations.StartStepAsync(target.Operation, step, reason, clock.GetUtcNow(), look, ct);
    }

    private async Task<Deployment> HeldAsync(OperationTarget target, Step step, CancellationToken ct) =>
        step.Require(await deployments.GetAsync(target.Account, target.Deployment, ct), target.Operation);

    private async Task FailAsync(string operation, Step step, DateTimeOffset startedAt, Exception exception, CancellationToken ct)
    {
        var failure = Failure.Of(exception);
        log.LogWarning(exception, "Step {Step} of {Operation} failed: {Code}", step.Name, operation, failure.Code);
        await operations.EndStepAsync(operation, step, StepStatus.Failed, SinceMs(startedAt), failure.Message, failure.Code, ct);
        if (failure.Permanent && exception is not PermanentException)
        {
            throw new PermanentException(failure.Code, failure.Message);
        }
    }

    private long SinceMs(DateTimeOffset startedAt) => (long)(clock.GetUtcNow() - startedAt).TotalMilliseconds;

    /// <summary>Unlike the framework's, it keeps the order.</summary>
    private sealed class Reports(ChannelWriter<StepReport> writer) : IProgress<StepReport>
    {
        public void Report(StepReport value) => writer.TryWrite(value);
    }
}
