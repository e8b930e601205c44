using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Contract;

/// <summary>What a test may ask of any engine beside the defaults.</summary>
public sealed record EngineSettings
{
    public string DefaultVersion { get; init; } = "";

    public int? MaxPayloadBytes { get; init; }
}

/// <summary>An engine as the contract sees it: code to run, a start, a restart that keeps what is durable, and the public client. One
/// class that derives from it points the whole suite at another engine.</summary>
public abstract class EngineUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public abstract DurableTaskClient Client { get; }

    public EngineUnderTest Orchestrator<T>(string name, Func<TaskOrchestrationContext, Task<T>> body)
    {
        AddOrchestrator(name, async context => await body(context));
        return this;
    }

    public EngineUnderTest Activity<TInput, TResult>(string name, Func<TInput, TResult> body) =>
        ActivityAsync<TInput, TResult>(name, input => Task.FromResult(body(input)));

    public EngineUnderTest ActivityAsync<TInput, TResult>(string name, Func<TInput, Task<TResult>> body)
    {
        AddActivity(name, body);
        return this;
    }

    public abstract Task StartAsync();

    /// <summary>Ends the process, or what comes closest to it, and starts again with the same code and the same state.</summary>
    public abstract Task RestartAsync();

    /// <summary>Starts, waits for the end, and gives the final state.</summary>
    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, StartOrchestrationOptions? options = null) =>
        await EndAsync(await Client.ScheduleNewOrchestrationInstanceAsync(name, input, options));

    public async Task<OrchestrationMetadata> EndAsync(string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
    }

    public async Task<T> ResultAsync<T>(string name, object? input = null)
    {
        var state = await RunAsync(name, input);
        Assert.True(state.RuntimeStatus is OrchestrationRuntimeStatus.Completed, $"{state.RuntimeStatus}: {state.FailureDetails}");
        return state.ReadOutputAs<T>()!;
    }

    /// <summary>Waits for what an engine promises to reach soon, such as the status after a request it has accepted.</summary>
    public async Task<OrchestrationMetadata> UntilAsync(string id, Func<OrchestrationMetadata, bool> condition)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromMilliseconds(5))
        {
            if (await Client.GetInstanceAsync(id, getInputsAndOutputs: true) is { } state && condition(state))
            {
                return state;
            }

            await Task.Delay(5);
        }

        throw new TimeoutException($"{id}: {await Client.GetInstanceAsync(id, getInputsAndOutputs: true)}");
    }

    public abstract ValueTask DisposeAsync();

    protected abstract void AddOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> body);

    protected abstract void AddActivity<TInput, TResult>(string name, Func<TInput, Task<TResult>> body);
}

/// <summary>One part of the contract; an engine's own tests derive from it.</summary>
public abstract class ContractSuite(Func<EngineSettings, EngineUnderTest> create)
{
    protected async Task<EngineUnderTest> StartAsync(Action<EngineUnderTest> register, EngineSettings? settings = null)
    {
        var engine = create(settings ?? new());
        register(engine);
        await engine.StartAsync();
        return engine;
    }
}
