using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Tests.Billing;

/// <summary>Whatever becomes of the events of a subscription, its bot is what the subscription is in the end.</summary>
public sealed class ArrearsTests
{
    private const int EventsMax = 7;

    private static readonly DunningOptions Terms = new();
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Every life of a subscription of up to seven events: paid, not paid, and possibly ended.</summary>
    public static IEnumerable<string[]> Lives =>
        from length in Enumerable.Range(1, EventsMax)
        from paid in Enumerable.Range(0, 1 << length)
        let life = Enumerable.Range(0, length).Select(at => (paid >> at & 1) == 1 ? "active" : "past_due").ToArray()
        from ends in (bool[])[false, true]
        where !ends || life[^1] == "past_due"
        select ends ? [.. life[..^1], Subscription.Canceled] : life;

    [Fact]
    public void Every_order_and_every_loss_of_up_to_seven_events_leads_where_the_whole_in_order_leads()
    {
        var orders = Enumerable.Range(1, EventsMax).ToDictionary(length => length, length => Selections(length).ToList());
        foreach (var life in Lives)
        {
            var truth = Snapshots(life);
            var expected = Told(truth, truth);
            foreach (var order in orders[life.Length])
            {
                Told(order.Select(at => truth[at]), truth, out var told);
                Assert.True(expected == Outcome(told), $"{string.Join(' ', life)} told as {string.Join(' ', order)}");
            }
        }
    }

    [Fact]
    public void What_is_told_twice_changes_nothing()
    {
        var random = new Random(7);
        foreach (var life in Lives)
        {
            var truth = Snapshots(life);
            var expected = Told(truth, truth);
            for (var run = 0; run < 40; run++)
            {
                var order = Enumerable.Range(0, life.Length * 3).Select(_ => random.Next(life.Length)).ToList();
                Told(order.Select(at => truth[at]), truth, out var told);
                Assert.True(expected == Outcome(told), $"{string.Join(' ', life)} told as {string.Join(' ', order)}");
            }
        }
    }

