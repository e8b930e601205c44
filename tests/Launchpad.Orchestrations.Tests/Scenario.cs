using Launchpad.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Orchestrations.Tests;

/// <summary>One way a saga can go: its input, and what its activities answer. An answer is given at every call; of several, one after
/// the other and the last for good. What has none answers with nothing.</summary>
public sealed record Scenario(string File, string Saga, object? Input, string Output)
{
    public IReadOnlyDictionary<string, object?[]> Answers { get; init; } = new Dictionary<string, object?[]>();

    public override string ToString() => File;

    /// <summary>Runs it on the engine; its history, and those of its children.</summary>
    internal async Task<(OrchestrationMetadata Ended, IReadOnlyList<RecordedHistory> Histories)> RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("saga-").FullName;
        try
        {
            await using var engine = Engine(directory);
            await engine.StartAsync(CancellationToken.None);
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(Saga, Input, new StartOrchestrationOptions("op_" + File));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var ended = await engine.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
            using var reader = new HistoryReader(directory);
            var all = reader.Instances(new()).Select(instance => reader.Record(instance.InstanceId)!).ToList();
            return (ended, all);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private DurableEngine Engine(string directory)
    {
        var engine = new DurableEngine(
            new() { Directory = directory, Converter = Sagas.Converter, DefaultVersion = "1" },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        foreach (var (name, body) in Sagas.All)
        {
            engine.AddOrchestrator(name, body);
        }

        foreach (var name in Sagas.Activities)
        {
            var calls = -1;
            var answers = Answers.GetValueOrDefault(name, [null]);
            engine.AddActivity(name, (_, _) => answers[Math.Min(Interlocked.Increment(ref calls), answers.Length - 1)] switch
            {
                Exception failure => Task.FromException<object?>(failure),
                var answer => Task.FromResult(answer),
            });
        }

        return engine;
    }
}
