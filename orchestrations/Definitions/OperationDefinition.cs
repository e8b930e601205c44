using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Definitions;

/// <summary>All that tells one kind of operation from another: its saga and what that is given, how long it may take, when it is refused, what
/// it does to the deployment's row when it begins and when it fails, what can be cancelled of it, and the words for all of that.</summary>
public abstract class OperationDefinition(OperationKind kind, string saga)
{
    public OperationKind Kind { get; } = kind;

    public string Saga { get; } = saga;

    /// <summary>The one that does it for a deployment as it is.</summary>
    public virtual string SagaOf(Deployment deployment) => Saga;

    /// <summary>What a customer has to be allowed who asks for it, or for its end.</summary>
    public virtual Permission Permission => Permission.Change;

    /// <summary>All that whoever asks for just this has to be allowed.</summary>
    /// <param name="typed">What was typed for it.</param>
    public virtual IReadOnlyList<Permission> Needs(string? typed) => [Permission];

    /// <summary>From the begin to the deadline.</summary>
    public abstract TimeSpan Allowed(RolloutOptions options);

    /// <summary>Why it cannot be begun as the deployment is, as a sentence for people; null when it can.</summary>
    public abstract string? Refuse(Deployment now);

    /// <summary>What the saga is given, made of what the two rows hold: whoever heals a crash makes the same.</summary>
    public abstract object Input(Deployment deployment, Operation operation);

    /// <summary>What it is called in a deployment's record.</summary>
    public virtual string Verb(Operation operation) => Kind.Wire();

    /// <summary>What is kept with the operation: what was typed, or what the saga has to know of the deployment before it begins.</summary>
    public virtual string? Request(Deployment before, string? typed, DateTimeOffset now, RolloutOptions options) => typed;

    /// <summary>The deployment's row when the operation gets it.</summary>
    public virtual Deployment Begin(Deployment deployment) => deployment;

    /// <summary>True when asking for it while it goes on answers the one that goes on.</summary>
    public virtual bool IsOneForAll => false;

    /// <summary>True when it takes the deployment from another operation, whatever that is doing.</summary>
    public virtual bool Preempts => false;

    /// <summary>True when, begun by the clock, it gives way to whatever a person asks for: nothing of it has to be taken back.</summary>
    public virtual bool Yields => false;

    /// <summary>True for what is meant for the version that was seen: when another one has taken its place it is refused.</summary>
    public virtual bool IsOfVersion => false;

    /// <summary>False for what only looks or speaks: the bot is as it was, however the operation ends.</summary>
    public virtual bool TouchesBot => true;

    /// <summary>False for what leaves a bot that is not paid for as it is, or stops it.</summary>
    public virtual bool StartsBot => TouchesBot;

    /// <summary>What would be taken back now, in that order; null when a person cannot stop it.</summary>
    public virtual IReadOnlyList<string>? IfCancelled(StepTrail trail) => null;

    /// <summary>The deployment's row, which the operation still holds, when it has failed and taken back what it could.</summary>
    public virtual Deployment Failed(Deployment deployment, StepTrail trail) =>
        TouchesBot ? deployment.ToFailed() : deployment;

    /// <summary>The secrets that wait in the vault for this operation to succeed.</summary>
    public virtual IReadOnlyList<SecretRef> Staged(Operation operation) => [];

    /// <summary>What an operation that succeeded says of itself.</summary>
    /// <param name="operation">Its own result stands there, where a step wrote one.</param>
    /// <param name="url">The bot's address.</param>
    public virtual string? Result(Deployment ended, Operation operation, string url) =>
        operation.Result ?? (ended.Status is DeploymentStatus.Running ? url : null);

