using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
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

    /// <summary>A result that cannot be read is tried again too: the policy is for the call, not only for the task.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Durable Task retries whatever the call ends in, and shows the last of it.")]
    private static async Task<T> ByPolicy<T>(OrchestrationContext context, RetryPolicy policy, Func<Task<T>> call)
    {
        var started = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            ExceptionDispatchInfo failed;
            try
            {
                return await call();
            }
            catch (Exception failure) when (failure is not TaskFailedException task || !IsPermanent(task))
            {
                failed = ExceptionDispatchInfo.Capture(failure);
            }

            if (attempt == policy.MaxNumberOfAttempts)
            {
                // Durable Task has a timer here that is due at once. Without it every later task would have another number than there.
                await context.CreateTimer(context.CurrentUtcDateTime, CancellationToken.None);
                failed.Throw();
            }

            if (!Handles(policy, failed.SourceException) || !IsInTime(context, policy, started))
            {
                failed.Throw();
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
    private static bool Handles(RetryPolicy policy, Exception failure)
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
