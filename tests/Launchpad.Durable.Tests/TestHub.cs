using DurableTask.Core;
using Newtonsoft.Json;

namespace Launchpad.Durable.Tests;

/// <summary>DurableTask's own worker and client over the store, in this process.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Action<TaskHubWorker> register;
    private readonly bool ownsDirectory;
    private TaskHubWorker? worker;

    private TestHub(SqliteStoreOptions options, Action<TaskHubWorker> register, bool ownsDirectory)
    {
        Options = options;
        this.register = register;
        this.ownsDirectory = ownsDirectory;
    }

    public SqliteStoreOptions Options { get; }

    public string Directory => Options.Directory;

    public SqliteOrchestrationService Service { get; private set; } = null!;

    public TaskHubClient Client { get; private set; } = null!;

    public static SqliteStoreOptions NewOptions(string? directory = null) => new()
    {
        Directory = directory ?? NewDirectory(),
        MaxConcurrentActivities = 100,
        MaxConcurrentOrchestrations = 200,
        ExitOnLogFailure = false,
    };

    public static string NewDirectory() => Path.Combine(Path.GetTempPath(), $"launchpad-store-{Guid.NewGuid():n}");

    public static async Task<TestHub> StartAsync(Action<TaskHubWorker> register, SqliteStoreOptions? options = null)
    {
        var hub = new TestHub(options ?? NewOptions(), register, options is null);
        await hub.StartAsync();
        return hub;
    }

    public async Task StartAsync()
    {
        Service = new(Options);
        worker = new TaskHubWorker(Service) { ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails };
        register(worker);
        await worker.StartAsync();
        Client = new(Service);
    }

    /// <summary>As a process that ends in the middle of everything, except that its memory is still there.</summary>
    public async Task StopAsync()
    {
        if (worker is { } running)
        {
            worker = null;
            await running.StopAsync(isForced: true);
            Service.Dispose();
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task<OrchestrationInstance> BeginAsync(string name, object? input = null, string? id = null) =>
        await Client.CreateOrchestrationInstanceAsync(name, "", id ?? Guid.NewGuid().ToString("n"), input);

    public async Task<OrchestrationState> EndAsync(OrchestrationInstance instance) => await EndAsync(instance.InstanceId);

    public async Task<OrchestrationState> EndAsync(string id) =>
        await Service.WaitForOrchestrationAsync(id, null, Patience, CancellationToken.None)
        ?? throw new TimeoutException($"{id} never ended: {JsonConvert.SerializeObject(await Service.GetOrchestrationStateAsync(id, null))}");

    public async Task<OrchestrationState> RunAsync(string name, object? input = null, string? id = null) =>
        await EndAsync(await BeginAsync(name, input, id));

    public async Task UntilAsync(string id, Func<OrchestrationState, bool> condition)
    {
        await WaitUntil(async () => await Service.GetOrchestrationStateAsync(id, null) is { } state && condition(state));
    }

    public static async Task WaitUntil(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
