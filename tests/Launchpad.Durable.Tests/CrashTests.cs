using System.Globalization;
using DurableTask.Core.History;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Tests;

public sealed class CrashTests : IDisposable
{
    private const string Arrived = "end Completed \"bcdef\"";

    /// <summary>So many kills and a new directory is begun: what has ended need not be looked through again and again.</summary>
    private const int KillsPerDirectory = 20;

    private readonly string directory = Directory.CreateTempSubdirectory("durable-crash-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData(":kill")]
    public async Task Stopped_after_any_turn_a_journey_arrives_at_the_same_end(string kill)
    {
        var reference = Path.Combine(directory, "reference");
        using (var child = Child.Start("journey", reference))
        {
            Assert.Equal(Arrived, await child.LineAsync("end"));
            await child.ExitAsync();
        }

        using var reader = new HistoryReader(reference);
        var events = reader.Record("journey")!.Events;
        var turns = Enumerable.Range(1, events.Count).Where(n => events[n - 1] is OrchestratorCompletedEvent).ToList();
        Assert.InRange(turns.Count, 5, 20);
        foreach (var stop in turns)
        {
            var home = Path.Combine(directory, $"stop-{stop}");
            using (var child = Child.Start("journey", home, $"journey:{stop}{kill}"))
            {
                if (kill.Length == 0 && await child.FrozenAsync())
                {
                    child.Kill();
                }

                await child.ExitAsync();
            }

            // Two answers may come in one turn this time, and fewer turns have fewer events: then it was over before.
            Assert.True(Count(home) >= Math.Min(stop, turns[^2]));
            using var next = Child.Start("journey", home);
            Assert.Equal(Arrived, await next.LineAsync("end"));
            await next.ExitAsync();
            var effects = await File.ReadAllLinesAsync(Path.Combine(home, "effects"));
            Assert.Equal(5, effects.Distinct().Count());
            Assert.InRange(effects.Length, 5, 7);
            Assert.Empty(Integrity.ProblemsOf(home));
        }

        static int Count(string home)
        {
            using var reader = new HistoryReader(home);
            return reader.Record("journey")!.Events.Count;
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
                acknowledged.AddRange(await KillAsync(home, random.Next(100), random.Next(20)));
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
        await first.LineAsync("ack");
        var said = first.RestAsync();
        File.Delete(Path.Combine(directory, "lock"));
        using var second = Child.Start("hold", directory);
        await second.LineAsync("ready");

        Assert.Equal(Posix.InputOutputError, await first.ExitAsync());
        await said;
        Assert.Contains("Another process has taken this directory", await first.ErrorAsync(), StringComparison.Ordinal);
        second.Kill();
        await second.ExitAsync();
        Assert.Empty(Integrity.ProblemsOf(directory));
    }

    private static int Setting(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    /// <summary>Kills it a moment after it has said so much: in a time of its own, a slow machine would not come to anything.</summary>
    private static async Task<List<string>> KillAsync(string home, int lines, int milliseconds)
    {
        using var child = Child.Start("load", home);
        await child.LineAsync("ready");
        var said = await child.LinesAsync(lines);
        await Task.Delay(milliseconds);
        child.Kill();
        return [.. said, .. await child.RestAsync()];
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

        Assert.Empty(Integrity.ProblemsOf(home));
        AssertBalance(home, ends.Values);
    }

    private static void AssertBalance(string home, IEnumerable<string[]> ends)
    {
        var effects = File.ReadAllLines(Path.Combine(home, "effects"));
        Assert.All(effects.GroupBy(line => line.Split(' ')[0]), repeated => Assert.Single(repeated.Distinct()));
        var moved = effects.Distinct().Where(line => line.Split(' ')[1] is "7" or "-7").ToList();
        Assert.Equal(0, moved.Sum(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)));
        Assert.Equal(2 * ends.Count(end => end[1] == "Transfer"), moved.Count);
    }
}
