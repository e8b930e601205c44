using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;

namespace Launchpad.Orchestrations.Definitions;

/// <summary>What is done with a bot that has a version on a machine.</summary>
public abstract class BotDefinition(OperationKind kind, string saga) : OperationDefinition(kind, saga)
{
    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(10);

    public override object Input(Deployment deployment, Operation operation) => new BotInput(
        operation.Id, operation.Account, operation.Deployment, Plan.Get(deployment.Plan).Tier, deployment.Vm!,
        deployment.ActiveVersion!.Value, operation.Deadline.UtcDateTime);
}

/// <summary>Something is said to a bot. The deployment stays as it is.</summary>
public sealed class ConversationDefinition(OperationKind kind, string saga, string refusal) : BotDefinition(kind, saga)
{
    public override Permission Permission => Permission.Operate;

    public override bool TouchesBot => false;

    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(5);

    public override string? Refuse(Deployment now) => now.Status is DeploymentStatus.Running ? null : refusal;

    public override string Verb(Operation operation) => Kind is OperationKind.TestMessage ? "send-message" : base.Verb(operation);

    public override string? Result(Deployment ended, Operation operation, string url) => operation.Result;

    protected override string? AdviceOn(string code) => code switch
    {
        "browser-unknown" => "Reload the bot's page, and pair with the id that it shows then.",
        NotHeldException.Preempted => "Ask again when the bot runs: something else was done with it first.",
        _ => null,
    };
}

public sealed class RestartDefinition() : BotDefinition(OperationKind.Restart, nameof(Restart))
{
    public override Permission Permission => Permission.Operate;

    /// <summary>What is typed for a restart that also puts back what the bot made of its files.</summary>
    public const string PuttingBack = "put-back";

    public override string? Refuse(Deployment now) =>
        now.NeedsData ? "Its machine was lost. It comes up on another one with its newest backup; that is tried by itself until it is done."
        : now is { Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: not null, Vm: not null } ? null
        : "Only a bot that ran once can be restarted.";

    public override Deployment Begin(Deployment deployment) => deployment.ToRestarting();

    public override object Input(Deployment deployment, Operation operation) =>
        ((BotInput)base.Input(deployment, operation)) with { Overwrites = operation.Request == PuttingBack, Revives = true };

    public override string Verb(Operation operation) => operation.Request == PuttingBack ? "revert-drift" : base.Verb(operation);

    protected override string Otherwise => "Look at the bot's logs, then restart it. Its data is where it was.";
}

public sealed class SuspendDefinition() : BotDefinition(OperationKind.Suspend, nameof(Suspend))
{
    public override Permission Permission => Permission.Operate;

    public override bool StartsBot => false;

    /// <summary>One that is down is stopped too when it is not paid for: nobody brings it up again then.</summary>
    public override string? Refuse(Deployment now) =>
        now.Status is DeploymentStatus.Running || now is { Status: DeploymentStatus.Failed, HasData: true, Ladder.Holds: true }
            ? null
            : "Only a running bot can be suspended.";

    public override string? Result(Deployment ended, Operation operation, string url) => null;
}

public sealed class ResumeDefinition() : BotDefinition(OperationKind.Resume, nameof(Resume))
{
    public override Permission Permission => Permission.Operate;

    public override string SagaOf(Deployment deployment) => deployment.NeedsData ? nameof(ResumeElsewhere) : Saga;

    public override string? Refuse(Deployment now) =>
        now.Status is DeploymentStatus.Suspended ? null : "Only a suspended bot can be resumed.";
}

/// <summary>What it knows goes into the store. The bot is as it was, however that ends.</summary>
public sealed class BackupDefinition() : BotDefinition(OperationKind.Backup, nameof(BackUp))
{
    public override Permission Permission => Permission.Operate;

    public override bool TouchesBot => false;

    public override bool Yields => true;

    public override bool IsOneForAll => true;

    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(30);

    public override string? Refuse(Deployment now) =>
        now.HasData ? null : "Only a bot that ran once has something to back up.";

    public override string? Request(Deployment before, string? typed, DateTimeOffset now, RolloutOptions options) =>
        typed ?? nameof(BackupReason.Asked);

    public override object Input(Deployment deployment, Operation operation) => new BackupInput(
        (BotInput)base.Input(deployment, operation), Enum.TryParse<BackupReason>(operation.Request, out var reason) ? reason : BackupReason.Asked);

    public override string? Result(Deployment ended, Operation operation, string url) => Backup.IdOf(operation.Id);

    public override IReadOnlyList<string> IfCancelled(StepTrail trail) => ["Nothing: there is no backup of it until it is whole."];

    protected override string? AdviceOn(string code) =>
        code is NotHeldException.Preempted ? "Nothing: what was asked for came first. The night's backup is tried again soon." : null;
}

/// <summary>The newest backup is tried beside the bot, which is as it was, however that ends.</summary>
public sealed class DrillDefinition() : BotDefinition(OperationKind.Drill, nameof(Drill))
{
    public override Permission Permission => Permission.Operate;

    public override bool TouchesBot => false;

    public override bool IsOneForAll => true;

    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(30);

    public override string? Refuse(Deployment now) =>
        now.Status is DeploymentStatus.Running ? null : "Only beside a bot that runs its backup is tried.";

    public override string? Result(Deployment ended, Operation operation, string url) => "The bot comes up from its newest backup.";

    public override IReadOnlyList<string> IfCancelled(StepTrail trail) => ["The copy of the bot is removed. The bot that runs is not touched."];

    protected override string? AdviceOn(string code) => code switch
    {
        "no-room" => "Nothing: it is tried again tomorrow.",
        "no-backup" => "POST …/backups makes one.",
        "candidate-failed" or "candidate-silent" or "backup-damaged" =>
            "Make a backup now (POST …/backups). The operator has been told, and nothing older is deleted. The bot that runs was not touched.",
        _ => null,
    };
}

/// <summary>A bot whose machine is lost comes up on another one.</summary>
public sealed class ReplaceDefinition() : BotDefinition(OperationKind.Replace, nameof(Replace))
{
    public const string Loss = "Its volume went with the machine: what the bot stored since its last backup is lost.";

    /// <summary>As long as a first provisioning may take: a machine may have to be made.</summary>
    public override TimeSpan Allowed(RolloutOptions options) => TimeSpan.FromMinutes(20);

    public override string? Refuse(Deployment now) =>
        now is { Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: not null, Vm: not null }
            ? null
            : "Only a bot that ran once can be brought up elsewhere.";

    public override Deployment Begin(Deployment deployment) => deployment.ToRestarting();

    /// <summary>The machine that is left: the deployment's row will name another.</summary>
    public override string? Request(Deployment before, string? typed, DateTimeOffset now, RolloutOptions options) => before.Vm;

    public override object Input(Deployment deployment, Operation operation) =>
        ((BotInput)base.Input(deployment, operation)) with { Vm = operation.Request ?? deployment.Vm! };

    public override string Result(Deployment ended, Operation operation, string url) =>
        $"{url} runs on another machine. {operation.Result ?? Loss}";

    protected override string Otherwise => "Nothing: it is tried again by itself, and the operator has been told.";
}
