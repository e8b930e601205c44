using System.Globalization;
using DurableTask.Core.Exceptions;
using Launchpad.Durable.Execution;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable;

/// <summary>The client of the engine in this process. What it has answered is durable. Of several starts of one id exactly one runs
/// and the others throw <see cref="OrchestrationAlreadyExistsException"/>; an id that has ended starts anew, unless the starter names
/// its status in <see cref="StartOrchestrationOptions.DedupeStatuses"/>. Asking something of an unknown id is an
/// <see cref="ArgumentException"/>, of one that has ended an <see cref="InvalidOperationException"/>.</summary>
internal sealed class EngineClient(Parts parts) : DurableTaskClient("launchpad")
{
    /// <summary>As the Functions host does unless it is told otherwise: an instance that has not ended is never replaced.</summary>
    private static readonly OrchestrationRuntimeStatus[] NotEnded = [Pending, Running, Suspended];

    private readonly SemaphoreSlim places = new(parts.Options.MaxPendingOperations);
    private int waiting;

    /// <summary>Operations that wait for the disk, or for a place among those that do.</summary>
    public int InProgress => Volatile.Read(ref waiting) + parts.Options.MaxPendingOperations - places.CurrentCount;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        if (orchestratorName.Name is null || !parts.Catalog.Orchestrators.ContainsKey(orchestratorName.Name))
        {
            throw new ArgumentException(
                $"The function '{orchestratorName.Name}' doesn't exist, is disabled, or is not an orchestrator function.");
        }

