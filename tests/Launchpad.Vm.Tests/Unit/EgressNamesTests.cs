extern alias vm;
using System.Text.Json;
using vm::Launchpad.Vm;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>What the names that a bot may reach come to, answer by answer.</summary>
public sealed class EgressNamesTests
{
    private static readonly DateTimeOffset s_start = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly EgressRule[] s_rules = [.. new[] { "10.0.0.1:22", "models.test:443", "models.test:80", "other.test:443" }.Select(EgressRule.Parse)];

    [Fact]
    public void What_a_name_stood_for_stays_for_an_hour_beside_what_it_stands_for()
    {
        var first = Renew(new("dep_01"), 0, ("models.test", "1.1.1.1 1.1.1.2"), ("other.test", "9.9.9.9"));
        Assert.Equal(["10.0.0.1:22", "1.1.1.1:443", "1.1.1.2:443", "1.1.1.1:80", "1.1.1.2:80", "9.9.9.9:443"], first.Egress);

        var moved = Renew(first, 10, ("models.test", "1.1.1.3"), ("other.test", "9.9.9.9"));
        Assert.Equal(["1.1.1.3", "1.1.1.1", "1.1.1.2"], moved.Names.Where(one => one.Host == "models.test").Select(one => one.Address));
        Assert.Contains("1.1.1.1:443", moved.Egress);
        Assert.Contains("1.1.1.3:80", moved.Egress);

        var later = Renew(moved, 60, ("models.test", "1.1.1.3"), ("other.test", "9.9.9.9"));
        Assert.Equal(["10.0.0.1:22", "1.1.1.3:443", "1.1.1.3:80", "9.9.9.9:443"], later.Egress);
    }

    [Fact]
    public void A_name_without_an_answer_stands_for_what_it_stood_for_however_long()
    {
        var first = Renew(new("dep_01"), 0, ("models.test", "1.1.1.1"), ("other.test", "9.9.9.9"));
        Assert.Equal(first.Egress, Renew(first, 600, ("models.test", "1.1.1.1")).Egress);
    }

    [Fact]
    public void The_same_answer_changes_nothing_and_the_order_of_one_neither()
    {
        var first = Renew(new("dep_01"), 0, ("models.test", "1.1.1.1 1.1.1.2"), ("other.test", "9.9.9.9"));
        Assert.Equal(first, Renew(first, 2, ("models.test", "1.1.1.1 1.1.1.2"), ("other.test", "9.9.9.9")));
        Assert.Same(first.Egress, Renew(first, 30, ("models.test", "1.1.1.1 1.1.1.2"), ("other.test", "9.9.9.9")).Egress);
    }

    [Fact]
    public void A_name_that_answers_something_else_each_time_does_not_fill_the_firewall()
    {
        var state = new DeploymentState("dep_01");
        for (var answer = 0; answer < 100; answer++)
        {
            state = Renew(state, answer / 10.0, ("models.test", $"1.1.2.{answer}"));
        }

        Assert.Equal(EgressNames.AddressesMax, state.Names.Count);
        Assert.Equal("1.1.2.99", state.Names[0].Address);
    }

    [Fact]
    public void A_state_that_an_older_program_wrote_has_no_names()
    {
        var state = JsonSerializer.Deserialize("""{"deployment":"dep_01","slot":3,"egress":["1.1.1.1:443"]}""", StateJson.Default.DeploymentState)!;
        Assert.Empty(state.Places);
        Assert.Empty(state.Names);
        Assert.Equal(["1.1.1.1:443"], state.Egress);
    }

    private static DeploymentState Renew(DeploymentState state, double minutes, params (string Name, string Addresses)[] answers) => EgressNames.Renew(
        state, s_rules, answers.ToDictionary(answer => answer.Name, answer => (IReadOnlyList<string>)answer.Addresses.Split(' ')),
        s_start.AddMinutes(minutes));
}
