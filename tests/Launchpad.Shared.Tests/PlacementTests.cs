using System.Collections.Immutable;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Tests;

public sealed class PlacementTests
{
    private static readonly Plan Starter = Plan.Get("starter");

    [Fact]
    public void The_fullest_machine_with_room_is_chosen() =>
        Assert.Equal(
            "c", Placement.Choose([Vm("a", used: 0), Vm("b", used: 2048), Vm("c", used: 4096), Vm("full", used: 8192)], Starter)?.Id);

    [Fact]
    public void A_machine_being_made_is_chosen_only_when_no_ready_one_has_room()
    {
        var creating = Vm("new", used: 2048) with { Status = VmStatus.Creating };
        Assert.Equal("a", Placement.Choose([creating, Vm("a", used: 0)], Starter)?.Id);
        Assert.Equal("new", Placement.Choose([creating, Vm("full", used: 8192)], Starter)?.Id);
    }

    [Fact]
    public void Nothing_is_placed_on_a_machine_that_is_going_away() =>
        Assert.Null(Placement.Choose([Vm("a", used: 0) with { Status = VmStatus.Retiring }], Starter));

    [Theory]
    [InlineData(VmWish.Cordon)]
    [InlineData(VmWish.Drain)]
    public void Nothing_is_placed_on_a_machine_that_its_operator_closed(VmWish wish) =>
        Assert.Null(Placement.Choose([Vm("a", used: 0) with { Wish = wish }], Starter));

    [Fact]
    public void A_machine_that_was_to_be_emptied_is_no_spare() =>
        Assert.True(Placement.IsSurplus(Vm("a", used: 0) with { Wish = VmWish.Drain }, spares: 0, new PoolOptions { SharedSpareVms = 1 }));

    [Theory]
    [InlineData("plus", 0, false)]
    [InlineData("plus", 4096, false)]
    [InlineData("plus", 6144, true)]
    [InlineData("starter", 6144, false)]
    [InlineData("dedicated", 0, true)]
    public void A_bot_moves_for_a_plan_of_another_kind_or_one_that_its_machine_has_no_room_for(string plan, int others, bool moves) =>
        Assert.Equal(moves, PlanRoom.NeedsMove(Vm("a", others).With("bot", 2048), "bot", Plan.Get(plan)));

    [Fact]
    public void What_left_a_machine_holds_its_room_there_until_it_is_removed_and_on_one_that_is_being_made_there_is_nothing_to_remove()
    {
        var left = Vm("a", used: 2048).LeftBy("dep");
        Assert.Equal(["dep"], left.Left);
        Assert.Equal(2048, left.Reservations["dep"]);
        Assert.Empty(left.Without("dep").Left);
        Assert.Empty(Vm("a", used: 2048).LeftBy("other").Left);
        var creating = (Vm("a", used: 2048) with { Status = VmStatus.Creating }).LeftBy("dep");
        Assert.Empty(creating.Left);
        Assert.Empty(creating.Reservations);
    }

    [Fact]
    public void A_dedicated_plan_never_shares() => Assert.Null(Placement.Choose([Vm("a", used: 0)], Plan.Get("dedicated")));

    [Theory]
    [InlineData(2048, 0, 4096)]
    [InlineData(2048, 4096, 4096)]
    [InlineData(4096, 4096, 4096)]
    public void A_bot_that_changes_its_plan_is_promised_the_larger_of_the_two(int held, int others, int promised) =>
        Assert.Equal(
            promised,
            PlanRoom.Promise(Vm("a", others).With("bot", held), "bot", Plan.Get(held == 4096 ? "starter" : "plus")).Reservations["bot"]);

    [Fact]
    public void A_plan_that_the_machine_has_no_room_for_is_refused_with_what_is_missing()
    {
        var full = Vm("a", used: 6144).With("bot", 2048);
        var refused = Assert.Throws<PermanentException>(() => PlanRoom.Promise(full, "bot", Plan.Get("plus")));
        Assert.Equal("no-room", refused.Code);
        Assert.Contains("0 MB left", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choosing_never_promises_more_than_there_is()
    {
        var random = new Random(20260);
        for (var round = 0; round < 500; round++)
        {
            var pool = Enumerable.Range(0, random.Next(6)).Select(i => Vm($"{i}", random.Next(9) * 1024)).ToList();
            var plan = Plan.All[random.Next(2)];
            var chosen = Placement.Choose(pool, plan);
            Assert.Equal(pool.Any(vm => Placement.RoomMb(vm) >= plan.MemoryMb), chosen is not null);
            Assert.True(chosen is null || chosen.With("x", plan.MemoryMb).FreeMb >= 0);
            Assert.True(chosen is null || chosen.Reservations.IsEmpty || chosen.With("x", plan.MemoryMb).FreeMb >= Bots.CandidateMemoryMb);
        }
    }

    [Fact]
    public void An_empty_shared_machine_is_kept_while_it_is_the_only_spare()
    {
        var options = new PoolOptions { SharedSpareVms = 1 };
        var empty = Vm("a", used: 0);
        Assert.False(Placement.IsSurplus(empty, spares: 0, options));
        Assert.True(Placement.IsSurplus(empty, spares: 1, options));
        Assert.False(Placement.IsSurplus(Vm("b", used: 2048), spares: 1, options));
    }

    [Fact]
    public void An_empty_machine_that_never_came_up_or_was_dedicated_is_given_back()
    {
        var options = new PoolOptions { SharedSpareVms = 1 };
        Assert.True(Placement.IsSurplus(Vm("a", used: 0) with { Status = VmStatus.Creating }, spares: 0, options));
        Assert.True(Placement.IsSurplus(Vm("a", used: 0) with { Pool = Tier.Dedicated }, spares: 0, options));
        Assert.False(Placement.IsSurplus(Vm("a", used: 2048) with { Pool = Tier.Dedicated }, spares: 0, options));
    }

    [Fact]
    public void The_room_of_one_candidate_is_kept_free_beside_bots_and_is_not_asked_for_twice()
    {
        var machine = Vm("a", used: 4096);
        Assert.Equal(8192 - 4096 - Bots.CandidateMemoryMb, Placement.RoomMb(machine));
        Assert.Equal(Placement.RoomMb(machine), Placement.RoomMb(machine.With(Bots.CandidateOf("dep_1"), Bots.CandidateMemoryMb)));
        Assert.Equal(8192, Placement.RoomMb(Vm("empty", used: 0)));
        Assert.Equal(0, Placement.RoomMb(Vm("a", used: 0) with { Pool = Tier.Dedicated }));
    }

    private static Vm Vm(string id, int used) => new(
        Tier.Shared, id, VmStatus.Ready, "Standard_D2s_v5", 8192,
        used == 0 ? ImmutableSortedDictionary<string, int>.Empty : ImmutableSortedDictionary<string, int>.Empty.Add("dep", used),
        DateTimeOffset.UnixEpoch);
}
