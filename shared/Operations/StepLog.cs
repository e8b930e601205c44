using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Operations;

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
        var startedAt = await operations.StartStepAsync(operation, step, reason, clock.GetUtcNow(), ct);
        try
        {
            var (result, detail, finished) = await work();
            await operations.EndStepAsync(
                operation, step, finished ? StepStatus.Done : StepStatus.Started, SinceMs(startedAt), detail, null, ct);
            return result;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            var failure = Failure.Of(exception);
            log.LogWarning(exception, "Step {Step} of {Operation} failed: {Code}", step.Name, operation, failure.Code);
            await operations.EndStepAsync(
                operation, step, StepStatus.Failed, SinceMs(startedAt), failure.Message, failure.Code, ct);
            if (failure.Permanent && exception is not PermanentException)
            {
                throw new PermanentException(failure.Code, failure.Message);
            }

            throw;
        }
    }

    private long SinceMs(DateTimeOffset startedAt) => (long)(clock.GetUtcNow() - startedAt).TotalMilliseconds;
}
