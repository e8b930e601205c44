using DurableTask.Core;
using DurableTask.Core.Entities;
using DurableTask.Core.Query;

namespace Launchpad.Durable;

/// <summary>What clients ask of entities. Their state is the input of their execution; their custom status says who holds them.</summary>
internal sealed class EntityQueries(SqliteOrchestrationService service) : EntityBackendQueries
{
    private const int PageDefault = 100;

    public override async Task<EntityMetadata?> GetEntityAsync(
        EntityId id, bool includeState = false, bool includeStateless = false, CancellationToken cancellation = default) =>
        await service.GetOrchestrationStateAsync(id.ToString(), executionId: null) is { } state
            ? Metadata(state, includeState, includeStateless)
            : null;

    public override async Task<EntityQueryResult> QueryEntitiesAsync(EntityQuery query, CancellationToken cancellation)
    {
        var prefix = query.InstanceIdStartsWith is { Length: > 0 } asked ? asked : "@";
        var page = await PageAsync(
            prefix[0] == '@' ? prefix : $"@{prefix}",
            query.LastModifiedFrom,
            query.LastModifiedTo,
            query.PageSize is > 0 ? query.PageSize.Value : PageDefault,
            query.ContinuationToken,
            query.IncludeState,
            cancellation);
        return new()
        {
            Results = [.. page.OrchestrationState
                .Select(state => Metadata(state, query.IncludeState, query.IncludeTransient))
                .OfType<EntityMetadata>()],
            ContinuationToken = page.ContinuationToken,
        };
    }

    public override async Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest request = default, CancellationToken cancellation = default)
    {
        var page = await PageAsync("@", null, null, PageDefault, request.ContinuationToken, withState: false, cancellation);
        var (removed, released) = (0, 0);
        foreach (var entity in page.OrchestrationState)
        {
            if (Status(entity) is not { } status)
            {
                continue;
            }

            if (request.ReleaseOrphanedLocks && status.LockedBy is { } owner && !await IsRunningAsync(owner))
            {
                var unlock = ClientEntityHelpers.EmitUnlockForOrphanedLock(entity.OrchestrationInstance, owner);
                await service.SendTaskOrchestrationMessageAsync(unlock.AsTaskMessage());
                released++;
            }
            else if (request.RemoveEmptyEntities && !status.EntityExists && status.LockedBy is null && status.BacklogQueueSize == 0)
            {
                removed += (await service.PurgeInstanceStateAsync(entity.OrchestrationInstance.InstanceId)).DeletedInstanceCount;
            }
        }

        return new() { EmptyEntitiesRemoved = removed, OrphanedLocksReleased = released, ContinuationToken = page.ContinuationToken };
    }

    private static EntityMetadata? Metadata(OrchestrationState state, bool withState, bool withStateless)
    {
        var status = Status(state);
        var serialized = withState ? ClientEntityHelpers.GetEntityState(state.Input) : null;
        return withStateless || (withState ? serialized is not null : status is { EntityExists: true })
            ? new()
            {
                EntityId = EntityId.FromString(state.OrchestrationInstance.InstanceId),
                LastModifiedTime = state.CreatedTime,
                BacklogQueueSize = status?.BacklogQueueSize ?? 0,
                LockedBy = status?.LockedBy,
                SerializedState = serialized,
            }
            : null;
    }

    private static EntityStatus? Status(OrchestrationState state) => ClientEntityHelpers.GetEntityStatus(state.Status);

    private async Task<bool> IsRunningAsync(string instance) =>
        await service.GetOrchestrationStateAsync(instance, executionId: null) is
        { OrchestrationStatus: OrchestrationStatus.Running or OrchestrationStatus.Suspended or OrchestrationStatus.Pending };

    private Task<OrchestrationQueryResult> PageAsync(
        string prefix, DateTime? from, DateTime? to, int size, string? token, bool withState, CancellationToken cancellation) =>
        service.GetOrchestrationWithQueryAsync(
            new()
            {
                InstanceIdPrefix = prefix,
                CreatedTimeFrom = from,
                CreatedTimeTo = to,
                PageSize = size,
                ContinuationToken = token,
                FetchInputsAndOutputs = withState,
            },
            cancellation);
}
