using DurableTask.Core;

namespace Launchpad.Durable.Dispatch;

/// <summary>Those who wait for instances to end.</summary>
internal sealed class Waiters
{
    private readonly Dictionary<string, List<TaskCompletionSource<OrchestrationState>>> waiting = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private Exception? closed;

    public async Task<OrchestrationState?> WaitAsync(
        string instance, Func<OrchestrationState?> now, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        var end = new TaskCompletionSource<OrchestrationState>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (closed is not null)
            {
                throw closed;
            }

            if (!waiting.TryGetValue(instance, out var others))
            {
                waiting[instance] = others = [];
            }

            others.Add(end);
        }

        try
        {
            // Looked up after the place in the list is taken, so that an end in between is not missed.
            if (now() is { } state && Storage.Statuses.HasEnded(state.OrchestrationStatus))
            {
                return state;
            }

            return await end.Task.WaitAsync(timeout <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            Leave(instance, end);
        }
    }

    public void Ended(OrchestrationState state)
    {
        lock (gate)
        {
            if (waiting.Remove(state.OrchestrationInstance.InstanceId, out var all))
            {
                all.ForEach(one => one.TrySetResult(state));
            }
        }
    }

    public void Close(Exception reason)
    {
        lock (gate)
        {
            closed = reason;
            foreach (var one in waiting.Values.SelectMany(all => all))
            {
                one.TrySetException(reason);
            }

            waiting.Clear();
        }
    }

    private void Leave(string instance, TaskCompletionSource<OrchestrationState> end)
    {
        lock (gate)
        {
            if (waiting.TryGetValue(instance, out var others) && others.Remove(end) && others.Count == 0)
            {
                waiting.Remove(instance);
            }
        }
    }
}
