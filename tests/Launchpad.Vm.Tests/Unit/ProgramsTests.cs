extern alias vm;
using System.Diagnostics;
using vm::Launchpad.Vm;

namespace Launchpad.Vm.Tests.Unit;

public sealed class ProgramsTests : IDisposable
{
    private const string Name = "launchpad-vm";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("programs-");

    [Fact]
    public void Of_many_programs_today_s_and_the_one_before_stay()
    {
        var own = Install("own", daysAgo: 9);
        Install("before", daysAgo: 1);
        Install("older", daysAgo: 2);
        Install("oldest", daysAgo: 3);
        Install(".incoming.x", daysAgo: 5);

        Programs.Sweep(_root.FullName, own);
        Programs.Sweep(_root.FullName, own);

        Assert.Equal([".incoming.x", "before", "own"], Left());
    }

    [Fact]
    public void One_that_runs_stays_however_old_it_is()
    {
        var own = Install("own", daysAgo: 0);
        Install("before", daysAgo: 1);
        Install("older", daysAgo: 2);
        using var running = Process.Start(Install("runs", daysAgo: 3), "60");

        Programs.Sweep(_root.FullName, own);
        Assert.Equal(["before", "own", "runs"], Left());

        running.Kill();
        running.WaitForExit();
        Programs.Sweep(_root.FullName, own);
        Assert.Equal(["before", "own"], Left());
    }

    [Fact]
    public void A_program_that_is_started_from_elsewhere_removes_nothing()
    {
        Install("a", daysAgo: 1);
        Install("b", daysAgo: 2);
        Install("c", daysAgo: 3);

        Programs.Sweep(_root.FullName, "/usr/bin/sleep");

        Assert.Equal(["a", "b", "c"], Left());
    }

    public void Dispose() => _root.Delete(recursive: true);

    private string Install(string hash, int daysAgo)
    {
        var program = Path.Combine(_root.CreateSubdirectory(hash).FullName, Name);
        File.Copy("/usr/bin/sleep", program);
        File.SetLastWriteTimeUtc(program, DateTime.UtcNow.AddDays(-daysAgo));
        return program;
    }

    private string[] Left() => [.. _root.GetDirectories().Select(folder => folder.Name).Order(StringComparer.Ordinal)];
}
