using System.Text.Json;
using Launchpad.Durable.Contract;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Tests;

/// <summary>The engine under test: the one file to write anew when the contract is to be run against another.</summary>
internal sealed class Engine(Func<DurableOptions, DurableOptions>? configure = null, TimeProvider? time = null) : EngineUnderTest
{
    private readonly List<Action<DurableEngine>> registrations = [];
    private DurableEngine? running;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("durable-").FullName;

    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    public override DurableTaskClient Client => Running.Client;

    public DurableEngine Running => running ?? throw new InvalidOperationException("Not started.");

    public static EngineUnderTest Create(EngineSettings settings) => new Engine(options => options with
    {
        DefaultVersion = settings.DefaultVersion,
        MaxPayloadBytes = settings.MaxPayloadBytes ?? options.MaxPayloadBytes,
    });

    public static async Task<Engine> StartAsync(
        Action<Engine> register, Func<DurableOptions, DurableOptions>? configure = null, TimeProvider? time = null)
    {
        var engine = new Engine(configure, time);
        register(engine);
        await engine.StartAsync();
        return engine;
    }

    /// <summary>Forgets what was registered, as a new version of the program would.</summary>
    public Engine Clear()
    {
        registrations.Clear();
        return this;
    }

    public override async Task StartAsync()
    {
        var options = new DurableOptions { Directory = Directory, DrainTimeout = TimeSpan.FromMilliseconds(200), ExitOnLogFailure = false };
        running = new(configure?.Invoke(options) ?? options, time ?? TimeProvider.System, Loggers);
        registrations.ForEach(register => register(running));
        await running.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        await Running.StopAsync(CancellationToken.None);
        running = null;
    }

    public override async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (running is not null)
        {
            await running.DisposeAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    protected override void AddOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> body) =>
        registrations.Add(engine => engine.AddOrchestrator(name, body));

    protected override void AddActivity<TInput, TResult>(string name, Func<TInput, Task<TResult>> body) =>
        registrations.Add(engine => engine.AddActivity(name, async (call, _) => await body(Read<TInput>(call.InputJson))));

    private static T Read<T>(string? json) => json is null ? default! : JsonSerializer.Deserialize<T>(json)!;
}

public sealed class Activities() : ActivityContract(Engine.Create);

public sealed class Retries() : RetryContract(Engine.Create);

public sealed class Timers() : TimerContract(Engine.Create);

public sealed class Events() : EventContract(Engine.Create);

public sealed class Orchestrators() : OrchestratorContract(Engine.Create);

public sealed class Lifecycle() : LifecycleContract(Engine.Create);

public sealed class Models() : ModelContract(Engine.Create);
