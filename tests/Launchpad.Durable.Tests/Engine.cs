using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Tests;

/// <summary>The engine under test: the one file to write anew when the contract is to be run against another.</summary>
internal sealed class Engine(Func<DurableOptions, DurableOptions>? configure = null, TimeProvider? time = null) : IAsyncDisposable
{
    private readonly List<Action<DurableEngine>> registrations = [];
    private DurableEngine? running;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("durable-").FullName;

    public DurableTaskClient Client => Running.Client;

    public DurableEngine Running => running ?? throw new InvalidOperationException("Not started.");

    public static async Task<Engine> StartAsync(
        Action<Engine> register, Func<DurableOptions, DurableOptions>? configure = null, TimeProvider? time = null)
    {
        var engine = new Engine(configure, time);
        register(engine);
        await engine.StartAsync();
        return engine;
    }

    public Engine Orchestrator<T>(string name, Func<TaskOrchestrationContext, Task<T>> body)
    {
        registrations.Add(engine => engine.AddOrchestrator(name, async context => await body(context)));
        return this;
    }

    public Engine ActivityAsync<TInput, TResult>(string name, Func<TInput, Task<TResult>> body)
    {
        registrations.Add(engine => engine.AddActivity(name, async (call, _) => await body(Read<TInput>(call.InputJson))));
        return this;
    }

    public Engine Activity<TInput, TResult>(string name, Func<TInput, TResult> body) =>
        ActivityAsync<TInput, TResult>(name, input => Task.FromResult(body(input)));

    /// <summary>Forgets what was registered, as a new version of the program would.</summary>
    public Engine Clear()
    {
        registrations.Clear();
        return this;
    }

    public async Task StartAsync()
    {
        var options = new DurableOptions { Directory = Directory, DrainTimeout = TimeSpan.FromMilliseconds(200), ExitOnLogFailure = false };
        running = new(configure?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        registrations.ForEach(register => register(running));
        await running.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        await Running.StopAsync(CancellationToken.None);
        running = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Starts, waits for the end, and gives the final state.</summary>
    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, StartOrchestrationOptions? options = null)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(name, input, options);
        return await EndAsync(id);
    }

    public async Task<OrchestrationMetadata> EndAsync(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
    }

    public async Task<T> ResultAsync<T>(string name, object? input = null)
    {
        var state = await RunAsync(name, input);
        Assert.True(state.RuntimeStatus is OrchestrationRuntimeStatus.Completed, $"{state.RuntimeStatus}: {state.FailureDetails}");
        return state.ReadOutputAs<T>()!;
    }

    /// <summary>Waits for what the engine promises to reach soon, such as the status after a committed request.</summary>
    public async Task<OrchestrationMetadata> UntilAsync(string id, Func<OrchestrationMetadata, bool> condition)
    {
        for (var tries = 0; tries < 2000; tries++)
        {
            if (await Client.GetInstanceAsync(id, getInputsAndOutputs: true) is { } state && condition(state))
            {
                return state;
            }

            await Task.Delay(5);
        }

        throw new TimeoutException($"{id}: {await Client.GetInstanceAsync(id, getInputsAndOutputs: true)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (running is not null)
        {
            await running.DisposeAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static T Read<T>(string? json) => json is null ? default! : JsonSerializer.Deserialize<T>(json)!;
}