        // Ids of our own are in the order of time, so that neighbours in time are neighbours in the index; nobody else has them.
        var isOurs = string.IsNullOrEmpty(options?.InstanceId);
        var id = isOurs ? Guid.CreateVersion7().ToString("N") : options!.InstanceId!;
        InstanceIds.Check(id);
        var data = parts.Payloads.Accept(parts.Options.Converter.Serialize(input), "input");
        var dedupe = options?.DedupeStatuses?.Select(Status).ToArray() ?? NotEnded;
        while (true)
        {
            await parts.Registry.ClaimAsync(id, cancellation);
            try
            {
                var existing = isOurs ? null : parts.Reader.Find(id);
                if (existing is not null && dedupe.Contains(existing.Status))
                {
                    throw new OrchestrationAlreadyExistsException($"An orchestration instance with the ID '{id}' already exists.");
                }

                if (existing is null || !NotEnded.Contains(existing.Status))
                {
                    await CreateAsync(id, orchestratorName.Name, data, options, existing);
                    return id;
                }
            }
            finally
            {
                parts.Registry.Unclaim(id);
            }

            // Replacing one that has not ended means to end it first.
            await ReplaceAsync(id, cancellation);
        }
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var data = parts.Payloads.Accept(parts.Options.Converter.Serialize(eventPayload), "event payload");
        return SendAsync(instanceId, new(EventKind.EventRaised) { Name = eventName, Data = data }, cancellation);
    }

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var output = parts.Payloads.Accept(parts.Options.Converter.Serialize(options?.Output), "output");
        bool? recursive = options is { Recursive: true } ? true : null;
        return SendAsync(instanceId, new(EventKind.ExecutionTerminated) { Data = output, Recursive = recursive }, cancellation);
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new(EventKind.ExecutionSuspended) { Reason = reason }, cancellation, instance => !instance.IsSuspending);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new(EventKind.ExecutionResumed) { Reason = reason }, cancellation, instance => instance.IsSuspending);

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(parts.Reader.Find(instanceId) is { } row ? Metadata(row, getInputsAndOutputs) : null);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, untilEnd: false, row => row.Status is not Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, untilEnd: true, row => !NotEnded.Contains(row.Status), getInputsAndOutputs, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        Pageable.Create((continuation, pageSize, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var query = filter ?? new();
            var limit = Math.Clamp(pageSize ?? query.PageSize, 1, 1000);
            var token = continuation ?? query.ContinuationToken;
            var after = string.IsNullOrEmpty(token) ? 0 : long.Parse(token, CultureInfo.InvariantCulture);
            var rows = parts.Reader.Query(query, after, limit);
            var next = rows.Count == limit ? rows[^1].Key.ToString(CultureInfo.InvariantCulture) : null;
            var values = rows.ConvertAll(row => Metadata(row, query.FetchInputsAndOutputs));
            return Task.FromResult(new Page<OrchestrationMetadata>(values, next));
        });

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var row = parts.Reader.Find(instanceId);
        return new(row is null ? 0 : await new Purge(parts).RunAsync([row], options?.Recursive ?? false, cancellation), true);
    }

    public override Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter.Timeout <= TimeSpan.Zero
            ? throw new ArgumentOutOfRangeException(nameof(filter), filter.Timeout, "The timeout of a purge is positive.")
            : new Purge(parts).RunAsync(filter, options?.Recursive ?? false, cancellation);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task CreateAsync(string id, string name, string? input, StartOrchestrationOptions? options, InstanceRow? ended)
    {
        var key = parts.Registry.NextKey();
        var now = parts.Now;
        var row = new InstanceRow(key, id, name, options?.Version is { } version ? version.Version : parts.Options.DefaultVersion)
        {
            Status = Pending,
            Created = now,
            Updated = now,
            Starts = options?.StartAt?.UtcDateTime,
            Tags = options?.Tags is { Count: > 0 } tags ? tags.ToDictionary() : null,
            Input = parts.Store(key, 0, input),
        };
        Write[] writes = ended is null ? [new CreateInstance(row)] : [new PurgeInstance(ended.Key), new CreateInstance(row)];
        await WriteAsync(writes, () =>
        {
            var instance = new Instance(row) { IsRecovered = true };
            parts.Registry.Add(instance);
            parts.Begin(instance);
        });
        if (ended is not null)
        {
            parts.Forget(ended.Key);
        }
    }

    /// <summary>Ends the instance that has the id now, and waits for that. One that takes the id meanwhile is not waited for: nobody may
    /// ever end it.</summary>
    private async Task ReplaceAsync(string id, CancellationToken cancellation)
    {
        var replaced = parts.Reader.Find(id)?.Key;
        try
        {
            await TerminateInstanceAsync(id, new TerminateInstanceOptions(), cancellation);
        }
        catch (Exception over) when (over is ArgumentException or InvalidOperationException)
        {
            // It has ended meanwhile, or is even purged.
        }

        while (true)
        {
            var change = parts.Waiters.Change(id);
            if (parts.Reader.Find(id) is not { } row || row.Key != replaced || !NotEnded.Contains(row.Status))
            {
                return;
            }

            await change.WaitAsync(cancellation);
        }
    }

    private static OrchestrationRuntimeStatus Status(string name) =>
        Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status)
            ? status
            : throw new ArgumentException($"Invalid orchestration runtime status: '{name}' for deduplication.");

    private Task SendAsync(
        string instanceId, HistoryEvent e, CancellationToken cancellation, Func<Instance, bool>? makesSense = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        if (parts.Registry.Find(instanceId) is not { } instance)
        {
            throw parts.Reader.Find(instanceId) is { } row
                ? new InvalidOperationException($"Instance '{instanceId}' is {row.Status}: it takes nothing in any more.")
                : new ArgumentException($"No instance with ID '{instanceId}' was found.");
        }

        if (makesSense?.Invoke(instance) is false)
        {
            throw new InvalidOperationException(
                $"Instance '{instanceId}' is {(instance.IsSuspending ? Suspended : instance.Status)}: it cannot be suspended or resumed.");
        }

        var (message, write) = parts.Send(instance, e);
        return WriteAsync([write], () => parts.Dispatcher.Deliver(instance, message));
    }

    /// <summary>Writes in one of a bounded number of places: when the disk is slower than the callers, they wait here.</summary>
    private async Task WriteAsync(Write[] writes, Action committed)
    {
        Interlocked.Increment(ref waiting);
        await places.WaitAsync();
        Interlocked.Decrement(ref waiting);
        try
        {
            await parts.Writer.SubmitAsync(writes, committed);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, bool untilEnd, Func<InstanceRow, bool> condition, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        while (true)
        {
            // One that is registered has not ended yet: the database need not be asked.
            var change = parts.Waiters.Change(instanceId, untilEnd);
            if (!(untilEnd && parts.Registry.Find(instanceId) is not null) && parts.Reader.Find(instanceId) is { } row && condition(row))
            {
                return Metadata(row, getInputsAndOutputs);
            }

            await change.WaitAsync(cancellation);
        }
    }

    private OrchestrationMetadata Metadata(InstanceRow row, bool inputsAndOutputs)
    {
        var live = parts.Registry.Find(row.Key);
        return new(row.Name, row.Id)
        {
            RuntimeStatus = row.Status,
            CreatedAt = row.Created,
            LastUpdatedAt = live is not null && live.Updated > row.Updated ? live.Updated : row.Updated,
            Tags = row.Tags?.AsReadOnly() ?? new Dictionary<string, string>().AsReadOnly(),
            DataConverter = inputsAndOutputs ? parts.Options.Converter : null,
            SerializedInput = inputsAndOutputs ? parts.Text(row.Key, row.Input) : null,
            SerializedOutput = inputsAndOutputs ? parts.Text(row.Key, row.Output) : null,
            SerializedCustomStatus = inputsAndOutputs ? parts.Text(row.Key, row.CustomStatus) : null,
            FailureDetails = inputsAndOutputs ? row.Failure?.ToDetails() : null,
        };
    }
}
