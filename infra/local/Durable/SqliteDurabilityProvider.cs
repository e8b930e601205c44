using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Launchpad.Durable;

/// <summary>The store as the durable extension wants to see it.</summary>
internal sealed class SqliteDurabilityProvider(SqliteOrchestrationService service)
    : DurabilityProvider(SqliteDurability.Name, service, service, "default")
{
    public override bool SupportsPollFreeWait => true;

    public override bool GuaranteesOrderedDelivery => true;

    public override bool CheckStatusBeforeRaiseEvent => true;

    public override JObject ConfigurationJson => JObject.FromObject(new
    {
        type = SqliteDurability.Name,
        directory = service.Options.Directory,
        maxPayloadBytes = service.Options.MaxPayloadBytes,
    });

    /// <summary>Timers are rows: one is as good as another, however long.</summary>
    public override TimeSpan MaximumDelayTime { get; set; } = TimeSpan.MaxValue;

    public override TimeSpan LongRunningTimerIntervalLength { get; set; } = TimeSpan.FromDays(365);

    public override string EventSourceName { get; set; } = "DurableTask-Core";

    public override bool ValidateDelayTime(TimeSpan timespan, out string? errorMessage)
    {
        errorMessage = null;
        return true;
    }

    public override async Task<IList<OrchestrationState>> GetAllOrchestrationStates(CancellationToken cancellationToken) =>
        await AllAsync(new() { PageSize = 1000 }, cancellationToken);

    [Obsolete("The extension still asks for it.")]
    public override async Task<IList<OrchestrationState>> GetAllOrchestrationStatesWithFilters(
        DateTime createdTimeFrom,
        DateTime? createdTimeTo,
        IEnumerable<OrchestrationRuntimeStatus> runtimeStatus,
        CancellationToken cancellationToken) => await AllAsync(
            new()
            {
                CreatedTimeFrom = createdTimeFrom,
                CreatedTimeTo = createdTimeTo,
                RuntimeStatus = [.. runtimeStatus.Select(status => (OrchestrationStatus)status)],
                PageSize = 1000,
            },
            cancellationToken);

    public override async Task<IList<OrchestrationState>> GetOrchestrationStateWithInputsAsync(string instanceId, bool showInput = true)
    {
        var states = await service.GetOrchestrationStateAsync(instanceId, allExecutions: false);
        return showInput ? states : [.. states.Select(state => state.ClearFieldsImmutably(clearInput: true, clearOutput: false))];
    }

    public override async Task<OrchestrationStatusQueryResult> GetOrchestrationStateWithPagination(
        OrchestrationStatusQueryCondition condition, CancellationToken cancellationToken)
    {
        var result = await service.GetOrchestrationWithQueryAsync(
            new()
            {
                RuntimeStatus = condition.RuntimeStatus?.Select(status => (OrchestrationStatus)status).ToList(),
                CreatedTimeFrom = condition.CreatedTimeFrom,
                CreatedTimeTo = condition.CreatedTimeTo,
                InstanceIdPrefix = condition.InstanceIdPrefix,
                PageSize = condition.PageSize,
                ContinuationToken = condition.ContinuationToken,
            },
            cancellationToken);
        return new()
        {
            DurableOrchestrationState = [.. result.OrchestrationState.Select(state => Status(state, condition.ShowInput))],
            ContinuationToken = result.ContinuationToken,
        };
    }

    public override async Task<PurgeHistoryResult> PurgeInstanceHistoryByInstanceId(string instanceId) =>
        new((await service.PurgeInstanceStateAsync(instanceId)).DeletedInstanceCount);

    public override async Task<int> PurgeHistoryByFilters(
        DateTime createdTimeFrom, DateTime? createdTimeTo, IEnumerable<OrchestrationStatus> runtimeStatus)
    {
        var filter = new PurgeInstanceFilter(createdTimeFrom, createdTimeTo, runtimeStatus);
        return (await service.PurgeInstanceStateAsync(filter)).DeletedInstanceCount;
    }

    public override async Task<string?> RetrieveSerializedEntityState(EntityId entityId, JsonSerializerSettings serializierSettings) =>
        (await service.EntityBackendQueries.GetEntityAsync(new(entityId.EntityName, entityId.EntityKey), includeState: true))
            ?.SerializedState;

    public override Task RewindAsync(string instanceId, string reason) => service.RewindAsync(instanceId, reason);

    public override void SetUseSeparateQueueForEntityWorkItems(bool newValue) =>
        service.EntityBackendProperties.UseSeparateQueueForEntityWorkItems = newValue;

    public override Task MakeCurrentAppPrimaryAsync() => Task.CompletedTask;

    public override Task<IAsyncEnumerable<HistoryEvent>> StreamOrchestrationHistoryAsync(
        string instanceId, CancellationToken cancellationToken) =>
        Task.FromResult(OneByOne(service.History(instanceId)));

    private static async IAsyncEnumerable<HistoryEvent> OneByOne(List<HistoryEvent> history)
    {
        await Task.CompletedTask;
        foreach (var e in history)
        {
            yield return e;
        }
    }

    private async Task<List<OrchestrationState>> AllAsync(OrchestrationQuery query, CancellationToken cancellation)
    {
        var all = new List<OrchestrationState>();
        do
        {
            var page = await service.GetOrchestrationWithQueryAsync(query, cancellation);
            all.AddRange(page.OrchestrationState);
            query.ContinuationToken = page.ContinuationToken;
        }
        while (query.ContinuationToken is not null);
        return all;
    }

    private static DurableOrchestrationStatus Status(OrchestrationState state, bool withInput) => new()
    {
        Name = state.Name,
        InstanceId = state.OrchestrationInstance.InstanceId,
        CreatedTime = state.CreatedTime,
        LastUpdatedTime = state.LastUpdatedTime,
        RuntimeStatus = (OrchestrationRuntimeStatus)state.OrchestrationStatus,
        CustomStatus = Json(state.Status),
        Input = withInput ? Json(state.Input) : null,
        Output = Json(state.Output),
    };

    /// <summary>What is not JSON is told as a text.</summary>
    private static JToken? Json(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return JToken.Parse(text);
        }
        catch (JsonReaderException)
        {
            return text;
        }
    }
}
