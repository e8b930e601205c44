using Launchpad.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations.Tests;

/// <summary>One way a saga can go: its input, and what its activities answer. An answer is given at every call; of several, one after
/// the other and the last for good. What has none answers with nothing.</summary>
public sealed record Scenario(string File, string Saga, object? Input, string Output)
{
    public IReadOnlyDictionary<string, object?[]> Answers { get; init; } = new Dictionary<string, object?[]>();

    /// <summary>Of a deletion, from its start; null for none. The clock is read when it starts.</summary>
    public TimeSpan? UndoWindow { get; init; }

    public override string ToString() => File;

    /// <summary>Runs it on an engine; its history, and those of its children.</summary>
    internal async Task<(OrchestrationMetadata Ended, IReadOnlyList<RecordedHistory> Histories)> RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("saga-").FullName;
        try
        {
            await using var engine = await Engine.StartHastyAsync(directory, Register);
            var options = new StartOrchestrationOptions("op_" + File) { Version = new(Sagas.Version) };
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(Saga, StartedNow(), options);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var ended = await engine.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
            using var reader = new HistoryReader(directory);
            return (ended, [.. reader.Instances(new()).Select(instance => reader.Record(instance.InstanceId)!)]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private object? StartedNow() => Input is TerminateInput deletion && UndoWindow is { } window
        ? deletion with { UndoUntil = DateTime.UtcNow + window }
        : Input;

    private void Register(DurableTaskRegistry tasks)
    {
        foreach (var (name, saga) in Sagas.All)
        {
            tasks.AddOrchestrator(name, saga);
        }

        foreach (var name in Sagas.Activities)
        {
            var calls = -1;
            var answers = Answers.GetValueOrDefault(name, [null]);
            tasks.AddActivityFunc<object?, object?>(name, (_, _) => answers[Math.Min(Interlocked.Increment(ref calls), answers.Length - 1)] switch
            {
                Exception failure => Task.FromException<object?>(failure),
                var answer => Task.FromResult(answer),
            });
        }
    }
}
