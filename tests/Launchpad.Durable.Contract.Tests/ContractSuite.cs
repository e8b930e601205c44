namespace Launchpad.Durable.Contract;

/// <summary>One part of the contract. It is run on every store through the official worker, host extension and client.</summary>
public abstract class ContractSuite(Hub hub)
{
    private readonly string _own = Guid.NewGuid().ToString("N")[..8];

    protected Hub Hub { get; } = hub;

    protected DurableTaskClient Client => Hub.Client;

    /// <summary>An id that no other test has.</summary>
    protected string Id(string name = "it") => $"{_own}-{name}";

    protected Task<string> StartAsync(string name, object? input = null, StartOrchestrationOptions? options = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(name, input, options);

    /// <summary>Starts one that is to be sent events, and waits until it runs: the store discards an event that it reads before the start, and on
    /// a busy machine it reads them in that order.</summary>
    protected async Task<string> RunningAsync(string name, object? input = null)
    {
        var id = await StartAsync(name, input);
        await UntilAsync(id, OrchestrationRuntimeStatus.Running);
        return id;
    }

    /// <summary>Starts, waits for the end, and gives the final state.</summary>
    protected async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, StartOrchestrationOptions? options = null) =>
        await EndAsync(await StartAsync(name, input, options));

    protected async Task<T> ResultAsync<T>(string name, object? input = null)
    {
        var state = await RunAsync(name, input);
        Assert.True(state.RuntimeStatus is OrchestrationRuntimeStatus.Completed, $"{state.RuntimeStatus}: {state.FailureDetails}");
        return state.ReadOutputAs<T>()!;
    }

    /// <summary>Starts, waits for the failure, and gives what is said of it: the type and the message, in the place of the output.</summary>
    protected async Task<string> FailureAsync(string name, object? input = null, StartOrchestrationOptions? options = null) =>
        Failure(await RunAsync(name, input, options));

    protected static string Failure(OrchestrationMetadata state)
    {
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        return state.SerializedOutput!;
    }

    protected Task<OrchestrationMetadata> EndAsync(string id) => UntilAsync(id, state => state.IsCompleted);

    protected Task<OrchestrationMetadata> UntilAsync(string id, OrchestrationRuntimeStatus status) =>
        UntilAsync(id, state => state.RuntimeStatus == status);

    protected Task<OrchestrationMetadata> UntilSaysAsync(string id, string customStatus) =>
        UntilAsync(id, state => state.SerializedCustomStatus == $"\"{customStatus}\"");

    /// <summary>Waits for what an engine promises to reach soon, such as the status after a request it has accepted.</summary>
    protected Task<OrchestrationMetadata> UntilAsync(string id, Func<OrchestrationMetadata, bool> condition) =>
        Hub.UntilAsync(id, condition);
}
