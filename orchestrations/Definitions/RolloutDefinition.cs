using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;

namespace Launchpad.Orchestrations.Definitions;

/// <summary>Another version takes the place of the one that runs, or does not: what ran before runs again.</summary>
public sealed class RolloutDefinition(OperationKind kind) : OperationDefinition(kind, nameof(Rollout))
{
    public const string Refusal = "Only a bot that runs, or that failed after it did and has its data, can be changed. Restart it first.";

    public override IReadOnlyList<Permission> Needs(string? typed) => NeedsOfChange(typed);

    public override bool IsOfVersion => true;

    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(30);

    public override string? Refuse(Deployment now) => now.CanRollOut ? null : Refusal;

    public override Deployment Begin(Deployment deployment) => deployment.ToUpdating();

    public override object Input(Deployment deployment, Operation operation) => InputOf(deployment, operation);

    /// <summary>Only a release that failed is a reason to pause upgrades: settings that were refused are corrected by whoever wrote them.</summary>
    public override Deployment Failed(Deployment deployment, StepTrail trail)
    {
        var wasDown = deployment.LastChange is { From: DeploymentStatus.Failed } begun && begun.Operation == deployment.Operation?.Id;
        var isDown = trail.Left.Any(step => step.Name == Steps.ReturnData.Name || step.Name == Steps.ReturnBot.Name)
            || (wasDown && !trail.IsDone(Steps.ReturnBot));
        var counts = Kind is OperationKind.Upgrade && Failure.IsOfRelease(trail.Code);
        return deployment.To(isDown ? DeploymentStatus.Failed : DeploymentStatus.Running) with
        {
            OwesData = deployment.OwesData || trail.Left.Any(step => step.Name == Steps.ReturnData.Name),
            FailedRollouts = deployment.FailedRollouts + (counts ? 1 : 0),
        };
    }

    public override IReadOnlyList<SecretRef> Staged(Operation operation) => ChangeRequest.Parse(operation.Request).Secrets ?? [];

    public override IReadOnlyList<string> IfCancelled(StepTrail trail) =>
    [
        .. Said(trail.Began(Steps.Fetch) && !trail.Began(Steps.Switch), "What was fetched of the backup is removed."),
        .. Said(trail.Began(Steps.Room) && !trail.Began(Steps.Switch), "The candidate and its copy of the data are removed."),
        .. Said(trail.Began(Steps.Switch), "The last known good version is started again; the bot is away for that long."),
        .. Said(trail.Began(Steps.Price), "The subscription costs what it did before."),
        trail.Began(Steps.Switch) ? "The new version is kept as failed." : "The bot that runs is not touched.",
    ];

    internal static RolloutInput InputOf(Deployment deployment, Operation operation)
    {
        var change = ChangeRequest.Parse(operation.Request);
        return new(
            operation.Id, operation.Account, operation.Deployment, Plan.Get(deployment.Plan).Tier, deployment.Vm!, change.Tag, change.Data,
            operation.Kind is OperationKind.Preview, operation.Deadline.UtcDateTime, change.ReturnsData, change.Backup,
            BacksUp: operation.Kind is OperationKind.Upgrade || change.Plan is not null);
    }

    protected override string? AdviceOn(string code) => code is "never-ready"
        ? "Nothing at once: the last known good version is back. Look at the bot's logs for why the new one failed."
        : null;
}

/// <summary>What a change would do: nothing is changed, and so nothing has to be taken back.</summary>
public sealed class PreviewDefinition() : OperationDefinition(OperationKind.Preview, nameof(Rollout))
{
    public override IReadOnlyList<Permission> Needs(string? typed) => NeedsOfChange(typed);

    public override bool IsOfVersion => true;

    public override bool TouchesBot => false;

    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(10);

    public override string? Refuse(Deployment now) => now.CanRollOut ? null : RolloutDefinition.Refusal;

    public override object Input(Deployment deployment, Operation operation) => RolloutDefinition.InputOf(deployment, operation);

    public override IReadOnlyList<string> IfCancelled(StepTrail trail) => ["Nothing: a preview changes nothing."];
}
