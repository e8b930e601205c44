using System.Globalization;
using Launchpad.Durable.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Tests;

public sealed class CrashTests : IDisposable
{
    private const string Arrived = "end Completed \"True bcdef\"";

    /// <summary>So many kills and a new directory is begun: what has ended need not be looked through again and again.</summary>
    private const int KillsPerDirectory = 20;

    private readonly string directory = Directory.CreateTempSubdirectory("durable-crash-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Killed_after_any_turn_a_journey_arrives_at_the_same_end()
    {
        var reference = Path.Combine(directory, "reference");
        using (var child = Child.Start("journey", reference))
        {
            Assert.Equal(Arrived, await child.LineAsync("end"));
        }

        foreach (var stop in await TurnsOf(reference))
        {
            var home = Path.Combine(directory, $"stop-{stop}");
            using (var child = Child.Start("journey", home, $"Journey:{stop}"))
            {
                await child.FrozenAsync();
                child.Kill();
            }

            using var next = Child.Start("journey", home);
            Assert.Equal(Arrived, await next.LineAsync("end"));
            await next.ExitAsync();
            var effects = await File.ReadAllLinesAsync(Path.Combine(home, "effects"));
            Assert.Equal(5, effects.Distinct().Count());
            Assert.InRange(effects.Length, 5, 7);
        }
    }

    [Fact]
    public async Task Killed_at_random_again_and_again_it_loses_doubles_and_forgets_nothing()
    {
        var kills = Setting("LAUNCHPAD_KILLS", 20);
        var seed = Setting("LAUNCHPAD_SEED", Environment.TickCount);
        var random = new Random(seed);
        var total = 0;
        for (var done = 0; done < kills; done += KillsPerDirectory)
        {
            var home = Path.Combine(directory, $"{done}");
            var acknowledged = new List<string>();
            for (var i = done; i < Math.Min(kills, done + KillsPerDirectory); i++)
            {
                acknowledged.AddRange(await KillAsync(home, random.Next(100)));
                var problems = Integrity.ProblemsOf(home);
                Assert.True(problems.Count == 0, $"Seed {seed}, kill {i}: {string.Join('\n', problems)}");
            }

            await VerifyAsync(home, acknowledged, seed);
            Directory.Delete(home, recursive: true);
            total += acknowledged.Count;
        }

        Assert.True(total > kills, $"Seed {seed}: only {total} acknowledgements in {kills} kills.");
        Console.WriteLine($"{kills} kills with seed {seed}: {total} acknowledgements, none lost.");
    }

    [Fact]
    public async Task A_purge_that_is_killed_leaves_nothing_half_removed_and_the_next_one_removes_the_rest()
    {
        for (var kill = 0; kill < 5; kill++)
        {
            using var child = Child.Start("purge", directory);
            await child.LineAsync("purging");
            await Task.Delay(kill * 5);
            child.Kill();
            await child.ExitAsync();
            Assert.Empty(Integrity.ProblemsOf(directory));
        }

        using var last = Child.Start("purge", directory);
        Assert.InRange(int.Parse((await last.LineAsync("purged")).Split(' ')[1], CultureInfo.InvariantCulture), 300, 1800);
        await last.ExitAsync();
        using var database = new Connection(Store.Database(directory), readOnly: true);
        Assert.Equal(0, database.Scalar("SELECT count(*) FROM instances"));
        Assert.Equal(0, database.Scalar("SELECT count(*) FROM history"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Payloads.Folder(directory)));
    }

    [Fact]
    public async Task What_ends_the_process_is_given_up_after_some_crashes_and_its_neighbour_is_not()
    {
        for (var starts = 1; starts < 40; starts++)
        {
            using var child = Child.Start("poison", directory);
            var lines = await child.RestAsync();
            if (await child.ExitAsync() == 0)
            {
                Assert.Equal(
                    [
                        "ready",
                        "end Journey Completed ",
                        "end Die Failed Launchpad.Durable.PoisonException",
                        "end DieInTurn Failed Launchpad.Durable.PoisonException",
                    ],
                    lines);
                Assert.InRange(starts, 4, 12);
                return;
            }
        }

        Assert.Fail("It never gave up.");
    }

    [Fact]
    public async Task A_second_process_on_the_directory_is_refused_and_a_killed_one_leaves_it_free()
    {
        using var first = Child.Start("hold", directory);
        await first.LineAsync("ready");
        using (var second = Child.Start("hold", directory))
        {
            Assert.Contains($"is in use by process {first.Id}", await second.LineAsync("refused"), StringComparison.Ordinal);
            Assert.Equal(3, await second.ExitAsync());
        }

        first.Kill();
        await first.ExitAsync();
        using var third = Child.Start("hold", directory);
        await third.LineAsync("ready");
    }

    [Fact]
    public async Task When_the_lock_was_deleted_and_a_second_process_got_in_the_first_one_stops_before_it_writes()
    {
        using var first = Child.Start("load", directory);
        await first.LineAsync("ready");
        var said = first.RestAsync();
        File.Delete(Path.Combine(directory, "lock"));
        using var second = Child.Start("hold", directory);
        await second.LineAsync("ready");

        Assert.Equal(Posix.InputOutputError, await first.ExitAsync());
        Assert.NotEmpty(await said);
        Assert.Contains("Another process has taken this directory", await first.ErrorAsync(), StringComparison.Ordinal);
        second.Kill();
        await second.ExitAsync();
        Assert.Empty(Integrity.ProblemsOf(directory));
    }

    [Fact]
    public async Task Asked_to_stop_under_load_it_ends_in_time_and_the_next_start_has_nothing_to_repair()
    {
        List<string> acknowledged;
        using (var child = Child.Start("drain", directory))
        {
            await child.LineAsync("ack end");
            var asked = System.Diagnostics.Stopwatch.StartNew();
            child.Terminate();
            acknowledged = await child.RestAsync();
            Assert.Equal(0, await child.ExitAsync());
            Assert.InRange(asked.Elapsed.TotalSeconds, 0, 10);
            Assert.Equal("drained", acknowledged[^1]);
        }

        Assert.False(File.Exists($"{Store.Database(directory)}-wal"));
        using (var database = new Connection(Store.Database(directory), readOnly: true))
        {
            Assert.Equal(1, database.Scalar("SELECT clean FROM owner"));
        }

        Assert.Empty(Integrity.ProblemsOf(directory));
        await VerifyAsync(directory, acknowledged, 0);
    }

    private static int Setting(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    private static async Task<List<string>> KillAsync(string home, int milliseconds)
    {
        using var child = Child.Start("load", home);
        await child.LineAsync("ready");
        await Task.Delay(milliseconds);
        child.Kill();
        return await child.RestAsync();
    }

    /// <summary>Holds what was acknowledged against what everything came to.</summary>
    private static async Task VerifyAsync(string home, List<string> said, int seed)
    {
        // The last line of a killed process may be half a line.
        var acknowledged = said.Select(line => line.Split(' ', 5)).Where(words => words[0] == "ack" && words.Length >= 4).ToList();

        // A conversation both of whose events were acknowledged comes to its end, and so does what was seen to end.
        var over = acknowledged.Where(words => words[1] == "end" || (words[1] == "event" && words[3] == "two")).Select(words => words[2]);
        var file = Path.Combine(home, "over");
        await File.WriteAllLinesAsync(file, over);
        using var child = Child.Start("finish", home, file);
        var lines = await child.RestAsync();
        Assert.True(await child.ExitAsync() == 0, $"Seed {seed}: {await child.ErrorAsync()}");
        var ends = lines.Select(line => line.Split(' ', 5)).Where(words => words[0] == "end").ToDictionary(words => words[2]);
        var talking = lines.Select(line => line.Split(' ')).Where(words => words[0] == "talk").Select(words => words[2]).ToHashSet();

        Assert.All(ends.Values, end => Assert.Equal("Completed", end[3]));
        Assert.All(ends.Values.Where(end => Sagas.Outputs.ContainsKey(end[1])), end => Assert.Equal(Sagas.Outputs[end[1]], end[4]));
        foreach (var words in acknowledged)
        {
            var isKnown = ends.ContainsKey(words[2]) || talking.Contains(words[2]);
            Assert.True(isKnown, $"Seed {seed} lost {string.Join(' ', words)}");
        }

        AssertBalance(home, ends.Values);
    }

    private static void AssertBalance(string home, IEnumerable<string[]> ends)
    {
        var effects = File.ReadAllLines(Path.Combine(home, "effects"));
        Assert.All(effects.GroupBy(line => line.Split(' ')[0]), repeated => Assert.Single(repeated.Distinct()));
        var moved = effects.Distinct().Where(line => line.Split('"')[1] is "7" or "-7").ToList();
        Assert.Equal(0, moved.Sum(line => int.Parse(line.Split('"')[1], CultureInfo.InvariantCulture)));
        Assert.Equal(2 * ends.Count(end => end[1] == "Transfer"), moved.Count);
    }

    /// <summary>After which events the history was made durable: where the next turn begins, and at the end.</summary>
    private static async Task<List<int>> TurnsOf(string home)
    {
        await using var engine = new DurableEngine(new() { Directory = home }, TimeProvider.System, NullLoggerFactory.Instance);
        await engine.StartAsync(CancellationToken.None);
        var history = await engine.HistoryAsync("journey", CancellationToken.None);
        return [.. history.Where(row => row.Kind == "TurnStarted").Select(row => row.Sequence)];
    }
}
