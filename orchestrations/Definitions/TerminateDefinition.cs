using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;

namespace Launchpad.Orchestrations.Definitions;

/// <summary>Everything of a deployment goes. It goes on where it was after any failure, and can be taken back while its undo window is open.</summary>
public sealed class TerminateDefinition() : OperationDefinition(OperationKind.Terminate, nameof(Terminate))
{
    public override Permission Permission => Permission.Delete;

    public override bool IsOneForAll => true;

    public override bool Preempts => true;

    public override bool StartsBot => false;

    public override TimeSpan Allowed(RolloutOptions options) => options.UndoWindow + TimeSpan.FromHours(1);

    public override string? Refuse(Deployment now) =>
        now.Status is DeploymentStatus.Terminated ? "It has been deleted already." : null;

    public override string Verb(Operation operation) => "delete";

    /// <summary>Only a bot that has data on a machine has something that could be wanted back.</summary>
    public override string Request(Deployment before, string? typed, DateTimeOffset now, RolloutOptions options)
    {
        var hasData = before is { Vm: not null, ActiveVersion: not null } && typed != DeletionRequest.AtOnce;
        var until = now + (hasData ? options.UndoWindow : TimeSpan.Zero);
        return new DeletionRequest(before.Operation?.Id, until, before.Status is not DeploymentStatus.Suspended).ToJson();
    }

    public override object Input(Deployment deployment, Operation operation)
    {
        var asked = DeletionRequest.Parse(operation.Request);
        var bot = deployment is { Vm: { } vm, ActiveVersion: { } version }
            ? new BotInput(
                operation.Id, operation.Account, operation.Deployment, Plan.Get(deployment.Plan).Tier, vm, version,
                operation.Deadline.UtcDateTime)
            : null;
        return new TerminateInput(
            operation.Id, operation.Account, operation.Deployment, Plan.Get(deployment.Plan).Tier, asked.Preempted, asked.Until.UtcDateTime,
            asked.Resume, deployment.Vm, bot, BacksUp: true, deployment.Destination);
    }

    public override string? Result(Deployment ended, Operation operation, string url) =>
        ended.Status is DeploymentStatus.Terminated ? null : "The deletion was taken back.";

    protected override string Otherwise => "Delete it again; what is already gone stays gone.";
}
