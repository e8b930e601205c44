using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.FSharp.Core;

namespace Launchpad.Durable.Contract;

/// <summary>Random sequences, held against a model. LAUNCHPAD_PROPERTY_RUNS says how many; a failure prints the shortest sequence that
/// still fails and the seed, which LAUNCHPAD_PROPERTY_SEED=seed,gamma takes to run it again.</summary>
public abstract class ModelContract(Func<EngineSettings, EngineUnderTest> create) : ContractSuite(create)
{
    internal const int Finish = -1;
    internal const int ContinueAsNew = -2;
    internal const int Fail = -3;

    private const int DefaultRuns = 40;
    private const int StepsMax = 40;

    /// <summary>One that takes longer hangs.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(30);

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        Weigh(4, Act.Start), Weigh(1, Act.Replace), Weigh(8, Act.Raise), Weigh(3, Act.ContinueAsNew), Weigh(2, Act.Finish),
        Weigh(1, Act.Fail), Weigh(2, Act.Terminate), Weigh(3, Act.Suspend), Weigh(4, Act.Resume), Weigh(2, Act.Purge), Weigh(1, Act.Restart));

    private static readonly Gen<Act> AnyMessage = Gen.Frequency(
        (6, Gen.Constant(Act.Raise)), (2, Gen.Constant(Act.ContinueAsNew)), (1, Gen.Constant(Act.Suspend)), (2, Gen.Constant(Act.Resume)));

    [Fact]
    public Task Whatever_is_done_in_whatever_order_ends_as_in_the_model() => CheckAsync(AnyStep, async steps =>
    {
        await using var engine = await StartAsync(Collecting);
        var model = new Model();
        foreach (var step in steps)
        {
            var expected = model.Do(step);
            var (failure, purged) = await DoAsync(engine, step.Act, step.Id, expected.Value);
            Assert.Equal((step, expected.Failure, expected.Purged), (step, failure?.GetType(), purged));
            await SettleAsync(engine, model, step.Id);
        }

        foreach (var id in model.Ids)
        {
            // Whatever state it is in, this ends it; what it had taken is its output then.
            foreach (var act in new[] { Act.Resume, Act.Finish })
            {
                var (failure, _, value) = model.Do(new(act, id));
                if (failure is null)
                {
                    await DoAsync(engine, act, id, value);
                    await SettleAsync(engine, model, id);
                }
            }
        }
    });

    [Fact]
    public Task Of_what_clients_raise_at_once_nothing_is_lost_doubled_or_out_of_their_order() => CheckAsync(AnyMessage, async acts =>
    {
        const int Clients = 3;
        await using var engine = await StartAsync(Collecting);
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Collect");
        var raised = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var own = new List<int>();
            foreach (var act in acts)
            {
                var value = Value(act, (own.Count * Clients) + client);
                var (failure, _) = await DoAsync(engine, act, id, value);
                Assert.True(failure is null || act is Act.Suspend or Act.Resume, $"{act}: {failure}");
                if (act is Act.Raise)
                {
                    own.Add(value);
                }
            }

            return own;
        })));

        var (ended, _) = await DoAsync(engine, Act.Suspend, id, 0);
        Assert.True(ended is null or InvalidOperationException);
        await DoAsync(engine, Act.Resume, id, 0);
        await DoAsync(engine, Act.Finish, id, Finish);
        var received = (await engine.EndAsync(id)).ReadOutputAs<List<int>>()!;
        Assert.Equal(raised.SelectMany(own => own).Order(), received.Order());
        foreach (var (own, client) in raised.Select((own, client) => (own, client)))
        {
            Assert.Equal(own, received.Where(value => value % Clients == client));
        }
    });

    [Fact]
    public Task Whatever_clients_do_at_once_fails_as_documented_and_leaves_an_id_that_can_be_used() => CheckAsync(AnyStep, async steps =>
    {
        const int Clients = 3;
        await using var engine = await StartAsync(Collecting);
        var failures = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var own = new List<Exception>();
            foreach (var step in steps.Where(step => step.Act is not Act.Restart))
            {
                var (failure, _) = await DoAsync(engine, step.Act, "shared", Value(step.Act, client));
                own.AddRange(failure is null ? [] : [failure]);
            }

            return own;
        })));
        Assert.All(failures.SelectMany(own => own), failure => Assert.True(
            failure is ArgumentException or InvalidOperationException && !failure.Message.Contains("log", StringComparison.Ordinal),
            failure.ToString()));

        if (steps.Count % 2 == 0)
        {
            await engine.RestartAsync();
        }

        var again = new StartOrchestrationOptions("shared").WithDedupeStatuses();
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Collect", again);
        await DoAsync(engine, Act.Raise, "shared", 7);
        await DoAsync(engine, Act.Finish, "shared", Finish);
        Assert.Equal([7], (await engine.EndAsync("shared")).ReadOutputAs<List<int>>()!);
        Assert.Equal(1, (await DoAsync(engine, Act.Purge, "shared", 0)).Purged);
    });

    /// <summary>Takes numbers until it is told what to do.</summary>
    private static async Task<List<int>?> CollectAsync(TaskOrchestrationContext context)
    {
        var received = context.GetInput<List<int>>() ?? [];
        while (true)
        {
            switch (await context.WaitForExternalEvent<int>("number"))
            {
                case Finish:
                    return received;
                case Fail:
                    throw new InvalidOperationException("told to fail");
                case ContinueAsNew:
                    context.ContinueAsNew(received);
                    return null;
                case var number:
                    received.Add(number);
                    break;
            }
        }
    }

    private static int Value(Act act, int number) => act switch
    {
        Act.ContinueAsNew => ContinueAsNew,
        Act.Finish => Finish,
        Act.Fail => Fail,
        _ => number,
    };

    private static void Collecting(EngineUnderTest engine) => engine.Orchestrator("Collect", CollectAsync);

    private static async Task<(Exception? Failure, int Purged)> DoAsync(EngineUnderTest engine, Act act, string id, int value)
    {
        var client = engine.Client;
        var purged = 0;
        var failure = await Record.ExceptionAsync(async () =>
        {
            switch (act)
            {
                case Act.Start:
                    await client.ScheduleNewOrchestrationInstanceAsync("Collect", new StartOrchestrationOptions(id));
                    break;
                case Act.Replace:
                    var options = new StartOrchestrationOptions(id).WithDedupeStatuses();
                    await client.ScheduleNewOrchestrationInstanceAsync("Collect", options);
                    break;
                case Act.Raise or Act.ContinueAsNew or Act.Finish or Act.Fail:
                    await client.RaiseEventAsync(id, "number", value);
                    break;
                case Act.Terminate:
                    await client.TerminateInstanceAsync(id, "ended");
                    break;
                case Act.Suspend:
                    await client.SuspendInstanceAsync(id);
                    break;
                case Act.Resume:
                    await client.ResumeInstanceAsync(id);
                    break;
                case Act.Purge:
                    purged = (await client.PurgeInstanceAsync(id)).PurgedInstanceCount;
                    break;
                default:
                    await engine.RestartAsync();
                    break;
            }
        });
        return (failure, purged);
    }

    /// <summary>Waits until the engine is where the model is; where it stays elsewhere, this fails.</summary>
    private static async Task SettleAsync(EngineUnderTest engine, Model model, string id)
    {
        if (model[id] is not { } expected)
        {
            Assert.Null(await engine.Client.GetInstanceAsync(id));
            return;
        }

        var state = await engine.UntilAsync(id, state => state.RuntimeStatus == expected.Status);
        Assert.Equal((expected.Status, expected.Output), (state.RuntimeStatus, state.SerializedOutput));
    }

    private static Task CheckAsync<T>(Gen<T> part, Func<List<T>, Task> property)
    {
        var runs = Environment.GetEnvironmentVariable("LAUNCHPAD_PROPERTY_RUNS") is { Length: > 0 } count
            ? int.Parse(count, CultureInfo.InvariantCulture)
            : DefaultRuns;
        var configuration = Config.QuickThrowOnFailure.WithMaxTest(runs).WithStartSize(4).WithEndSize(StepsMax).WithQuietOnSuccess(true);
        if (Environment.GetEnvironmentVariable("LAUNCHPAD_PROPERTY_SEED")?.Split(',') is [var seed, var gamma])
        {
            var start = new Rnd(ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(gamma, CultureInfo.InvariantCulture));
            configuration = configuration.WithReplay(FSharpOption<Replay>.Some(new Replay(start, FSharpOption<int>.None)));
        }

        // FsCheck waits for each run where it stands, so not on a thread that has others to run.
        return Task.Factory.StartNew(
            () => Prop.ForAll(Arb.From(part.ListOf(), Shorter), parts => property(parts).WaitAsync(RunMax)).Check(configuration),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>The same with a half, a quarter … or one of its steps left out.</summary>
    private static IEnumerable<List<T>> Shorter<T>(List<T> list)
    {
        for (var size = (list.Count + 1) / 2; size > 0; size /= 2)
        {
            for (var at = 0; at < list.Count; at += size)
            {
                yield return [.. list[..at], .. list[Math.Min(at + size, list.Count)..]];
            }
        }
    }

    private static (int, Gen<Step>) Weigh(int weight, Act act) => (weight, Gen.Elements("a", "b", "c").Select(id => new Step(act, id)));
}
