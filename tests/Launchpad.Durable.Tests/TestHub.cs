using DurableTask.Core;
using DurableTask.Core.Entities;
using DurableTask.Core.Entities.OperationFormat;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

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

/// <summary>What an orchestrator of the tests sees.</summary>
internal sealed class Flow(OrchestrationContext context, string? input)
{
    private readonly Dictionary<string, Queue<TaskCompletionSource<string>>> waits = [];
    private readonly Dictionary<string, Queue<string>> early = [];

    public OrchestrationContext Context => context;

    public T? Input<T>() => input is null ? default : JsonConvert.DeserializeObject<T>(input);

    public Task<T> Call<T>(string activity, params object[] arguments) => context.ScheduleTask<T>(activity, "", arguments);

    public Task<string> Event(string name)
    {
        if (early.TryGetValue(name, out var came) && came.TryDequeue(out var value))
        {
            return Task.FromResult(value);
        }

        var wait = new TaskCompletionSource<string>();
        if (!waits.TryGetValue(name, out var others))
        {
            waits[name] = others = new();
        }

        others.Enqueue(wait);
        return wait.Task;
    }

    public void Raise(string name, string value)
    {
        if (waits.TryGetValue(name, out var waiting) && waiting.TryDequeue(out var wait))
        {
            wait.SetResult(value);
            return;
        }

        if (!early.TryGetValue(name, out var came))
        {
            early[name] = came = new();
        }

        came.Enqueue(value);
    }
}

internal static class Registrations
{
    public static TaskHubWorker Orchestrator(this TaskHubWorker worker, string name, Func<Flow, Task<object?>> body) =>
        worker.AddTaskOrchestrations(new Creator<TaskOrchestration>(name, () => new FlowOrchestrator(body)));

    public static TaskHubWorker Activity(this TaskHubWorker worker, string name, Func<JToken?, Task<object?>> body) =>
        worker.AddTaskActivities(new Creator<TaskActivity>(name, () => new LambdaActivity(body)));

    public static TaskHubWorker Activity(this TaskHubWorker worker, string name, Func<JToken?, object?> body) =>
        worker.Activity(name, input => Task.FromResult(body(input)));

    public static TaskHubWorker Entity(this TaskHubWorker worker, string name, Func<string?, OperationRequest, (string? State, string? Result)> body) =>
        worker.AddTaskEntities(new Creator<TaskEntity>(name, () => new LambdaEntity(body)));

    private sealed class Creator<T> : ObjectCreator<T>
    {
        private readonly Func<T> create;

        public Creator(string name, Func<T> create)
        {
            Name = name;
            Version = "";
            this.create = create;
        }

        public override T Create() => create();
    }

    private sealed class FlowOrchestrator(Func<Flow, Task<object?>> body) : TaskOrchestration
    {
        private Flow? flow;
        private string? status;

        public override async Task<string?> Execute(OrchestrationContext context, string input)
        {
            flow = new(context, input);
            status = "begun";
            return JsonConvert.SerializeObject(await body(flow));
        }

        public override void RaiseEvent(OrchestrationContext context, string name, string input) => flow!.Raise(name, input);

        public override string? GetStatus() => status;
    }

    private sealed class LambdaActivity(Func<JToken?, Task<object?>> body) : TaskActivity
    {
        public override string Run(TaskContext context, string input) => throw new NotSupportedException();

        public override async Task<string?> RunAsync(TaskContext context, string input) =>
            JsonConvert.SerializeObject(await body(JArray.Parse(input).FirstOrDefault()));
    }

    private sealed class LambdaEntity(Func<string?, OperationRequest, (string? State, string? Result)> body) : TaskEntity
    {
        public override Task<EntityBatchResult> ExecuteOperationBatchAsync(EntityBatchRequest operations)
        {
            var state = operations.EntityState;
            var results = new List<OperationResult>();
            foreach (var operation in operations.Operations!)
            {
                (state, var result) = body(state, operation);
                results.Add(new() { Result = result });
            }

            return Task.FromResult(new EntityBatchResult { EntityState = state, Results = results, Actions = [] });
        }
    }
}
