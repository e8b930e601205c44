using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Operations;

/// <summary>What there is to say of the step that is being worked on.</summary>
/// <param name="Detail">In words; null for nothing.</param>
public sealed record StepReport(bool Ended, string? Detail);

/// <summary>Runs one step of an operation and writes down that it started, which attempt it is, and how it ended.</summary>
public sealed class StepLog(OperationStore operations, TimeProvider clock, ILogger<StepLog> log)
{
    /// <param name="reason">Why the step takes the time it takes, shown while it runs; null for nothing to say.</param>
    /// <param name="work">Returns the step's result and, in words, its detail.</param>
    /// <exception cref="PermanentException">When trying again cannot help; anything else may be retried.</exception>
    public Task<T> RunAsync<T>(
        string operation, Step step, string? reason, Func<Task<(T Result, string? Detail)>> work, CancellationToken ct) =>
        PollAsync(
            operation, step, reason,
            async () =>
            {
                var (result, detail) = await work();
                return (result, detail, true);
            },
            ct);

    public Task RunAsync(string operation, Step step, string? reason, Func<Task<string?>> work, CancellationToken ct) =>
        RunAsync(operation, step, reason, async () => (true, await work()), ct);

    /// <summary>For a step that is looked after again and again: it stays open, with its detail as the reason for waiting, until the work
    /// says that it is finished.</summary>
    public async Task<T> PollAsync<T>(
        string operation, Step step, string? reason, Func<Task<(T Result, string? Detail, bool Finished)>> work, CancellationToken ct)
    {
        using var span = Telemetry.StartStep(operation, step.Name);
        var startedAt = await operations.StartStepAsync(operation, step, reason, clock.GetUtcNow(), look: true, ct);
        try
        {
            var (result, detail, finished) = await work();
            await operations.EndStepAsync(
                operation, step, finished ? StepStatus.Done : StepStatus.Started, SinceMs(startedAt), detail, null, ct);
            span.End(finished ? "done" : "waiting");
            return result;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            span.End("failed", Failure.Of(exception).Code);
            await FailAsync(operation, step, startedAt, exception, ct);
            throw;
        }
    }

    /// <summary>For several steps that one piece of work goes through. It reports the end of each as it comes to it, and until then
    /// whatever there is to say of it; the next step of the path starts where one ends.</summary>
    /// <exception cref="PermanentException">When trying again cannot help; anything else may be retried.</exception>
    public async Task FollowAsync(
        string operation, IReadOnlyList<Step> path, Func<IProgress<StepReport>, Task> work, CancellationToken ct)
    {
        var reports = Channel.CreateUnbounded<StepReport>();
        Activity? span = null;
        var startedAt = await StartAsync(path[0]);
        var working = WorkAsync();
        var at = 0;
        try
        {
            await foreach (var report in reports.Reader.ReadAllAsync(ct))
            {
                await operations.EndStepAsync(
                    operation, path[at], report.Ended ? StepStatus.Done : StepStatus.Started, SinceMs(startedAt), report.Detail, null, ct);
                if (report.Ended)
                {
                    span.End("done");
                }

                if (report.Ended && ++at < path.Count)
                {
                    startedAt = await StartAsync(path[at]);
                }
            }
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
        async Task<DateTimeOffset> StartAsync(Step step)
        {
            span = Telemetry.StartStep(operation, step.Name);
            return await operations.StartStepAsync(operation, step, null, clock.GetUtcNow(), look: false, ct);
        }

        async Task WorkAsync()
        {
            try
            {
                await work(new Reports(reports.Writer));
                reports.Writer.Complete();
            }
            catch (Exception exception)
            {
                // The reader meets it after the reports that came before it.
                reports.Writer.Complete(exception);
            }
        }
    }

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
