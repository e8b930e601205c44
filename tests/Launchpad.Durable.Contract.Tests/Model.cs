using Grpc.Core;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

/// <summary>What a client can do to one of a few instances, or to the host.</summary>
public enum Act
{
    Start,
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
    private readonly Dictionary<string, Instance> _instances = [];
    private int _raised;

    public IEnumerable<string> Ids => _instances.Keys;

    /// <summary>Null for an instance that there is not.</summary>
    public (OrchestrationRuntimeStatus Status, string? Output, int Handled)? this[string id] =>
        _instances.TryGetValue(id, out var instance) ? (instance.Status, instance.Output, instance.Handled) : null;

    /// <summary>What the step should end in: nothing, a refusal, or the number of purged instances.</summary>
    public (StatusCode? Refusal, int Purged, int Value) Do(Step step)
    {
        var instance = _instances.GetValueOrDefault(step.Id);
        var value = step.Act is Act.Raise ? ++_raised : ModelContract.Value(step.Act, 0);
        switch (step.Act)
        {
            case Act.Restart:
                return default;
            case Act.Start when instance is { HasEnded: false }:
                return (StatusCode.AlreadyExists, 0, value);
            case Act.Start:
                _instances[step.Id] = new();
                return default;
            case Act.Purge when instance is null:
                return default;
            case Act.Purge when instance.HasEnded:
                _instances.Remove(step.Id);
                return (null, 1, value);
            case Act.Purge:
                return (StatusCode.FailedPrecondition, 0, value);
        }

        StatusCode? refusal = instance is null ? StatusCode.NotFound : instance.Refuses(step.Act) ? StatusCode.FailedPrecondition : null;
        if (refusal is null)
        {
            instance!.Take(step.Act, value);
        }

        return (refusal, 0, value);
    }

    private sealed class Instance
    {
        private readonly List<int> _received = [];
        private readonly Queue<int> _held = new();

        public OrchestrationRuntimeStatus Status { get; private set; } = Running;

        public string? Output { get; private set; }

        /// <summary>How many messages the orchestrator has seen.</summary>
        public int Handled { get; private set; }

        public bool HasEnded => Status is Completed or Failed or Terminated;

        public bool Refuses(Act act) => HasEnded
            || (act is Act.Suspend && Status is Suspended)
            || (act is Act.Resume && Status is not Suspended);

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
                    while (!HasEnded && _held.TryDequeue(out var late))
                    {
                        Receive(late);
                    }

                    break;
                case var _ when Status is Suspended:
                    _held.Enqueue(value);
                    break;
                default:
                    Receive(value);
                    break;
            }
        }

        private void Receive(int value)
        {
            Handled++;
            switch (value)
            {
                case ModelContract.Finish:
                    (Status, Output) = (Completed, $"[{string.Join(',', _received)}]");
                    break;
                case ModelContract.Fail:
                    (Status, Output) = (Failed, null);
                    break;
                case ModelContract.ContinueAsNew:
                    break;
                default:
                    _received.Add(value);
                    break;
            }
        }
    }
}
