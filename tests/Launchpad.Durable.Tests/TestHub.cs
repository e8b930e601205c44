using DurableTask.Core;
using Newtonsoft.Json;

namespace Launchpad.Durable.Tests;

/// <summary>DurableTask's own worker and client over the store, in this process.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private static readonly string Own = Path.Combine(Path.GetTempPath(), "launchpad-store-");
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

    public static string NewDirectory() => $"{Own}{Guid.NewGuid():n}";

    public static async Task<TestHub> StartAsync(Action<TaskHubWorker> register, SqliteStoreOptions? options = null)
    {
        options ??= NewOptions();
        var hub = new TestHub(options, register, options.Directory.StartsWith(Own, StringComparison.Ordinal));
        await hub.StartAsync();
        return hub;
    }

    public static Task<TestHub> StartAsync(
        Action<TaskHubWorker> register, TimeSpan? sessionIdle, Func<SqliteStoreOptions, SqliteStoreOptions>? more)
    {
        var options = NewOptions() with { ExtendedSessionIdle = sessionIdle };
        return StartAsync(register, more is null ? options : more(options));
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
        ?? throw new TimeoutException(
            $"{id} never ended: {JsonConvert.SerializeObject(await Service.GetOrchestrationStateAsync(id, null))}");

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

    /// <summary>Nothing is lost, doubled or stuck in what it leaves behind.</summary>
    public async Task AssertSoundAsync()
    {
        await StopAsync();
        Assert.Empty(Storage.Integrity.ProblemsOf(Directory));
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
