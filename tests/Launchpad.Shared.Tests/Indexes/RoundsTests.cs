using System.Collections.Concurrent;
using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Shared.Tests.Indexes;

/// <summary>A sweep comes by every row, whatever some of them do to it.</summary>
public sealed class RoundsTests(Azurite azurite) : StorageTests(azurite)
{
    private const int Rows = 80;
    private const int ProcessesMax = 400;

    private readonly ConcurrentDictionary<string, int> looked = [];

    private string Name => Deployment;

    [Fact]
    public async Task A_row_that_throws_keeps_no_other_from_being_looked_at_and_is_looked_at_again()
    {
        await SeedAsync();
        for (var sweep = 1; sweep <= 2; sweep++)
        {
            Assert.Equal(Rows, await GoAsync(Round(), row =>
                int.Parse(row) % 3 == 0 ? throw new InvalidOperationException("trouble") : Task.CompletedTask));
            Assert.All(Enumerable.Range(0, Rows), row => Assert.Equal(sweep, looked[Key(row)]));
        }
    }

    [Fact]
    public async Task What_one_sweep_leaves_over_comes_first_in_the_next()
    {
        await SeedAsync();
        var sweeps = 0;
        while (looked.Count < Rows)
        {
            Assert.InRange(await GoAsync(Round() with { Max = 10 }, _ => Task.CompletedTask), 1, 10);
            Assert.True(++sweeps <= (Rows / 10) + 1, $"{looked.Count} of {Rows} after {sweeps} sweeps");
        }

        Assert.All(looked.Values, times => Assert.InRange(times, 1, 2));
    }

    [Fact]
    public async Task A_row_that_ends_the_process_every_time_keeps_no_other_waiting_for_good()
    {
        await SeedAsync();
        for (var process = 0; process < ProcessesMax && looked.Count < Rows; process++)
        {
            using var life = new CancellationTokenSource();
            try
            {
                await GoAsync(
                    Round(),
                    async row =>
                    {
                        if (int.Parse(row) % 16 == 5)
                        {
                            await life.CancelAsync();
                            life.Token.ThrowIfCancellationRequested();
                        }
                    },
                    life.Token);
            }
            catch (OperationCanceledException)
            {
                // The next process goes on behind the page that ended this one.
            }
        }

        Assert.Equal(Rows, looked.Count);
    }

    [Fact]
    public async Task Two_sweeps_at_once_leave_out_nothing()
    {
        await SeedAsync();
        await Task.WhenAll(GoAsync(Round(), _ => Task.Delay(1)), GoAsync(Round(), _ => Task.Delay(1)));
        Assert.Equal(Rows, looked.Count);
    }

    [Fact]
    public async Task Rows_outside_of_the_keys_asked_for_are_not_looked_at()
    {
        await SeedAsync();
        await GoAsync(Round() with { From = Key(9), To = Key(20) }, _ => Task.CompletedTask);
        Assert.Equal(Enumerable.Range(10, 10).Select(Key), looked.Keys.Order(StringComparer.Ordinal));
    }

    private static string Key(int row) => row.ToString("D4");

    private Round Round() => new(Name, Tables.Index, Name + "-");

    private Task<int> GoAsync(Round round, Func<string, Task> look, CancellationToken ct = default) =>
        new Rounds(Tables, NullLogger<Rounds>.Instance).GoAsync(
            round,
            (row, _) =>
            {
                looked.AddOrUpdate(row.RowKey, 1, (_, times) => times + 1);
                return look(row.RowKey);
            },
            ct);

    private async Task SeedAsync() => await Task.WhenAll(Enumerable.Range(0, Rows).Select(row =>
        Tables.Index.AddEntityAsync(new TableEntity($"{Name}-{Shards.KeyOf(Key(row))}", Key(row)), Ct)));
}
