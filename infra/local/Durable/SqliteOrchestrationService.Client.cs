using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.Common;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using Launchpad.Durable.Dispatch;
using Launchpad.Durable.Storage;
using Newtonsoft.Json;

namespace Launchpad.Durable;

/// <summary>The side of clients. What it has answered is durable.</summary>
public sealed partial class SqliteOrchestrationService : IOrchestrationServiceQueryClient, IOrchestrationServicePurgeClient
{
    private const int PageMax = 1000;

    /// <summary>An instance that has not ended is not replaced, unless its starter says so by naming other statuses.</summary>
    public Task CreateTaskOrchestrationAsync(TaskMessage creationMessage) =>
        CreateTaskOrchestrationAsync(creationMessage, Statuses.NotEnded);

    public Task CreateTaskOrchestrationAsync(TaskMessage creationMessage, OrchestrationStatus[]? dedupeStatuses)
    {
        ArgumentNullException.ThrowIfNull(creationMessage);
        if (creationMessage.Event is not ExecutionStartedEvent)
        {
            throw new ArgumentException("An instance begins with an ExecutionStarted event.", nameof(creationMessage));
        }

        var store = Open();
        var birth = new Birth(creationMessage);
        RequireBound(birth.Size, "input");
        return store.Writer.SubmitAsync(new()
        {
            Apply = database => birth.Apply(database, dedupeStatuses ?? Statuses.NotEnded),
            Committed = () => birth.Follow(store.Hub),
            MayBeRefused = true,
        });
    }

    public Task SendTaskOrchestrationMessageAsync(TaskMessage message) => SendTaskOrchestrationMessageBatchAsync(message);

    public Task SendTaskOrchestrationMessageBatchAsync(params TaskMessage[] messages)
    {
        var store = Open();
        var outgoing = Array.ConvertAll(messages, message => new Outgoing(message));
        foreach (var message in outgoing)
        {
            RequireBound(message.Size, "event");
        }

        return store.Writer.SubmitAsync(new()
        {
            Apply = database =>
            {
                Array.ForEach(outgoing, message => message.Apply(database));
                return null;
            },
            Committed = () => Array.ForEach(outgoing, message => store.Hub.Arrive(message.Queued)),
            MayBeRefused = true,
        });
    }

    public Task ForceTerminateTaskOrchestrationAsync(string instanceId, string? reason) => SendTaskOrchestrationMessageAsync(new()
    {
        OrchestrationInstance = new() { InstanceId = instanceId },
        Event = new ExecutionTerminatedEvent(-1, reason),
    });

    /// <summary>Has a failed instance try again what failed in it.</summary>
    public Task RewindAsync(string instanceId, string? reason) => SendTaskOrchestrationMessageAsync(new()
    {
        OrchestrationInstance = new() { InstanceId = instanceId },
        Event = new ExecutionRewoundEvent(-1, reason),
    });

    /// <summary>Waits without asking again and again; null when the time is over.</summary>
    public async Task<OrchestrationState> WaitForOrchestrationAsync(
        string instanceId, string? executionId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var store = Open();
        return (await store.Waiters.WaitAsync(
            instanceId, () => store.Reader.Find(instanceId)?.State, timeout, Time, cancellationToken))!;
    }

    /// <summary>There is one execution of an instance: the current one.</summary>
    public async Task<IList<OrchestrationState>> GetOrchestrationStateAsync(string instanceId, bool allExecutions) =>
        await GetOrchestrationStateAsync(instanceId, null) is { } state ? [state] : [];

    public Task<OrchestrationState> GetOrchestrationStateAsync(string instanceId, string? executionId)
    {
        var state = Open().Reader.Find(instanceId)?.State;
        return Task.FromResult(executionId is null || state?.OrchestrationInstance.ExecutionId == executionId ? state : null)!;
    }

    public Task<string> GetOrchestrationHistoryAsync(string instanceId, string? executionId) =>
        Task.FromResult(JsonConvert.SerializeObject(History(instanceId)));

