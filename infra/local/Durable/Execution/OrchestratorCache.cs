namespace Launchpad.Durable.Execution;

/// <summary>Keeps the orchestrators that ran last in memory. One that was put out is replayed when it is needed again.</summary>
internal sealed class OrchestratorCache(int max, Dispatcher dispatcher)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Instance> order = new();
    private readonly Dictionary<Instance, LinkedListNode<Instance>> nodes = [];

    public int Count
    {
        get
        {
            lock (gate)
            {
                return nodes.Count;
            }
        }
    }

    public void Touch(Instance instance)
    {
        Instance? oldest = null;
        lock (gate)
        {
            if (nodes.TryGetValue(instance, out var node))
            {
                order.Remove(node);
                order.AddLast(node);
            }
            else
            {
                nodes[instance] = order.AddLast(instance);
            }

            if (nodes.Count > max)
            {
                oldest = order.First!.Value;
                order.RemoveFirst();
                nodes.Remove(oldest);
            }
        }

        if (oldest is not null)
        {
            PutOut(oldest);
        }
    }

    public void Remove(Instance instance)
    {
        lock (gate)
        {
            if (nodes.Remove(instance, out var node))
            {
                order.Remove(node);
            }
        }
    }

    // One that has a turn coming is about to be touched again; only an idle one is put out, and claimed meanwhile like for a turn.
    private void PutOut(Instance instance)
    {
        if (instance.Claim())
        {
            instance.Orchestrator = null;
            dispatcher.Release(instance);
        }
    }
}