    /// <summary>What the customer can do about a failure.</summary>
    public string Advice(string code) => AdviceOn(code) ?? code switch
    {
        "cancelled" => "Nothing: it was cancelled, and what it did is taken back.",
        "preempted" => "Nothing: the deployment is being deleted, as was asked.",
        "nothing-to-change" => "Nothing: it runs as was asked.",
        "preview-void" => "Make a new preview: it looks at everything again.",
        "config-invalid" => "Correct the paths that are named and send the change again. The bot that runs was not touched.",
        "cannot-work-here" => "Leave out what is named, or ask the operator to allow what it would need. The bot that runs was not touched.",
        "secret-gone" => "Send the secret again with a change of the config. The bot that runs was not touched.",
        "candidate-failed" or "candidate-silent" or "validator-failed" =>
            "Look at what changed: the version failed before it took the bot's place, which never stopped. It is not tried again unasked.",
        "machine-restarted" or VmErrorCode.SecretsMissing =>
            "Try again: the machine was restarted in the middle. A bot that ran on it is brought up again by itself.",
        VmErrorCode.ConnectionFailed =>
            "Try again in some minutes: the machine does not answer. Should it be lost, the bot comes up on another one by itself.",
        "took-too-long" => "Try again: what was done was not lost. If it happens twice, tell the operator: the machine is too slow.",
        "no-room" => "Try again later: room comes free when others go. Nothing was touched, and nothing is charged.",
        "data-too-large" => "Remove files from the bot, or keep the plan. Nothing was touched, and nothing is charged.",
        "subscription-ended" => "Nothing was touched. Order a new bot: this one is not paid for any more.",
        "billing-refused" => "Nothing on your side: the operator has to look at it. Nothing was charged.",
        "store-unreachable" or "store-refused" => "Nothing: it is tried again by itself, and the operator is told if that does not help.",
        "backup-damaged" or "backup-gone" => "Choose another backup: GET …/backups lists them. The bot that runs was not touched.",
        "backup-key-gone" => "Nothing on your side: the operator has to look at it.",
        "quota-reached" => "Delete a deployment that you no longer need, then retry.",
        "not-paid" => "Complete the payment, then retry.",
        "secret-missing" => "Delete this deployment, create it again and enter the secret once more.",
        "image-unsigned" or "signature-invalid" or "digest-mismatch" or "image-not-found" =>
            "Nothing on your side: the operator has to publish a correctly signed image. Retry when you hear that it is there.",
        _ => Otherwise,
    };

    /// <summary>Where this kind says it better; null for the usual words.</summary>
    protected virtual string? AdviceOn(string code) => null;

    protected virtual string Otherwise => "Try again.";

    /// <summary>Of what takes a <see cref="ChangeRequest"/>: another plan is another price.</summary>
    protected IReadOnlyList<Permission> NeedsOfChange(string? typed) =>
        ChangeRequest.Parse(typed).Plan is null ? [Permission] : [Permission, Permission.Pay];

    protected static IEnumerable<string> Said(bool really, string what) => really ? [what] : [];
}

/// <summary>The definition of every kind. A kind that has none does not compile.</summary>
public static class OperationDefinitions
{
    private static readonly Dictionary<OperationKind, OperationDefinition> All =
        Enum.GetValues<OperationKind>().ToDictionary(kind => kind, Define);

    public static OperationDefinition Definition(this OperationKind kind) => All[kind];

#pragma warning disable CS8524 // No unnamed kind is ever read: the store parses names. CS8509, a named one without a definition, is an error.
    private static OperationDefinition Define(OperationKind kind) => kind switch
    {
        OperationKind.Provision => new ProvisionDefinition(),
        OperationKind.Terminate => new TerminateDefinition(),
        OperationKind.TestMessage => new ConversationDefinition(kind, nameof(TestMessage), "Only a running bot can answer."),
        OperationKind.Restart => new RestartDefinition(),
        OperationKind.PairBrowser => new ConversationDefinition(kind, nameof(PairBrowser), "Only a running bot lets browsers in."),
        OperationKind.Update => new RolloutDefinition(kind),
        OperationKind.Upgrade => new RolloutDefinition(kind),
        OperationKind.Rollback => new RolloutDefinition(kind),
        OperationKind.Preview => new PreviewDefinition(),
        OperationKind.Suspend => new SuspendDefinition(),
        OperationKind.Resume => new ResumeDefinition(),
        OperationKind.Replace => new ReplaceDefinition(),
        OperationKind.Backup => new BackupDefinition(),
        OperationKind.Restore => new RolloutDefinition(kind),
        OperationKind.Drill => new DrillDefinition(),
        OperationKind.Move => new MoveDefinition(),
        OperationKind.Rehearsal => new RolloutDefinition(kind),
    };
#pragma warning restore CS8524
}
