using Launchpad.Shared.Operations;

namespace Launchpad.Shared.Tests;

public sealed class DowntimeTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 28, 10, 0, 0, TimeSpan.Zero);

    private static readonly Operation Upgrade = new(
        "op_0", "acc_0", "dep_0", OperationKind.Upgrade, OperationStatus.Succeeded, "acc_0", Begin, Begin.AddHours(1), FinishedAt: Begin.AddMinutes(10));

    [Fact]
    public void A_bot_that_was_never_stopped_was_not_away() =>
        Assert.Equal(0, Ms(At(Steps.StartCandidate, 0, 4), At(Steps.Candidate, 4, 60, StepStatus.Failed)));

    [Fact]
    public void It_is_away_from_the_stop_until_the_new_version_answered() => Assert.Equal(
        9_000, Ms(At(Steps.Candidate, 0, 20), At(Steps.Switch, 20, 2), At(Steps.Start, 22, 3), At(Steps.Health, 25, 4), At(Steps.Hold, 29, 60)));

    [Fact]
    public void Or_until_the_old_one_answered_again() =>
        Assert.Equal(70_000, Ms(At(Steps.Switch, 20, 2), At(Steps.Health, 25, 60, StepStatus.Failed), At(Steps.ReturnBot, 85, 5)));

    [Fact]
    public void What_was_not_measured_is_not_known()
    {
        Assert.Null(Ms(At(Steps.Switch, 20, 2), At(Steps.Health, 25, 60, StepStatus.Failed)));
        Assert.Null(Downtime.MsOf(Upgrade with { Status = OperationStatus.Running }, []));
        Assert.Null(Downtime.MsOf(Upgrade with { Kind = OperationKind.Backup }, []));
    }

    private static long? Ms(params OperationStep[] taken) => Downtime.MsOf(Upgrade, taken);

    private static OperationStep At(Step step, int second, int seconds, StepStatus status = StepStatus.Done) =>
        new(step.Name, step.Title, status, 1, Begin.AddSeconds(second), seconds * 1000L, null, null);
}
