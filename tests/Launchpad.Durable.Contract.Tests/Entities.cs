using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Launchpad.Durable.Contract;

/// <summary>Counts.</summary>
public sealed class Counter : TaskEntity<int>
{
    public void Add(int n) => State += n;

    public int Get() => State;

    public int Fail() => throw new InvalidOperationException($"{State} is not enough");
}

public abstract class EntityContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(Counter))]
    public static Task Counter([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();

    private EntityInstanceId One => new(nameof(Counter), Id());

    private async Task<int> UntilAsync(int expected)
    {
        for (var i = 0; i < 500; i++)
        {
            if (await Client.Entities.GetEntityAsync<int>(One) is { State: var state } && state == expected)
            {
                return state;
            }

            await Task.Delay(20);
        }

        return (await Client.Entities.GetEntityAsync<int>(One))?.State ?? -1;
    }

    [Fact]
    public async Task Signals_of_a_client_are_counted_each_once()
    {
        Assert.Null(await Client.Entities.GetEntityAsync<int>(One));
        await Task.WhenAll(Enumerable.Range(1, 10).Select(n => Client.Entities.SignalEntityAsync(One, "Add", n)));
        Assert.Equal(55, await UntilAsync(55));
    }

    [Function(nameof(CallCounter))]
    public static async Task<int> CallCounter([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var one = new EntityInstanceId(nameof(Counter), context.GetInput<string>()!);
        await context.Entities.SignalEntityAsync(one, "Add", 2);
        await context.Entities.CallEntityAsync(one, "Add", 3);
        return await context.Entities.CallEntityAsync<int>(one, "Get");
    }

    [Fact]
    public async Task An_orchestrator_signals_and_calls_in_order() => Assert.Equal(5, await ResultAsync<int>(nameof(CallCounter), Id()));

    [Function(nameof(AddLocked))]
    public static async Task<int> AddLocked([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var one = new EntityInstanceId(nameof(Counter), context.GetInput<string>()!);
        await using (await context.Entities.LockEntitiesAsync(one))
        {
            var before = await context.Entities.CallEntityAsync<int>(one, "Get");
            await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            await context.Entities.CallEntityAsync(one, "Add", 1);
            return await context.Entities.CallEntityAsync<int>(one, "Get") - before;
        }
    }

    [Fact]
    public async Task Whoever_has_locked_an_entity_is_alone_with_it()
    {
        var differences = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ResultAsync<int>(nameof(AddLocked), Id())));
        Assert.Equal([1, 1, 1], differences);
        Assert.Equal(3, await UntilAsync(3));
    }

    [Function(nameof(CallFailing))]
    public static async Task<string> CallFailing([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.Entities.CallEntityAsync<int>(new EntityInstanceId(nameof(Counter), context.GetInput<string>()!), "Fail");
            return "";
        }
        catch (EntityOperationFailedException failure)
        {
            return failure.FailureDetails.ErrorMessage;
        }
    }

    [Fact]
    public async Task An_operation_that_fails_says_so_to_its_caller() =>
        Assert.Equal("0 is not enough", await ResultAsync<string>(nameof(CallFailing), Id()));

    [Fact]
    public async Task Entities_are_no_orchestrations_in_queries()
    {
        await Client.Entities.SignalEntityAsync(One, "Add", 1);
        await UntilAsync(1);
        var entities = new List<EntityInstanceId>();
        await foreach (var entity in Client.Entities.GetAllEntitiesAsync(new EntityQuery { InstanceIdStartsWith = $"@counter@{Id("")}" }))
        {
            entities.Add(entity.Id);
        }

        Assert.Equal([One], entities);
    }
}
