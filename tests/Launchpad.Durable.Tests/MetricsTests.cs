using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Tests;

/// <summary>Every bound can be seen, and how near it is.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Concurrency_and_queues_show_what_runs_and_what_waits()
    {
        using var gate = new SemaphoreSlim(0);
        await using var engine = await Engine.StartAsync(
            e => e
                .ActivityAsync<int, int>("Slow", async n =>
                {
                    await gate.WaitAsync();
                    return n;
                })
                .Orchestrator("Run", async context =>
                {
                    _ = context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
                    await Task.WhenAll(Enumerable.Range(0, 10).Select(n => context.CallActivityAsync<int>("Slow", n)));
                    return await context.WaitForExternalEvent<string>("go");
                }),
            options => options with { MaxConcurrentActivities = 3 });
        using var seen = new Listener(engine.Directory);

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await seen.UntilAsync("durable.activities.queued", 7);
        Assert.Equal(3, seen["durable.activities.running"]);
        Assert.Equal(3, seen["durable.activities.max"]);
        Assert.Equal(1, seen["durable.instances.live"]);
        Assert.Equal(1, seen["durable.timers.pending"]);
        Assert.Equal(1, seen["durable.orchestrators.cached"]);
        Assert.Equal(0, seen["durable.operations.pending"]);
        Assert.Equal(0, seen["durable.turns.queued"]);

        gate.Release(10);
        await seen.UntilAsync("durable.activities", 10);
        await seen.UntilAsync("durable.activities.running", 0);
        Assert.Equal(10, seen.Count("durable.activity.duration"));
        await engine.Client.TerminateInstanceAsync(id);
        await engine.EndAsync(id);
        await seen.UntilAsync("durable.instances.live", 0);
    }

    [Fact]
    public async Task Payloads_show_their_size_and_whether_they_had_to_leave_the_database()
    {
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", context => Task.FromResult(context.GetInput<string>())),
            options => options with { InlinePayloadBytes = 1000, MaxPayloadBytes = 100_000 });
        using var seen = new Listener(engine.Directory);
        await engine.RunAsync("Run", "é");
        Assert.Equal(0, seen["durable.payload.spilled"]);
        await engine.RunAsync("Run", new string('x', 1000));
        Assert.Equal(2, seen["durable.payload.spilled"]);
        Assert.Equal(1002, seen.Max("durable.payload.size"));
        Assert.Equal(100_000, seen["durable.payload.max"]);
    }

    [Fact]
    public async Task A_history_shows_its_length_and_is_warned_about_once()
    {
        await using var engine = await Engine.StartAsync(
            e => e.Activity<int, int>("Add", n => n + 1).Orchestrator("Run", async context =>
            {
                var n = 0;
                while (n < 20)
                {
                    n = await context.CallActivityAsync<int>("Add", n);
                }

                return n;
            }),
            options => options with { HistoryEventsWarning = 30 });
        using var seen = new Listener(engine.Directory);
        var state = await engine.RunAsync("Run");
        Assert.Equal(1, seen["durable.history.warnings"]);
        Assert.Equal((await engine.Running.HistoryAsync(state.InstanceId, default)).Count, seen.Max("durable.history.length"));
        Assert.Equal(21, seen["durable.turns"]);
    }

    [Fact]
    public async Task A_mismatch_is_counted()
    {
        await using var engine = await Engine.StartAsync(e => e.Orchestrator("Run", context => context.WaitForExternalEvent<string>("go")));
        using var seen = new Listener(engine.Directory);
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(id);
        await engine.StopAsync();
        engine.Clear().Orchestrator("Run", context => context.CreateTimer(TimeSpan.FromDays(1), default).ContinueWith(_ => 0));
        await engine.StartAsync();
        await engine.Client.RaiseEventAsync(id, "go");
        await engine.UntilAsync(id, state => state.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
        Assert.Equal(1, seen["durable.mismatches"]);
    }

    [Fact]
    public async Task What_ends_the_process_again_and_again_is_counted_as_a_dead_letter_and_its_neighbour_runs()
    {
        using var gate = new SemaphoreSlim(0);
        await using var engine = await Engine.StartAsync(
            e => e
                .ActivityAsync<string, string>("Slow", async text =>
                {
                    await gate.WaitAsync();
                    return text;
                })
                .Orchestrator("Run", context => context.CallActivityAsync<string>("Slow", "done")),
            options => options with { MaxCrashes = 3 });
        using var seen = new Listener(engine.Directory);
        foreach (var id in new[] { "poison", "neighbour" })
        {
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions(id));
            await engine.UntilAsync(id, _ => engine.Running.PendingAsync(id, default).Result.Count == 1);
        }

        await engine.StopAsync();
        using (var database = Storage.Schema.Open(Path.Combine(engine.Directory, "durable.db")))
        {
            // As three crashes while it ran alone would have left it.
            database.Execute("INSERT INTO attempts SELECT key, 0, 3, 1, 0 FROM instances WHERE id = 'poison'");
            database.Execute("UPDATE owner SET clean = 0");
        }

        await engine.StartAsync();
        var poison = await engine.EndAsync("poison");
        Assert.Equal("Launchpad.Durable.PoisonException", poison.FailureDetails!.InnerFailure!.ErrorType);
        Assert.Equal(1, seen["durable.dead_letters"]);
        gate.Release(10);
        Assert.Equal("done", (await engine.EndAsync("neighbour")).ReadOutputAs<string>());
    }

    /// <summary>Listens to the engine of one directory.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly ConcurrentDictionary<string, long> sums = new();
        private readonly ConcurrentDictionary<string, ConcurrentBag<double>> records = new();

        public Listener(string directory)
        {
            listener.InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter is { Name: "Launchpad.Durable", Tags: { } tags } && tags.Any(tag => Equals(tag.Value, directory)))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Take(instrument, value));
            listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => sums[instrument.Name] = value);
            listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Take(instrument, value));
            listener.Start();
        }

        /// <summary>What an observed size is now, or what a counter has come to.</summary>
        public long this[string name]
        {
            get
            {
                listener.RecordObservableInstruments();
                return sums.GetValueOrDefault(name);
            }
        }

        public int Count(string name) => records[name].Count;

        public double Max(string name) => records[name].Max();

        public async Task UntilAsync(string name, long value)
        {
            for (var tries = 0; this[name] != value; tries++)
            {
                Assert.True(tries < 2000, $"{name} is {this[name]}, not {value}.");
                await Task.Delay(5);
            }
        }

        public void Dispose() => listener.Dispose();

        private void Take<T>(Instrument instrument, T value)
            where T : struct, IConvertible
        {
            if (instrument is Counter<long>)
            {
                sums.AddOrUpdate(instrument.Name, value.ToInt64(null), (_, sum) => sum + value.ToInt64(null));
            }
            else
            {
                records.GetOrAdd(instrument.Name, _ => []).Add(value.ToDouble(null));
            }
        }
    }
}
