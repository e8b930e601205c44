using Microsoft.DurableTask;

namespace Launchpad.Durable.Execution;

/// <summary>Events of one orchestrator: those it waits for and those that came early. Names are compared without case, early ones
/// are kept in order, and of several waits for one name the latest is served first.</summary>
internal sealed class ExternalEvents(DataConverter converter)
{
    private readonly Dictionary<string, List<Waiter>> waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<Early>> early = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<HistoryEvent> late = [];
    private int arrivals;

    public bool IsAwaited => waiters.Count > 0;

    /// <summary>The orchestrator continues as new: what comes now is for its next generation, whoever still waits in this one.</summary>
    public bool IsOver { get; set; }

    public Task<T> Wait<T>(string name, CancellationToken cancellation)
    {
        if (waiters.TryGetValue(name, out var others) && others[^1].Type != typeof(T))
        {
            throw new ArgumentException("Events with the same name must have the same type argument. Expected"
                + $" {others[^1].Type.FullName} but was requested {typeof(T).FullName}.");
        }

        var waiter = new Waiter<T>();
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        if (early.TryGetValue(name, out var queue))
        {
            var data = queue.Dequeue().Data;
            if (queue.Count == 0)
            {
                early.Remove(name);
            }

            waiter.Complete(converter, data);
            return waiter.Task;
        }

        if (others is null)
        {
            waiters[name] = others = [];
        }

        others.Add(waiter);

        // A cancelled wait is forgotten, so that the next event goes to somebody who wants it, or is kept.
        cancellation.Register(() =>
        {
            Forget(name, waiter);
            waiter.Cancel(cancellation);
        });
        return waiter.Task;
    }

    public void Raise(string name, string? data)
    {
        if (IsOver)
        {
            late.Add(new(EventKind.EventRaised) { Name = name, Data = data });
            return;
        }

        if (waiters.TryGetValue(name, out var waiting))
        {
            var waiter = waiting[^1];
            Forget(name, waiter);
            waiter.Complete(converter, data);
            return;
        }

        if (!early.TryGetValue(name, out var queue))
        {
            early[name] = queue = new();
        }

        queue.Enqueue(new(arrivals++, name, data));
    }

    /// <summary>What the next generation begins with, in the order of arrival. What came after the decision to continue is always among
    /// it; what nobody had waited for before is when the orchestrator asked for that.</summary>
    public List<HistoryEvent> CarriedOver(bool preserveUnprocessed)
    {
        var unprocessed = early.Values
            .SelectMany(queue => queue)
            .OrderBy(e => e.Order)
            .Select(e => new HistoryEvent(EventKind.EventRaised) { Name = e.Name, Data = e.Data });
        return [.. preserveUnprocessed ? unprocessed : [], .. late];
    }

    private void Forget(string name, Waiter waiter)
    {
        if (waiters.TryGetValue(name, out var waiting) && waiting.Remove(waiter) && waiting.Count == 0)
        {
            waiters.Remove(name);
        }
    }

    private sealed record Early(int Order, string Name, string? Data);

    private abstract class Waiter
    {
        public abstract Type Type { get; }

        public abstract void Complete(DataConverter converter, string? data);
    }

    private sealed class Waiter<T> : Waiter
    {
        private readonly TaskCompletionSource<T> source = new();

        public Task<T> Task => source.Task;

        public override Type Type => typeof(T);

        public override void Complete(DataConverter converter, string? data)
        {
            T? value;
            try
            {
                value = converter.Deserialize<T>(data);
            }
            catch (Exception exception) when (exception is System.Text.Json.JsonException or NotSupportedException or ArgumentException)
            {
                source.SetException(exception);
                return;
            }

            source.SetResult(value!);
        }

        public void Cancel(CancellationToken cancellation) => source.TrySetCanceled(cancellation);
    }
}
