using System.Diagnostics.CodeAnalysis;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Execution;

/// <summary>Brings messages to instances, and instances with messages to the threads that run turns.</summary>
internal sealed class Dispatcher(Writer writer, Action<Exception> fail)
{
    private readonly object gate = new();
    private readonly Queue<Instance> ready = new();
    private readonly List<Thread> threads = [];
    private Action<Instance> run = _ => { };
    private int idle;
    private bool stopping;

    public int Queued
    {
        get
        {
            lock (gate)
            {
                return ready.Count;
            }
        }
    }

    /// <summary>Threads of their own: activities that block the thread pool do not delay a turn.</summary>
    public void Start(int count, Action<Instance> turn)
    {
        run = turn;
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(Run) { Name = $"durable turns {i}", IsBackground = true };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Ends after the turns that are running; what is queued is in the database.</summary>
    public void Stop()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }

        threads.ForEach(thread => thread.Join());
    }

    public void Deliver(Instance instance, Message message, bool first = false)
    {
        switch (instance.Deliver(message, first))
        {
            case true:
                Enqueue(instance);
                break;
            case null when message.Sequence != 0:
                writer.Submit(new(new RemoveMessage(message.Sequence)));
                break;
        }
    }

    /// <summary>Brings what an activity answered. While nothing else is going on, the turn follows on the thread that brings it:
    /// waking another takes as long as the turn itself.</summary>
    public void Answer(Instance instance, Message message)
    {
        if (!MayRunHere())
        {
            Deliver(instance, message);
        }
        else if (instance.Deliver(message) is true)
        {
            Payloads.WaitForSpaceOnThisThread();
            TryRun(instance);
            Payloads.WaitForSpaceOnThisThread(false);
        }
    }

    /// <summary>After a turn: again if something came in meanwhile.</summary>
    public void Release(Instance instance)
    {
        if (instance.Release())
        {
            Enqueue(instance);
        }
    }

    public void Enqueue(Instance instance)
    {
        lock (gate)
        {
            ready.Enqueue(instance);
            if (idle > 0)
            {
                Monitor.Pulse(gate);
            }
        }
    }

    private void Run()
    {
        Payloads.WaitForSpaceOnThisThread();
        while (Next() is { } instance && TryRun(instance))
        {
        }
    }

    private bool MayRunHere()
    {
        lock (gate)
        {
            return !stopping && idle == threads.Count && ready.Count == 0 && writer.IsIdle;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A turn that cannot be written down stops the engine, whatever the reason.")]
    private bool TryRun(Instance instance)
    {
        try
        {
            run(instance);
            return true;
        }
        catch (Exception exception)
        {
            fail(exception);
            return false;
        }
    }

    /// <summary>Waits without spinning: there are more threads here than processors. Null when the engine stops.</summary>
    private Instance? Next()
    {
        lock (gate)
        {
            Instance? next = null;
            while (!stopping && !ready.TryDequeue(out next))
            {
                idle++;
                Monitor.Wait(gate);
                idle--;
            }

            return stopping ? null : next;
        }
    }
}