    public Task<OrchestrationQueryResult> GetOrchestrationWithQueryAsync(OrchestrationQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var size = Math.Clamp(query.PageSize, 1, PageMax);
        var rows = Open().Reader.Query(
            new()
            {
                Statuses = query.RuntimeStatus?.ToList(),
                Prefix = query.InstanceIdPrefix,
                CreatedFrom = Universal(query.CreatedTimeFrom),
                CreatedTo = Universal(query.CreatedTimeTo),
                WithoutEntities = query.ExcludeEntities,
                WithPayloads = query.FetchInputsAndOutputs,
            },
            Token(query.ContinuationToken),
            size);
        var next = rows.Count == size ? rows[^1].Key.ToString(CultureInfo.InvariantCulture) : null;
        return Task.FromResult(new OrchestrationQueryResult(rows.ConvertAll(row => row.State), next));
    }

    /// <summary>Removes an instance that has ended; one that has not is an <see cref="InvalidOperationException"/>. Entities are removed
    /// whenever nothing waits for them.</summary>
    public async Task<PurgeResult> PurgeInstanceStateAsync(string instanceId)
    {
        var purged = 0;
        await Open().Writer.SubmitAsync(new()
        {
            MayBeRefused = true,
            Apply = database =>
            {
                purged = 0;
                if (database.Find(instanceId) is { } found)
                {
                    if (!Statuses.HasEnded(found.Status) && !Entities.IsEntityInstance(instanceId))
                    {
                        return new InvalidOperationException(
                            $"Instance '{instanceId}' is {found.Status}: only what has ended can be purged.");
                    }

                    database.Delete(found.Key);
                    purged = 1;
                }

                return null;
            },
        });
        return new(purged, true);
    }

    public Task<PurgeResult> PurgeInstanceStateAsync(PurgeInstanceFilter purgeInstanceFilter)
    {
        ArgumentNullException.ThrowIfNull(purgeInstanceFilter);
        var statuses = purgeInstanceFilter.RuntimeStatus?.ToList() is { Count: > 0 } asked
            ? [.. asked.Intersect(Statuses.Ended)]
            : Statuses.Ended;
        var filter = new InstanceFilter
        {
            Statuses = statuses,
            CreatedFrom = Universal(purgeInstanceFilter.CreatedTimeFrom),
            CreatedTo = Universal(purgeInstanceFilter.CreatedTimeTo),
        };
        return statuses.Length == 0
            ? Task.FromResult(new PurgeResult(0, true))
            : PurgeAsync(filter, _ => true, purgeInstanceFilter.Timeout);
    }

    public Task PurgeOrchestrationHistoryAsync(DateTime thresholdDateTimeUtc, OrchestrationStateTimeRangeFilterType timeRangeFilterType) =>
        PurgeAsync(
            new() { Statuses = Statuses.Ended },
            state => thresholdDateTimeUtc >= timeRangeFilterType switch
            {
                OrchestrationStateTimeRangeFilterType.OrchestrationCreatedTimeFilter => state.CreatedTime,
                OrchestrationStateTimeRangeFilterType.OrchestrationCompletedTimeFilter => state.CompletedTime,
                _ => state.LastUpdatedTime,
            },
            null);

    /// <summary>The history of the current execution, oldest first.</summary>
    internal List<HistoryEvent> History(string instanceId)
    {
        var reader = Open().Reader;
        return reader.Find(instanceId) is { } row ? [.. reader.History(row.Key).SelectMany(turn => turn)] : [];
    }

    private static long Token(string? token) =>
        string.IsNullOrEmpty(token) ? 0 : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after
        : throw new ArgumentException($"'{token}' is not a continuation token of this store.", nameof(token));

    /// <summary>Times without a zone are universal; the beginning of time stands for none.</summary>
    private static DateTime? Universal(DateTime? time) =>
        time is null || time == default(DateTime) ? null : time.Value.Kind is DateTimeKind.Local ? time.Value.ToUniversalTime() : time;

    private void RequireBound(int size, string what)
    {
        if (size > Options.MaxPayloadBytes)
        {
            throw new ArgumentException($"The {what} is {size} bytes, and the limit is {Options.MaxPayloadBytes}.");
        }
    }
}
