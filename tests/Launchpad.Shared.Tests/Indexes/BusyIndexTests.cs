using Azure.Core;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace Launchpad.Shared.Tests.Indexes;

/// <summary>A busy deployment is found, whoever took it, ended it, swept it, and died in the middle.</summary>
public sealed class BusyIndexTests(Azurite azurite, ITestOutputHelper output) : StorageTests(azurite)
{
    private const int Walks = 60;
    private const int Actors = 4;

    private DeploymentStore Deployments => new(Tables, Records);

    [Fact]
    public async Task Every_busy_deployment_is_found_after_any_interleaving_of_takes_ends_sweeps_and_crashes()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await Deployments.AddAsync(Ordered(), Ct);
        var (busy, ended) = (0, 0);
        for (var round = 0; round < Walks; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Actors).Select(_ => ActAsync(new Random(random.Next()))));
            var now = await Deployments.GetAsync(Account, Deployment, Ct);
            Assert.True(!now.IsBusy || await IsFoundAsync(), $"Nothing leads to the deployment after round {round} of seed {seed}.");
            busy += now.Operation is not null ? 1 : 0;
            ended += now.Ending is not null ? 1 : 0;
        }

        Assert.True(busy > 0 && ended > 0, "The walk did not come by what it is about.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_take_that_is_cut_off_after_any_write_leaves_a_row_too_many_and_never_one_too_few(int writes)
    {
        await Deployments.AddAsync(Ordered(), Ct);
        var left = writes;
        var died = await DiesAsync(await DyingAsync(() => left-- <= 0), async store =>
            Assert.True(await store.TrySaveAsync(Held(await store.GetAsync(Account, Deployment, Ct)), Ct)));
        var now = await Deployments.GetAsync(Account, Deployment, Ct);
        Assert.True(!now.IsBusy || await IsFoundAsync());
        Assert.True(died || now.IsBusy);
    }

    [Fact]
    public async Task A_row_that_was_lost_is_healed_and_one_too_many_goes_with_what_it_led_to_untouched()
    {
        await Deployments.AddAsync(Ordered(), Ct);
        await Deployments.ChangeAsync(Account, Deployment, Held, Ct);
        var row = await RowAsync();
        await Tables.Index.DeleteEntityAsync(row!.PartitionKey, row.RowKey, cancellationToken: Ct);
        Assert.False(await IsFoundAsync());
        Assert.True(await Deployments.HealAsync(Account, Deployment, Ct));
        Assert.False(await Deployments.HealAsync(Account, Deployment, Ct));
        Assert.True(await IsFoundAsync());

        await Deployments.ChangeAsync(Account, Deployment, now => now with { Operation = null }, Ct);
        Assert.Null(await RowAsync());
        await Tables.Index.UpsertEntityAsync(row, cancellationToken: Ct);
        var before = await Deployments.GetAsync(Account, Deployment, Ct);
        Assert.Null(await Deployments.FollowAsync((await RowAsync())!, DateTimeOffset.UtcNow.AddMinutes(1), Ct));
        Assert.Null(await RowAsync());
        Assert.Equal(before with { ETag = default }, await Deployments.GetAsync(Account, Deployment, Ct) with { ETag = default });
    }

    [Fact]
    public async Task A_row_of_a_take_that_is_on_its_way_is_left_alone()
    {
        await Deployments.AddAsync(Ordered(), Ct);
        await Deployments.ChangeAsync(Account, Deployment, Held, Ct);
        var row = (await RowAsync())!;
        await Deployments.ChangeAsync(Account, Deployment, now => now with { Operation = null }, Ct);
        await Tables.Index.UpsertEntityAsync(row, cancellationToken: Ct);
        Assert.Null(await Deployments.FollowAsync((await RowAsync())!, DateTimeOffset.UtcNow, Ct));
        Assert.NotNull(await RowAsync());
    }

    /// <summary>One of those who change deployments, with calls that take their time, lose their answers, or end it.</summary>
    private async Task ActAsync(Random random)
    {
        var store = new DeploymentStore(
            await FaultyAsync(_ =>
            {
                int delay, luck;
                lock (random)
                {
                    (delay, luck) = (random.Next(4), random.Next(100));
                }

                Thread.Sleep(delay);
                return luck < 8 ? CallFault.Crash : luck < 14 ? CallFault.AnswerLost : CallFault.None;
            }),
            new RecordStore(Tables, TimeProvider.System));
        try
        {
            await (random.Next(4) switch
            {
                0 => store.ChangeAsync(Account, Deployment, now => now.IsBusy ? null : Held(now), Ct),
                1 => store.ChangeAsync(
                    Account, Deployment,
                    now => now.Operation is null ? null : now.Ended(succeeded: true, DateTimeOffset.UtcNow, now), Ct),
                2 => store.ChangeAsync(Account, Deployment, now => now.Ending is null ? null : now with { Ending = null }, Ct),
                _ => SweepAsync(store),
            });
        }
        catch (Exception died) when (died is ProcessDiedException or AggregateException)
        {
            // As a process does, the second also where it was about to repeat a call.
        }
    }

    private async Task SweepAsync(DeploymentStore store)
    {
        if (await RowAsync() is { } row)
        {
            await store.FollowAsync(row, DateTimeOffset.UtcNow.AddMinutes(1), Ct);
        }
    }

    private static Deployment Held(Deployment now) => now with
    {
        Operation = new(Ids.New(Ids.Operation, TimeProvider.System), OperationKind.TestMessage, DateTimeOffset.UtcNow, "me"),
    };

    private async Task<DeploymentStore> DyingAsync(Func<bool> isOver) => new(
        await FaultyAsync(request => request.Method != RequestMethod.Get && isOver() ? CallFault.Crash : CallFault.None), Records);

    private static async Task<bool> DiesAsync(DeploymentStore store, Func<DeploymentStore, Task> act)
    {
        try
        {
            await act(store);
            return false;
        }
        catch (ProcessDiedException)
        {
            return true;
        }
    }

    private Task<Azure.Data.Tables.TableEntity?> RowAsync() =>
        Tables.Index.FindAsync("busy-" + Shards.KeyOf(Deployment), Deployment, Ct);

    private async Task<bool> IsFoundAsync()
    {
        var found = new List<string>();
        var sweep = new BusySweep(Deployments, new(Tables, NullLogger<Rounds>.Instance), TimeProvider.System);
        await sweep.RunAsync(
            busy =>
            {
                lock (found)
                {
                    found.Add(busy.Id);
                }

                return Task.CompletedTask;
            },
            Ct);
        return found.Contains(Deployment);
    }
}
