using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Execution;

/// <summary>What an orchestrator sees. It decides nothing and starts nothing: it notes what the orchestrator asks for, and hands
/// out tasks that the turn completes.</summary>
internal sealed class OrchestrationContext(Orchestrator owner, Instance instance, string? input, OrchestratorServices services)
    : TaskOrchestrationContext
{
    private const string IllegalAwait =
        "An invalid asynchronous invocation was detected. This can be caused by awaiting non-durable tasks in an orchestrator "
        + "function's implementation or by middleware that invokes asynchronous code.";

    private readonly Dictionary<int, OpenTask> open = [];
    private readonly List<HistoryEvent> actions = [];
    private readonly List<int> cancelled = [];
    private object? customStatus;
    private string? statusText;
    private DateTime now;
    private int nextTask;
    private int nextGuid;

    public override TaskName Name { get; } = instance.Name;

    public override string InstanceId { get; } = instance.Id;

    public override string Version { get; } = instance.Version;

    public override ParentOrchestrationInstance? Parent { get; } =
        instance.Parent is { } parent ? new(parent.Name, parent.Id) : null;

    public override DateTime CurrentUtcDateTime => now;

    public override bool IsReplaying => owner.IsReplaying;

    public ExternalEvents Events { get; } = new(services.Options.Converter);

    public ContinueAsNewOptions? Continuation { get; private set; }

    public string? ContinuationInput { get; private set; }

    public bool HasOpenTasks => open.Count > 0;

    protected override ILoggerFactory LoggerFactory => services.Loggers;

    public static InvalidOperationException LeftItsThread() => new(IllegalAwait);

    public override T? GetInput<T>()
        where T : default
    {
        EnsureOrchestratorThread();
        return services.Options.Converter.Deserialize<T>(input);
    }

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        EnsureOrchestratorThread();
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException(
                $"A {nameof(TaskOptions)} value was provided for the activity input but no value was provided for {nameof(options)}."
                + $" Did you actually mean to provide a {nameof(TaskOptions)} value for the {nameof(options)} parameter?",
                nameof(input));
        }

        return await Retries.Run(this, options?.Retry, () => Call<TResult>(new(EventKind.TaskScheduled)
        {
            Name = name.Name,
            Version = options?.Version is { } version ? version.Version : Version,
            Data = Serialize(input, "activity input"),
            Tags = options?.Tags,
        }));
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        EnsureOrchestratorThread();
        var id = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        InstanceIds.Check(id);
        return await Retries.Run(this, options?.Retry, () => Call<TResult>(new(EventKind.SubOrchestrationCreated)
        {
            Name = orchestratorName.Name,
            Version = options?.Version is { } version ? version.Version : services.Options.DefaultVersion,
            Instance = id,
            Data = Serialize(input, "sub-orchestration input"),
            Tags = options?.Tags,
        }));
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        EnsureOrchestratorThread();
        var task = Begin(new(EventKind.TimerCreated) { At = fireAt.ToUniversalTime() });
        var id = nextTask - 1;
        cancellationToken.Register(() =>
        {
            if (open.Remove(id))
            {
                cancelled.Add(id);
                task.Source.SetCanceled(CancellationToken.None);
            }
        });
        await task.Source.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        EnsureOrchestratorThread();
        return Events.Wait<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        EnsureOrchestratorThread();
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        actions.Add(new(EventKind.EventSent)
        {
            Id = nextTask++,
            Instance = instanceId,
            Name = eventName,
            Data = Serialize(payload, "event payload"),
        });
    }

    public override void SetCustomStatus(object? customStatus)
    {
        EnsureOrchestratorThread();
        this.customStatus = customStatus;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        EnsureOrchestratorThread();
        ArgumentNullException.ThrowIfNull(options);
        ContinuationInput = Serialize(options.NewInput, "next input");
        Continuation = options;
        Events.IsOver = true;
    }

    public override Guid NewGuid()
    {
        EnsureOrchestratorThread();
        return DeterministicGuid.Create(InstanceId, now, nextGuid++);
    }

    public void BeginTurn(DateTime at) => now = at;

    /// <summary>What the orchestrator asked for since the last call, in order.</summary>
    public List<HistoryEvent> TakeActions()
    {
        List<HistoryEvent> taken = [.. actions];
        actions.Clear();
        return taken;
    }

    public List<int> TakeCancelledTimers()
    {
        List<int> taken = [.. cancelled];
        cancelled.Clear();
        return taken;
    }

    /// <summary>The custom status as it is at the end of a turn, whatever became of the object since it was set; the flag says whether
    /// that is another than at the end of the turn before.</summary>
    public (bool IsNew, string? Text) TakeCustomStatus()
    {
        var before = statusText;
        statusText = Serialize(customStatus, "custom status");
        return (statusText != before, statusText);
    }

    public void Complete(int id, string? result)
    {
        if (open.Remove(id, out var task))
        {
            task.Source.SetResult(result);
        }
    }

    public void Fail(int id, Failure failure)
    {
        if (open.Remove(id, out var task))
        {
            task.Source.SetException(new TaskFailedException(task.Name, id, failure.ToDetails()));
        }
    }

    private async Task<T> Call<T>(HistoryEvent action)
    {
        EnsureOrchestratorThread();
        var result = await Begin(action).Source.Task;
        return services.Options.Converter.Deserialize<T>(result)!;
    }

    private OpenTask Begin(HistoryEvent action)
    {
        var id = nextTask++;
        actions.Add(action with { Id = id });
        var task = new OpenTask(action.Name ?? "timer");
        open.Add(id, task);
        return task;
    }

    public string? Serialize(object? value, string what) => services.Payloads.Accept(services.Options.Converter.Serialize(value), what);

    private void EnsureOrchestratorThread()
    {
        if (!owner.IsOnThread)
        {
            throw LeftItsThread();
        }
    }

    // Continuations run where the result is set, which is the turn's own thread.
    private sealed record OpenTask(string Name)
    {
        public TaskCompletionSource<string?> Source { get; } = new();
    }
}
