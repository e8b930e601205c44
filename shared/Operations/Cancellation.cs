namespace Launchpad.Shared.Operations;

/// <summary>What happens to an operation that a person stops in the middle.</summary>
public static class Cancellation
{
    /// <summary>Those that can take back what they did. What only stops or starts a bot is over before anybody could.</summary>
    public static bool IsPossible(OperationKind kind) => kind is OperationKind.Provision or OperationKind.Update or OperationKind.Upgrade
        or OperationKind.Rollback or OperationKind.Plan;

    /// <summary>What would be taken back now, in that order; null when the operation cannot be cancelled.</summary>
    public static IReadOnlyList<string>? Compensations(Operation operation, IReadOnlyList<OperationStep> taken)
    {
        if (operation.IsFinished || !IsPossible(operation.Kind))
        {
            return null;
        }

        bool Began(Step step) => taken.Any(one => one.Name == step.Name);
        return operation.Kind switch
        {
            OperationKind.Provision =>
            [
                .. Said(Began(Steps.Route), "The address is taken away."),
                .. Said(Began(Steps.Configure), "The bot and its volume are removed."),
                .. Said(Began(Steps.Seal), "The gateway token is erased."),
                .. Said(Began(Steps.Reserve), "The capacity is released; a machine made for it is deleted."),
                "The order stays: it can be retried, or deleted, which ends the subscription.",
            ],
            OperationKind.Plan => ["Nothing: a plan changes nothing."],
            _ =>
            [
                .. Said(Began(Steps.Room) && !Began(Steps.Switch), "The candidate and its copy of the data are removed."),
                .. Said(Began(Steps.Switch), "The last known good version is started again; the bot is away for that long."),
                .. Said(Began(Steps.Price), "The subscription costs what it did before."),
                Began(Steps.Switch) ? "The new version is kept as failed." : "The bot that runs is not touched.",
            ],
        };
    }

    private static IEnumerable<string> Said(bool really, string what) => really ? [what] : [];
}
