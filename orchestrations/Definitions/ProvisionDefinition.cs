using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Definitions;

/// <summary>A paid order becomes a bot. What was made for one that failed is taken back to the last byte, so the order can be tried again.</summary>
public sealed class ProvisionDefinition() : OperationDefinition(OperationKind.Provision, nameof(Provision))
{
    public override bool IsOneForAll => true;

    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(20);

    public override string? Refuse(Deployment now) =>
        now is { Status: DeploymentStatus.Requested or DeploymentStatus.Failed, ActiveVersion: null }
            ? null
            : "Only an order whose provisioning failed can be retried.";

    public override object Input(Deployment deployment, Operation operation) =>
        new ProvisionInput(operation.Id, operation.Account, operation.Deployment, operation.Deadline.UtcDateTime, operation.By);

    public override string Verb(Operation operation) => IsOfTheAccount(operation.By) ? "retry" : "provision";

    public override Deployment Failed(Deployment deployment, StepTrail trail) =>
        base.Failed(trail.IsDone(Steps.UndoReserve) ? deployment with { Vm = null } : deployment, trail);

    public override IReadOnlyList<string> IfCancelled(StepTrail trail) =>
    [
        .. Said(trail.Began(Steps.Route), "The address is taken away."),
        .. Said(trail.Began(Steps.Configure), "The bot and its volume are removed."),
        .. Said(trail.Began(Steps.Seal), "The gateway token is erased."),
        .. Said(trail.Began(Steps.Reserve), "The capacity is released; a machine that nobody else waits for is deleted."),
        "The order stays: it can be retried, or deleted, which ends the subscription.",
    ];

    protected override string? AdviceOn(string code) => code switch
    {
        "no-capacity" =>
            "Retry in a while; retrying costs nothing, and the operator has been told. Or delete the deployment: that ends the subscription.",
        "never-ready" => "Look at the bot's logs, correct the settings or the model key, then retry. Retrying costs nothing.",
        _ => null,
    };

    protected override string Otherwise =>
        "Retry now; retrying costs nothing. If it fails again, delete the deployment: that ends the subscription.";

    /// <summary>A person of it, or a program with a token. Operators tell of their retries themselves.</summary>
    private static bool IsOfTheAccount(string by) =>
        by.StartsWith("acc_", StringComparison.Ordinal) || by.StartsWith("tok_", StringComparison.Ordinal);
}
