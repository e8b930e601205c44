using System.Diagnostics.CodeAnalysis;
using Launchpad.Durable.Execution;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable;

/// <summary>Holds recorded histories against the code of today. Orchestrators run as in any replay: no activity is started, nothing is
/// sent and nothing is written.</summary>
public sealed class Replayer(DurableOptions options, ILoggerFactory loggers)
{
    private readonly Catalog catalog = new();

    // A recorded history has its payloads in it: no file is read.
    private readonly OrchestratorServices services =
        new(options, loggers, new(options.Directory, options.InlinePayloadBytes, options.MaxPayloadBytes));

    public void AddOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> body) => catalog.Orchestrators.Add(name, body);

    /// <summary>Activities are not run, but one that is gone can be waited for by nobody.</summary>
    public void AddActivity(string name) => catalog.Activities.Add(name, (_, _) => Task.FromResult<object?>(null));

    /// <summary>Null when today's code follows the history to its end, else why it does not, in words.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a history from being replayed is what was asked for.")]
    public string? Replay(RecordedHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (!catalog.Orchestrators.TryGetValue(history.Name, out var code))
        {
            return Failure.NoOrchestrator(history.Name).Message;
        }

        var left = false;
        var instance = new Instance(history.Row);
        try
        {
            new Orchestrator(instance, code, services) { LeftItsThread = () => Volatile.Write(ref left, true) }.Replay(history.Turns);
        }
        catch (ReplayMismatchException mismatch)
        {
            return mismatch.Message;
        }
        catch (Exception exception)
        {
            return $"Its history cannot be replayed: {exception.Message}";
        }

        return Volatile.Read(ref left) ? OrchestrationContext.LeftItsThread().Message : Abandoned(instance, history);
    }

    /// <summary>A live instance that waits for an activity which this build does not have would fail as soon as it went on.</summary>
    private string? Abandoned(Instance instance, RecordedHistory history)
    {
        foreach (var e in history.Turns.SelectMany(turn => turn))
        {
            instance.Track(e);
        }

        var gone = instance.Open.Values.FirstOrDefault(
            open => open.Kind is EventKind.TaskScheduled && !catalog.Activities.ContainsKey(open.Name!));
        return gone is null ? null : $"It waits for activity '{gone.Name}' (task {gone.Id}), which is not there any more.";
    }
}
