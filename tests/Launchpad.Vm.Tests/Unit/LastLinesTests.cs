extern alias vm;
using System.Text;
using vm::Launchpad.Vm.Verbs;

namespace Launchpad.Vm.Tests.Unit;

public sealed class LastLinesTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 10)]
    [InlineData(50, 10)]
    [InlineData(50, 1000)]
    [InlineData(1, 4000)]
    [InlineData(2, 4000)]
    public void The_newest_lines_are_kept_within_their_bounds(int count, int length)
    {
        foreach (var letter in (string[])["a", "é", "漢"])
        {
            string[] lines = [.. Enumerable.Range(0, count).Select(number => $"{number} " + string.Concat(Enumerable.Repeat(letter, length)))];

            var last = Logs.Last(lines);

            Assert.InRange(last.Count, Math.Min(count, 1), Math.Min(count, 20));
            Assert.InRange(last.Sum(line => Encoding.UTF8.GetByteCount(line) + 1), 0, 4096);
            Assert.All(last.Reverse().Zip(lines.Reverse()), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        }
    }
}
