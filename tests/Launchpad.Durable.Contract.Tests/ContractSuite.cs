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

    /// <summary>Starts, waits for the end, and gives the final state.</summary>
    protected async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, StartOrchestrationOptions? options = null) =>
        await EndAsync(await StartAsync(name, input, options));

    protected async Task<T> ResultAsync<T>(string name, object? input = null)
    {
        var state = await RunAsync(name, input);
        Assert.True(state.RuntimeStatus is OrchestrationRuntimeStatus.Completed, $"{state.RuntimeStatus}: {state.FailureDetails}");
        return state.ReadOutputAs<T>()!;
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
