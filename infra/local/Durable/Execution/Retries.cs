using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask;

namespace Launchpad.Durable.Execution;

/// <summary>Tries a task again as its options say. The waits are durable timers, the decisions are made anew at every replay.</summary>
internal static class Retries
{
    public static Task<T> Run<T>(OrchestrationContext context, TaskRetryOptions? options, Func<Task<T>> call) => options switch
    {
        { Policy: { } policy } => ByPolicy(context, policy, call),
        { Handler: { } handler } => ByHandler(context, handler, call),
        _ => call(),
    };

    private static async Task<T> ByPolicy<T>(OrchestrationContext context, RetryPolicy policy, Func<Task<T>> call)
    {
        var started = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException failure) when (
                attempt < policy.MaxNumberOfAttempts
                && !IsPermanent(failure)
                && Handles(policy, failure)
                && IsInTime(context, policy, started))
            {
                // Waits below: an exception filter decides, so that the stack of the last failure is its own.
            }

            await context.CreateTimer(Later(context.CurrentUtcDateTime, Delay(policy, attempt)), CancellationToken.None);
        }
    }

    private static async Task<T> ByHandler<T>(OrchestrationContext context, AsyncRetryHandler handler, Func<Task<T>> call)
    {
        var started = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException failure) when (!IsPermanent(failure))
            {
                var elapsed = context.CurrentUtcDateTime - started;
                if (!await handler(new(context, attempt, failure.FailureDetails, elapsed, CancellationToken.None)))
                {
                    throw;
                }
            }
        }
    }

    private static bool IsPermanent(TaskFailedException failure) => Failure.IsPermanent(failure.FailureDetails.ErrorType);

    private static bool IsInTime(OrchestrationContext context, RetryPolicy policy, DateTime started) =>
        policy.RetryTimeout == Timeout.InfiniteTimeSpan || context.CurrentUtcDateTime < Later(started, policy.RetryTimeout);

    [SuppressMessage("Design", "CA1031", Justification = "A predicate that throws means no retry, and the task's own failure is shown.")]
    private static bool Handles(RetryPolicy policy, TaskFailedException failure)
    {
        try
        {
            return policy.Handle(failure);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static TimeSpan Delay(RetryPolicy policy, int attempt)
    {
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }

    private static DateTime Later(DateTime time, TimeSpan delay) =>
        delay > DateTime.MaxValue - time ? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc) : time + delay;
}
