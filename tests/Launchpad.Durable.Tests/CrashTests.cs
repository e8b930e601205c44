using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Tests;

public sealed class CrashTests : IDisposable
{
    private const string Arrived = "end Completed \"True bcdef\"";

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
    public async Task Killed_at_random_again_and_again_it_loses_nothing_that_it_acknowledged()
    {
        var kills = Setting("LAUNCHPAD_KILLS", 8);
        var seed = Setting("LAUNCHPAD_SEED", Environment.TickCount);
        var random = new Random(seed);
        var acknowledged = new HashSet<string>();
        for (var i = 0; i < kills; i++)
        {
            using var child = Child.Start("load", directory);
            await child.LineAsync("ready");
            await Task.Delay(random.Next(100));
            child.Kill();
            acknowledged.UnionWith(Said(await child.RestAsync(), "ack ").Select(line => line[4..]));
        }

        using var last = Child.Start("finish", directory);
        var ends = Said(await last.RestAsync(), "end ").Select(line => line.Split(' ', 4)).ToList();
        var journeys = ends.Where(end => end[1] == "Journey").ToDictionary(end => end[2], end => end[3]);
        Assert.NotEmpty(acknowledged);
        Assert.True(acknowledged.IsSubsetOf(journeys.Keys), $"Seed {seed} lost {string.Join(' ', acknowledged.Except(journeys.Keys))}");
        Assert.All(journeys.Values, end => Assert.Equal("Completed \"True bcdef\"", end));
        Assert.All(ends, end => Assert.StartsWith("Completed ", end[3], StringComparison.Ordinal));
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

    private static int Setting(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Said(List<string> lines, string word) =>
        lines.Where(line => line.StartsWith(word, StringComparison.Ordinal));

    /// <summary>After which events the history was made durable: where the next turn begins, and at the end.</summary>
    private static async Task<List<int>> TurnsOf(string home)
    {
        await using var engine = new DurableEngine(new() { Directory = home }, TimeProvider.System, NullLoggerFactory.Instance);
        await engine.StartAsync(CancellationToken.None);
        var history = await engine.HistoryAsync("journey", CancellationToken.None);
        return [.. history.Where(row => row.Kind == "TurnStarted").Select(row => row.Sequence)];
    }

    private sealed class Child : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly Process process;

        private Child(Process process) => this.process = process;

        public int Id => process.Id;

        public static Child Start(string mode, string directory, string? stopAfterEvent = null)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
            foreach (var argument in new[] { typeof(CrashChild).Assembly.Location, mode, directory, stopAfterEvent })
            {
                if (argument is not null)
                {
                    start.ArgumentList.Add(argument);
                }
            }

            start.Environment["DOTNET_TieredPGO"] = "0";
            return new(Process.Start(start)!);
        }

        public async Task<string> LineAsync(string word)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith(word, StringComparison.Ordinal))
                {
                    return line;
                }
            }

            throw new EndOfStreamException($"The child ended without a word of \"{word}\".");
        }

        public async Task<List<string>> RestAsync()
        {
            using var patience = new CancellationTokenSource(Patience * 4);
            return [.. (await process.StandardOutput.ReadToEndAsync(patience.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }

        /// <summary>Waits until the kernel says that the process is stopped.</summary>
        public async Task FrozenAsync()
        {
            var waited = Stopwatch.StartNew();
            while (waited.Elapsed < Patience)
            {
                var stat = await File.ReadAllTextAsync($"/proc/{process.Id}/stat");
                if (stat[stat.LastIndexOf(')') + 2] == 'T')
                {
                    return;
                }

                await Task.Delay(5);
            }

            throw new TimeoutException("The child was never frozen.");
        }

        public void Kill() => process.Kill();

        public async Task<int> ExitAsync()
        {
            using var patience = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode;
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }
    }
}
