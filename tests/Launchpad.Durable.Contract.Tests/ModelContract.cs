using System.Globalization;
using DurableTask.Core.Exceptions;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Microsoft.FSharp.Core;

namespace Launchpad.Durable.Contract;

/// <summary>Random sequences, held against a model. LAUNCHPAD_PROPERTY_RUNS says how many, and puts kills of the host between the steps;
/// a failure prints the shortest sequence that still fails and the seed, which LAUNCHPAD_PROPERTY_SEED=seed,gamma,size takes
/// to run it again.</summary>
public abstract class ModelContract(Hub hub) : ContractSuite(hub)
{
    internal const int Finish = -1;
    internal const int ContinueAsNew = -2;
    internal const int Fail = -3;

    private const int DefaultRuns = 4;
    private const int StepsMax = 20;
    private const int Clients = 3;

    private static readonly int Runs = Environment.GetEnvironmentVariable("LAUNCHPAD_PROPERTY_RUNS") is { Length: > 0 } count
        ? int.Parse(count, CultureInfo.InvariantCulture)
        : 0;

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        Weigh(5, Act.Start), Weigh(8, Act.Raise), Weigh(3, Act.ContinueAsNew), Weigh(2, Act.Finish), Weigh(1, Act.Fail),
        Weigh(2, Act.Terminate), Weigh(3, Act.Suspend), Weigh(4, Act.Resume), Weigh(2, Act.Purge), Weigh(Runs > 0 ? 1 : 0, Act.Restart));

    private static readonly Gen<Act> AnyMessage = Gen.Frequency(
        (6, Gen.Constant(Act.Raise)), (2, Gen.Constant(Act.ContinueAsNew)), (1, Gen.Constant(Act.Suspend)), (2, Gen.Constant(Act.Resume)));

    /// <summary>Numbers taken so far, and how many messages that took.</summary>
    public sealed record Collected(List<int> Numbers, int Handled);

    /// <summary>Takes numbers until it is told what to do.</summary>
    [Function(nameof(Collect))]
    public static async Task<List<int>?> Collect([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var (numbers, handled) = context.GetInput<Collected>() ?? new([], 0);
        while (true)
        {
            context.SetCustomStatus(handled);
            var number = await context.WaitForExternalEvent<int>("number");
            context.SetCustomStatus(++handled);
            switch (number)
            {
                case Finish:
                    return numbers;
                case Fail:
                    throw new InvalidOperationException("told to fail");
                case ContinueAsNew:
                    context.ContinueAsNew(new Collected(numbers, handled));
                    return null;
                default:
                    numbers.Add(number);
                    break;
            }
        }
    }

    [Fact]
    public Task Whatever_is_done_in_whatever_order_ends_as_in_the_model() => CheckAsync(AnyStep, async steps =>
    {
        var run = Guid.NewGuid().ToString("N");
        var model = new Model();
        foreach (var step in steps)
        {
            var expected = model.Do(step);
            Assert.Equal(
                (step, expected.Refusal, expected.Purged),
                await DoAsync(step.Act, run + step.Id, expected.Value) is var (refusal, purged) ? (step, refusal, purged) : default);
            await SettleAsync(model, run, step.Id);
        }

        foreach (var id in model.Ids.ToList())
        {
            // Whatever state it is in, this ends it; what it had taken is its output then.
            foreach (var act in new[] { Act.Resume, Act.Finish })
            {
                var (refusal, _, value) = model.Do(new(act, id));
                if (refusal is null)
                {
                    await DoAsync(act, run + id, value);
                    await SettleAsync(model, run, id);
                }
            }
        }
    });

    /// <summary>Not of both kinds at once: what follows a suspension in one turn with a continue-as-new is lost (ADR 13).</summary>
    [Fact]
    public Task Of_what_clients_raise_at_once_nothing_is_lost_or_doubled() => CheckAsync(AnyMessage, async all =>
    {
        var acts = all.Contains(Act.ContinueAsNew) ? all.FindAll(act => act is not (Act.Suspend or Act.Resume)) : all;
        var id = await RunningAsync(nameof(Collect));
        var sent = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var own = new List<int>();
            foreach (var act in acts)
            {
                var value = Value(act, (own.Count * Clients) + client);
                var (refusal, _) = await DoAsync(act, id, value);
                Assert.True(refusal is null || act is Act.Suspend or Act.Resume, $"{act}: {refusal}");
                own.AddRange(act is Act.Suspend or Act.Resume ? [] : [value]);
            }

            return own;
        }));

        var values = sent.SelectMany(own => own).ToList();
        await ResumedUntilAsync(id, state => state.SerializedCustomStatus == $"{values.Count}");
        await DoAsync(Act.Finish, id, Finish);
        var end = await ResumedUntilAsync(id, state => state.IsCompleted);
        Assert.Equal(values.Where(value => value >= 0).Order(), end.ReadOutputAs<List<int>>()!.Order());
    });

    [Fact]
    public Task Whatever_clients_do_at_once_leaves_an_id_that_can_be_used() => CheckAsync(AnyStep, async all =>
    {
        var steps = all.FindAll(step => step.Act is not Act.Terminate || Hub.TakesTerminationsBesideStarts);
        var id = Guid.NewGuid().ToString("N");
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            foreach (var step in steps.Where(step => step.Act is not Act.Restart))
            {
                var (refusal, _) = await DoAsync(step.Act, id, Value(step.Act, client));
                Assert.True(
                    refusal is null or StatusCode.AlreadyExists or StatusCode.NotFound or StatusCode.FailedPrecondition
                        || (step.Act is Act.Start or Act.Purge && refusal == Hub.BesidePurge),
                    $"{step.Act}: {refusal}");
            }
        }));

        await EndWhatRunsAsync(id);
        // What was sent to the id and not yet taken is meant for whatever has the id then, and may end it.
        var rest = (Clients * steps.Count) + 1;
        while ((await CollectSevenAsync(id)).LastOrDefault() != 7)
        {
            Assert.True(--rest > 0, "More instances ended than there were messages to end them.");
        }

        Assert.Equal([7], await CollectSevenAsync(id));
        Assert.Equal(1, (await DoAsync(Act.Purge, id, 0)).Purged);
    });

    private async Task<List<int>> CollectSevenAsync(string id)
    {
        await StartAsync(nameof(Collect), null, new(id));
        await UntilAsync(id, state => state.RuntimeStatus is not OrchestrationRuntimeStatus.Pending);
        await DoAsync(Act.Raise, id, 7);
        await DoAsync(Act.Finish, id, Finish);
        var end = await ResumedUntilAsync(id, state => state.IsCompleted);
        return end.RuntimeStatus is OrchestrationRuntimeStatus.Completed ? end.ReadOutputAs<List<int>>() ?? [] : [];
    }

    /// <summary>Resumes it whenever it stands still: a resumption is refused until the suspension has been taken, and that may come
    /// after anything that was asked later.</summary>
    private async Task<OrchestrationMetadata> ResumedUntilAsync(string id, Func<OrchestrationMetadata, bool> condition)
    {
        while (true)
        {
            var state = await UntilAsync(id, state => condition(state) || state.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
            if (condition(state))
            {
                return state;
            }

            await DoAsync(Act.Resume, id, 0);
        }
    }

    internal static int Value(Act act, int number) => act switch
    {
        Act.ContinueAsNew => ContinueAsNew,
        Act.Finish => Finish,
        Act.Fail => Fail,
        _ => number,
    };

    /// <summary>A suspension that is read in one turn with a termination, after it, holds the termination back.</summary>
    private async Task EndWhatRunsAsync(string id)
    {
        if (await Client.GetInstanceAsync(id) is { IsCompleted: false })
        {
            await DoAsync(Act.Terminate, id, 0);
            await ResumedUntilAsync(id, state => state.IsCompleted);
        }
    }

    private async Task<(StatusCode? Refusal, int Purged)> DoAsync(Act act, string id, int value)
    {
        try
        {
            switch (act)
            {
                case Act.Start:
                    await StartAsync(nameof(Collect), null, new(id));
                    break;
                case Act.Raise or Act.ContinueAsNew or Act.Finish or Act.Fail:
                    await Client.RaiseEventAsync(id, "number", value);
                    break;
                case Act.Terminate:
                    await Client.TerminateInstanceAsync(id, "ended");
                    break;
                case Act.Suspend:
                    await Client.SuspendInstanceAsync(id);
                    break;
                case Act.Resume:
                    await Client.ResumeInstanceAsync(id);
                    break;
                case Act.Purge:
                    return (null, (await Client.PurgeInstanceAsync(id)).PurgedInstanceCount);
                default:
                    await Hub.RestartAsync();
                    break;
            }

            return default;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return (StatusCode.AlreadyExists, 0);
        }
        catch (InvalidOperationException) when (act is Act.Purge)
        {
            return (StatusCode.FailedPrecondition, 0);
        }
        catch (RpcException refused)
        {
            return (refused.StatusCode, 0);
        }
    }

    /// <summary>Waits until the engine is where the model is; where it stays elsewhere, this fails.</summary>
    private async Task SettleAsync(Model model, string run, string id)
    {
        if (model[id] is not { } expected)
        {
            Assert.Null(await Client.GetInstanceAsync(run + id));
            return;
        }

        var state = await UntilAsync(run + id, state => state.RuntimeStatus == expected.Status
            && (state.IsCompleted || state.SerializedCustomStatus == $"{expected.Handled}"));
        if (expected.Output is not null)
        {
            Assert.Equal(expected.Output, state.SerializedOutput);
        }
    }

    private static Task CheckAsync<T>(Gen<T> part, Func<List<T>, Task> property)
    {
        var configuration = Config.QuickThrowOnFailure.WithMaxTest(Runs > 0 ? Runs : DefaultRuns)
            .WithStartSize(4).WithEndSize(StepsMax).WithQuietOnSuccess(true);
        if (Environment.GetEnvironmentVariable("LAUNCHPAD_PROPERTY_SEED")?.Split(',') is [var seed, var gamma, var size])
        {
            var start = new Rnd(ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(gamma, CultureInfo.InvariantCulture));
            configuration = configuration.WithReplay(FSharpOption<Replay>.Some(new Replay(start, FSharpOption<int>.Some(int.Parse(size, CultureInfo.InvariantCulture)))));
        }

        // FsCheck waits for each run where it stands, so not on a thread that has others to run.
        return Task.Factory.StartNew(
            () => Prop.ForAll(Arb.From(part.ListOf(), Shorter), NamedAsync).Check(configuration),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        // FsCheck shows the beginning of a sequence only.
        async Task NamedAsync(List<T> parts)
        {
            try
            {
                await property(parts);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(string.Join("; ", parts), failure);
            }
        }
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
