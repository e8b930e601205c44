using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;

namespace Launchpad.Orchestrations.Definitions;

/// <summary>A bot goes to another machine, and takes all it has along. One that is stopped or down stays so.</summary>
public sealed class MoveDefinition() : OperationDefinition(OperationKind.Move, nameof(Move))
{
    /// <summary>For a change that needs another machine.</summary>
    public const string Refusal = "Only a bot that runs can go over to another machine with a change. Bring it up first, then ask again.";

    public override IReadOnlyList<Permission> Needs(string? typed) => NeedsOfChange(typed);

    public override bool IsOfVersion => true;

    /// <summary>A machine may have to be made, and a large volume goes over the network four times.</summary>
    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(60);

    public override string? Refuse(Deployment now) =>
        now.HasData ? null : "Only a bot that ran once can move.";

    public override Deployment Begin(Deployment deployment) =>
        deployment.Status is DeploymentStatus.Running ? deployment.To(DeploymentStatus.Updating) : deployment;

    public override object Input(Deployment deployment, Operation operation)
    {
        var change = ChangeRequest.Parse(operation.Request);
        var plan = Plan.Get(change.Plan ?? deployment.Plan);
        return new MoveInput(
            operation.Id, operation.Account, operation.Deployment, Plan.Get(deployment.Plan).Tier, deployment.Vm!,
            deployment.ActiveVersion!.Value, plan.Id, plan.Tier, change.IsChange, deployment.Status is DeploymentStatus.Updating,
            operation.Deadline.UtcDateTime);
    }

    public override Deployment Failed(Deployment deployment, StepTrail trail) =>
        deployment.Status is not DeploymentStatus.Updating ? deployment
        : deployment.To(trail.Left.Any(step => step.Name == Steps.ReturnHere.Name) ? DeploymentStatus.Failed : DeploymentStatus.Running);

    public override IReadOnlyList<SecretRef> Staged(Operation operation) => ChangeRequest.Parse(operation.Request).Secrets ?? [];

    public override string Result(Deployment ended, Operation operation, string url) => ended.Status is DeploymentStatus.Running
        ? $"{url} runs on another machine, with all it had."
        : "It is on another machine, with all it had.";

    public override IReadOnlyList<string> IfCancelled(StepTrail trail) =>
    [
        .. Said(trail.Began(Steps.Vacate), "The bot is started again where it was; it is away for that long."),
        .. Said(trail.Began(Steps.Price), "The subscription costs what it did before."),
        .. Said(trail.Began(Steps.Reserve), "What is on the other machine is removed."),
        .. Said(!trail.Began(Steps.Vacate), "The bot that runs is not touched."),
    ];

    protected override string? AdviceOn(string code) => code switch
    {
        "no-capacity" or "no-room" => "Nothing was touched. Try again in a while; the operator has been told that there is no room.",
        "not-running" => Refusal,
        "never-ready" => "Nothing at once: the bot is back where it was. Look at its logs for why it did not come up elsewhere.",
        _ => null,
    };

    protected override string Otherwise => "Nothing at once: the bot is where it was, with all it had. Try again later.";
}
