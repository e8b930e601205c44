using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Launchpad.Host.Sample;

/// <summary>An entity: a number that is added to.</summary>
public sealed class Counter : TaskEntity<int>
{
    public int Add(int by) => State += by;

    [Function(nameof(Counter))]
    public static Task Run([EntityTrigger] TaskEntityDispatcher dispatcher)
    {
        ArgumentNullException.ThrowIfNull(dispatcher);
        return dispatcher.DispatchAsync<Counter>();
    }

    /// <summary>Adds to the counter twice and gives back what it is then.</summary>
    [Function(nameof(AddTwice))]
    public static async Task<int> AddTwice([OrchestrationTrigger] TaskOrchestrationContext context, string key)
    {
        ArgumentNullException.ThrowIfNull(context);
        var counter = new EntityInstanceId(nameof(Counter), key);
        await context.Entities.SignalEntityAsync(counter, nameof(Add), 20);
        return await context.Entities.CallEntityAsync<int>(counter, nameof(Add), 3);
    }
}
