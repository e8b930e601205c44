using System.Diagnostics;
using System.Globalization;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Tests;

public sealed class FaultTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("durable-fault-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    /// <summary>Every n-th I/O of a small workload; LAUNCHPAD_FAULT_STRIDE=1 takes every single one.</summary>
    [Theory]
    [InlineData("NoSpace", 7, "ran")]
    [InlineData("IoError", 5, "stopped")]
    [InlineData("ShortWrite", 13, "ran")]
    [InlineData("Interrupted", 13, "ran")]
    public async Task Whichever_write_or_flush_fails_nothing_that_was_acknowledged_is_lost(string kind, int stride, string expected)
    {
        var wish = Environment.GetEnvironmentVariable("LAUNCHPAD_FAULT_STRIDE");
        stride = wish is null ? stride : int.Parse(wish, CultureInfo.InvariantCulture);
        using var child = Child.Start("faults", directory, $"{kind}:{stride}", Preload());
        var lines = await child.RestAsync();
        Assert.True(await child.ExitAsync() == 0, await child.ErrorAsync());

        var struck = lines.Where(line => line.StartsWith("struck", StringComparison.Ordinal)).ToList();
        Assert.True(struck.Count > 100 / stride, $"Only {struck.Count} faults.");
        Assert.Contains(struck, line => line.Contains(expected, StringComparison.Ordinal));
        foreach (var bad in new[] { "unsound", "wrong", "lost", "hung", expected == "ran" ? "stopped" : "never" })
        {
            Assert.DoesNotContain(lines, line => line.Contains(bad, StringComparison.Ordinal));
        }

        // Neither a short nor an interrupted write is an error: nobody gets to see them.
        if (kind is "ShortWrite" or "Interrupted")
        {
            Assert.DoesNotContain(lines, line => line.Contains("refused", StringComparison.Ordinal));
        }

        Console.WriteLine($"{kind}: {struck.Count} faults, nothing lost.");
    }

    [Fact]
    public async Task A_full_disk_refuses_and_resumes_and_a_failing_one_ends_the_process()
    {
        using var child = Child.Start("disk", directory, preload: Preload());
        var lines = await child.RestAsync();

        const string Refused = "refused The disk that holds the durable store is full; nothing of this was recorded.";
        Assert.Equal(["ready", Refused, Refused, "reads Conversation", "end \"one two\"", "end \"on time\""], lines[..6]);
        Assert.InRange(int.Parse(lines[6].Split(' ')[1], CultureInfo.InvariantCulture), 20, 100);
        Assert.Equal(7, lines.Count);
        Assert.Equal(Posix.InputOutputError, await child.ExitAsync());
        Assert.Contains($"The durable log in {directory} cannot be written", await child.ErrorAsync(), StringComparison.Ordinal);
        Assert.Empty(Integrity.ProblemsOf(directory));
    }

    private string Preload()
    {
        var library = Path.Combine(directory, "faults.so");
        var source = Path.Combine(AppContext.BaseDirectory, "Faults.c");
        using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-O1", "-nostdlib", "-o", library, source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return library;
    }
}
