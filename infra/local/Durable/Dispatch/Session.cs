using DurableTask.Core;

namespace Launchpad.Durable.Dispatch;

/// <summary>Keeps an instance locked, and its orchestrator in memory, between turns that follow soon.</summary>
internal sealed class Session(Hub hub, TimeProvider time, TimeSpan idle, CancellationToken stopping) : IOrchestrationSession
{
    public async Task<IList<TaskMessage>?> FetchNewOrchestrationMessagesAsync(TaskOrchestrationWorkItem workItem)
    {
        var item = (InstanceWorkItem)workItem;
        try
        {
            await hub.ArrivalAsync(item.Slot).WaitAsync(idle, time, stopping);
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            return null;
        }

        item.Taken = hub.Take(item.Slot);
        return [.. item.Taken.Select(message => message.Message)];
    }

    public Task EndSessionAsync() => Task.CompletedTask;
}
