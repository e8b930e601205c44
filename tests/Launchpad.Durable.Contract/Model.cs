using DurableTask.Core.Exceptions;
using Microsoft.DurableTask.Client;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

/// <summary>What a client can do to one of a few instances, or to the engine below them.</summary>
public enum Act
{
    Start,
    Replace,
    Raise,
    ContinueAsNew,
    Finish,
    Fail,
    Terminate,
    Suspend,
    Resume,
    Purge,
    Restart,
}

/// <summary>One step of a random sequence.</summary>
public sealed record Step(Act Act, string Id)
{
    public override string ToString() => Act is Act.Restart ? "Restart" : $"{Act} {Id}";
}

/// <summary>An engine as it should be, in the memory of a test. Every instance collects numbers until it is told to do something
/// else.</summary>
internal sealed class Model
{
    private readonly Dictionary<string, Instance> instances = [];
    private int raised;

    public IEnumerable<string> Ids => instances.Keys;

    /// <summary>Null for an instance that there is not.</summary>
    public (OrchestrationRuntimeStatus Status, string? Output)? this[string id] =>
        instances.TryGetValue(id, out var instance) ? (instance.Status, instance.Output) : null;

    /// <summary>What the step should end in: nothing, an exception, or the number of purged instances.</summary>
    public (Type? Failure, int Purged, int Value) Do(Step step)
    {
        var instance = instances.GetValueOrDefault(step.Id);
        var value = step.Act switch
        {
            Act.Raise => ++raised,
            Act.ContinueAsNew => ModelContract.ContinueAsNew,
            Act.Finish => ModelContract.Finish,
            Act.Fail => ModelContract.Fail,
            _ => 0,
        };
        switch (step.Act)
        {
            case Act.Restart:
                return default;
            case Act.Start when instance is { HasEnded: false }:
                return (typeof(OrchestrationAlreadyExistsException), 0, value);
            case Act.Start or Act.Replace:
                instances[step.Id] = new();
                return default;
            case Act.Purge when instance is { HasEnded: true }:
                instances.Remove(step.Id);
                return (null, 1, value);
            case Act.Purge:
                return default;
        }

        var failure = instance is null ? typeof(ArgumentException)
            : instance.HasEnded || (step.Act is Act.Suspend or Act.Resume && instance.IsSuspended == (step.Act is Act.Suspend))
                ? typeof(InvalidOperationException)
                : null;
        if (failure is null)
        {
            instance!.Take(step.Act, value);
        }

        return (failure, 0, value);
    }

    private sealed class Instance
    {
        private readonly List<int> received = [];
        private readonly Queue<int> held = new();

        public OrchestrationRuntimeStatus Status { get; private set; } = Running;

        public string? Output { get; private set; }

        public bool IsSuspended => Status is Suspended;

        public bool HasEnded => Status is Completed or Failed or Terminated;

        public void Take(Act act, int value)
        {
            switch (act)
            {
                case Act.Terminate:
                    (Status, Output) = (Terminated, "\"ended\"");
                    break;
                case Act.Suspend:
                    Status = Suspended;
                    break;
                case Act.Resume:
                    Status = Running;
                    while (!HasEnded && held.TryDequeue(out var late))
                    {
                        Receive(late);
                    }

                    break;
                case var _ when IsSuspended:
                    held.Enqueue(value);
                    break;
                default:
                    Receive(value);
                    break;
            }
        }

        private void Receive(int value)
        {
            switch (value)
            {
                case ModelContract.Finish:
                    (Status, Output) = (Completed, $"[{string.Join(',', received)}]");
                    break;
                case ModelContract.Fail:
                    (Status, Output) = (Failed, "told to fail");
                    break;
                case ModelContract.ContinueAsNew:
                    break;
                default:
                    received.Add(value);
                    break;
            }
        }
    }
}
