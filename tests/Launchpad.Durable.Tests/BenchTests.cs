using Launchpad.Bench;

namespace Launchpad.Durable.Tests;

public sealed class BenchTests
{
    /// <summary>A thousandth of it: whether goals are met says nothing then, but every workload runs and checks its own results.</summary>
    [Fact]
    public async Task Every_row_of_the_bench_is_measured_and_can_be_read_by_a_machine()
    {
        var report = await DurableBench.RunAsync(0.001, null, _ => { });

        foreach (var goal in new[] { "F", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "E24" })
        {
            Assert.Contains(report.Rows, row => row.Name.StartsWith(goal, StringComparison.Ordinal));
        }

        Assert.All(report.Rows, row => Assert.True(double.IsFinite(row.Value) && row.Value >= 0, row.Name));
        Assert.Equal(report.Rows.All(row => row.Ok), report.Ok);
        using var json = System.Text.Json.JsonDocument.Parse(report.ToJson());
        Assert.Equal(report.Rows.Count, json.RootElement.GetProperty("rows").GetArrayLength());
        Assert.True(json.RootElement.GetProperty("rows")[0].GetProperty("flush_multiple").GetDouble() > 0);
    }
}
