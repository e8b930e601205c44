using System.Collections.Concurrent;

namespace Launchpad.Durable.Execution;

/// <summary>The instances that have not ended. An id is claimed while one is started or purged under it, so that of two only
/// one succeeds.</summary>
internal sealed class Registry(long lastKey)
{
    private readonly ConcurrentDictionary<string, Instance> byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Instance> byKey = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> claims = new(StringComparer.Ordinal);
    private long lastKey = lastKey;

    public IEnumerable<Instance> All => byKey.Values;

    public int Count => byKey.Count;

    public long NextKey() => Interlocked.Increment(ref lastKey);

    public Instance? Find(string id) => byId.GetValueOrDefault(id);

    public Instance? Find(long key) => byKey.GetValueOrDefault(key);

    public void Add(Instance instance)
    {
        byId[instance.Id] = instance;
        byKey[instance.Key] = instance;
    }

    public void Remove(Instance instance)
    {
        byKey.TryRemove(instance.Key, out _);
        byId.TryRemove(new KeyValuePair<string, Instance>(instance.Id, instance));
    }

    public bool TryClaim(string id) => claims.TryAdd(id, new(TaskCreationOptions.RunContinuationsAsynchronously));

    public async Task ClaimAsync(string id, CancellationToken cancellation)
    {
        while (!TryClaim(id))
        {
            if (claims.TryGetValue(id, out var other))
            {
                await other.Task.WaitAsync(cancellation);
            }
        }
    }

    public void Unclaim(string id)
    {
        if (claims.TryRemove(id, out var claim))
        {
            claim.SetResult();
        }
    }
}