    /// <summary>Days pass between what happens, what is told of it comes late, twice or not at all, and the ladder is climbed meanwhile: by
    /// whoever asks first how it is now.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nobody_who_pays_is_stopped_or_deleted_and_nobody_is_deleted_sooner_than_promised(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 4_000; run++)
        {
            var world = new World(random);
            for (var day = 0; day < 120 && world.Deployment.Status is not DeploymentStatus.Terminated; day++)
            {
                world.Pass(TimeSpan.FromHours(random.Next(1, 60)));
                if (world.Deployment.Status is DeploymentStatus.Terminated)
                {
                    Assert.False(world.Truth.IsPaid, $"Seed {seed}, run {run}: deleted while it was paid.");
                    Assert.True(world.UnpaidFor >= Terms.KeepFor, $"Seed {seed}, run {run}: deleted after {world.UnpaidFor}.");
                }
            }

            world.EndPaid();
            Assert.True(
                world.Deployment is { Status: DeploymentStatus.Terminated } or { Status: DeploymentStatus.Running, Ladder: null },
                $"Seed {seed}, run {run}: {world.Deployment.Status} {world.Deployment.Ladder}");
        }
    }

    [Fact]
    public void Every_date_is_known_from_the_first_day()
    {
        var ladder = Ladder.Begin(LadderCause.PaymentFailed, Terms, Start);
        Assert.Equal(
            [
                (LadderStepKind.Reminder, 0), (LadderStepKind.Reminder, 3), (LadderStepKind.Reminder, 6), (LadderStepKind.Suspended, 7),
                (LadderStepKind.FinalBackup, 37), (LadderStepKind.Deleted, 37),
            ],
            ladder.Steps.Select(step => (step.Kind, (step.At - Start).Days)));
        Assert.Equal(
            [(LadderStepKind.Suspended, 0), (LadderStepKind.FinalBackup, 30), (LadderStepKind.Deleted, 30)],
            Ladder.Begin(LadderCause.Ended, Terms, Start).Steps.Select(step => (step.Kind, (step.At - Start).Days)));
        Assert.Equal(
            [LadderStepKind.Suspended], Ladder.Begin(LadderCause.Disputed, Terms, Start).Steps.Select(step => step.Kind));
    }

    [Fact]
    public void What_is_late_makes_what_follows_late_too()
    {
        var ladder = Ladder.Begin(LadderCause.PaymentFailed, Terms, Start);
        var late = Start.AddDays(60);
        for (var step = ladder.Next; step is { At: var at } && at <= late; step = ladder.Next)
        {
            ladder = ladder.Done(step, late);
        }

        Assert.Equal(late.AddDays(3), ladder.Next!.At);
        Assert.Equal(late.AddDays(37), ladder.Steps[^1].At);
    }

    [Fact]
    public void A_ladder_that_has_stopped_a_bot_is_over_when_the_bot_runs_again()
    {
        var unpaid = Arrears.Judge(Running(), Snapshot("past_due", 1), Terms, Start);
        var held = unpaid.To(DeploymentStatus.Suspended) with { Ladder = unpaid.Ladder! with { Resumes = true } };
        Assert.True(held.Ladder!.Holds);

        var paid = Arrears.Judge(held, Snapshot("active", 2), Terms, Start.AddDays(8));
        Assert.True(paid.Ladder is { IsOver: true, Holds: false });
        Assert.Null(paid.To(DeploymentStatus.Running).Ladder);

        // Unpaid again before it ran: it is not forgotten that it is to run.
        var again = Arrears.Judge(paid, Snapshot("past_due", 3), Terms, Start.AddDays(9));
        Assert.True(again.Ladder is { IsOver: false, Resumes: true } begun && begun.Since == Start.AddDays(9));
    }

    [Fact]
    public void A_contested_payment_stops_a_bot_for_as_long_as_it_is_contested_and_never_deletes_it()
    {
        var dispute = new DisputeState("du_1", 1900, "usd", "fraudulent", "needs_response", Start, Start);
        var own = Snapshot("active", 1) with { Disputes = [dispute] };
        var held = Arrears.Judge(Running(), own, Terms, Start);
        Assert.Equal(LadderCause.Disputed, held.Ladder!.Cause);
        Assert.Null(Arrears.Judge(Running(), own, Terms with { SuspendDisputed = false }, Start).Ladder);

        held = held.To(DeploymentStatus.Suspended) with { Ladder = held.Ladder with { Resumes = true } };
        Assert.Same(held, Arrears.Judge(held, own, Terms, Start.AddDays(90)));
        Assert.True(Arrears.Judge(held, own with { Disputes = [dispute with { Status = "won" }] }, Terms, Start).Ladder is { IsOver: true });

        var ended = Arrears.Judge(held, own with { Status = Subscription.Canceled }, Terms, Start.AddDays(5));
        Assert.True(ended.Ladder is { Cause: LadderCause.Ended, Resumes: true });
        Assert.Equal(Start.AddDays(35), ended.Ladder.Steps[^1].At);
    }

    [Theory]
    [InlineData(Subscription.Missing)]
    [InlineData("incomplete")]
    public void What_the_provider_does_not_know_changes_nothing(string status) =>
        Assert.Null(Arrears.Judge(Running(), Snapshot(status, 1), Terms, Start).Ladder);

    [Fact]
    public void What_was_never_placed_and_what_another_subscription_pays_for_is_left_alone()
    {
        Assert.Null(Arrears.Judge(Running() with { Vm = null }, Snapshot("past_due", 1), Terms, Start).Ladder);
        Assert.Null(Arrears.Judge(Running() with { Subscription = "sub_2" }, Snapshot("past_due", 1), Terms, Start).Ladder);
    }

    /// <summary>Every way to choose some of so many, in every order.</summary>
    private static IEnumerable<int[]> Selections(int length)
    {
        return From([]);

        IEnumerable<int[]> From(int[] chosen) =>
            Enumerable.Range(0, length).Except(chosen).SelectMany(next => From([.. chosen, next])).Prepend(chosen);
    }

    private static (LadderCause?, bool?) Told(IReadOnlyList<Subscription> events, IReadOnlyList<Subscription> truth)
    {
        Told(events, truth, out var told);
        return Outcome(told);
    }

    /// <summary>As the store believes and the deployment follows; the hourly look is the last.</summary>
    private static void Told(IEnumerable<Subscription> events, IReadOnlyList<Subscription> truth, out Deployment told)
    {
        told = Running();
        Subscription? known = null;
        foreach (var said in events.Append(truth[^1]))
        {
            known = known is null || said.Replaces(known) ? said : known;
            told = Arrears.Judge(told, known, Terms, Start);
        }
    }

    private static (LadderCause?, bool?) Outcome(Deployment told) => (told.Ladder?.Cause, told.Ladder?.IsOver);

    private static IReadOnlyList<Subscription> Snapshots(string[] life) => [.. life.Select(Snapshot)];

    private static Subscription Snapshot(string status, int at) =>
        new("acc_1", "sub_1", "dep_1", "starter", status, Start.AddSeconds(at));

    private static Deployment Running() => new()
    {
        Id = "dep_1",
        Account = "acc_1",
        Name = "Ada",
        Slug = "ada",
        Plan = "starter",
        Settings = new(null, null, false),
        CreatedAt = Start,
        Status = DeploymentStatus.Running,
        Subscription = "sub_1",
        Vm = "vm_1",
        ActiveVersion = 1,
    };

    /// <summary>A subscription that changes, what is told of it, and a ladder that is climbed as the saga climbs it.</summary>
    private sealed class World(Random random)
    {
        private readonly List<Subscription> untold = [];
        private Subscription known = Snapshot("active", 0);
        private DateTimeOffset now = Start;
        private DateTimeOffset seenPaid = Start;

        public Deployment Deployment { get; private set; } = Running();

        public Subscription Truth { get; private set; } = Snapshot("active", 0);

        /// <summary>Since it was last seen or told to be paid: what was paid and not paid again between two looks nobody knows of.</summary>
        public TimeSpan UnpaidFor => now - seenPaid;

        public void Pass(TimeSpan time)
        {
            now += time;
            if (!Truth.IsEnded && random.Next(12) == 0)
            {
                Become(random.Next(8) == 0 ? Subscription.Canceled : Truth.IsPaid ? "past_due" : "active");
            }

            for (var told = random.Next(3); told > 0 && untold.Count > 0; told--)
            {
                // Twice, late, or out of order; what is left is lost.
                Hear(untold[random.Next(untold.Count)]);
            }

            if (random.Next(3) == 0)
            {
                Look();
            }
        }

        public void EndPaid()
        {
            now += TimeSpan.FromSeconds(1);
            if (Truth.IsEnded)
            {
                // Somebody buys it again: another subscription pays from now on.
                Deployment = Deployment with { Subscription = "sub_2", FormerSubscriptions = ["sub_1"] };
                known = Truth = Snapshot("active", 0) with { Id = "sub_2", AsOf = now };
            }
            else
            {
                Become("active");
            }

            Look();
            Look();
        }

        private void Become(string status)
        {
            Truth = Truth with { Status = status, AsOf = now };
            untold.Add(Truth);
        }

        private void Hear(Subscription said)
        {
            known = said.Replaces(known) ? said : known;
            seenPaid = known.IsPaid ? now : seenPaid;
            Deployment = Arrears.Judge(Deployment, known, Terms, now);
        }

        private void Look()
        {
            Hear(Truth with { AsOf = now });
            while (Deployment.Ladder is { IsOver: false, Next: { } step } ladder && step.At <= now)
            {
                Deployment = step.Kind switch
                {
                    LadderStepKind.Suspended => Deployment.To(DeploymentStatus.Suspended) with { Ladder = (ladder with { Resumes = true }).Done(step, now) },
                    LadderStepKind.Deleted => Deployment.To(DeploymentStatus.Terminated) with { Ladder = ladder.Done(step, now) },
                    _ => Deployment with { Ladder = ladder.Done(step, now) },
                };
                if (Deployment.Status is DeploymentStatus.Terminated)
                {
                    return;
                }
            }

            if (Deployment.Ladder is { IsOver: true })
            {
                Deployment = Deployment.Status is DeploymentStatus.Suspended
                    ? Deployment.To(DeploymentStatus.Running)
                    : Deployment with { Ladder = null };
            }
        }
    }
}
