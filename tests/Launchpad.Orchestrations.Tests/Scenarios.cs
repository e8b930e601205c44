using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests;

/// <summary>The ways of the sagas that are recorded: the ordinary one of each, and those on which it takes back or gives up.</summary>
internal static class Scenarios
{
    private const string Account = "acc_01K0000000000000000000000A";
    private const string Deployment = "dep_01K0000000000000000000000D";
    private const string Operation = "op_01K00000000000000000000000P";
    private const string Vm = "vm_01K00000000000000000000000V";
    private const string Completed = "0";
    private const string Undone = "1";

    private static readonly DateTime Deadline = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly PermanentException Permanent = new("image-rejected", "The image is not signed.");
    private static readonly TimeoutException Transient = new("The machine did not answer.");

    private static readonly Dictionary<string, object?[]> Placed = new()
    {
        ["ValidateOrder"] = [new Order(Tier.Shared)],
        ["VerifyImage"] = ["sha256:0f00"],
        ["ReserveCapacity"] = [new Reservation(Vm, Create: false, Ready: true)],
        ["SealConfig"] = [1],
        ["CheckBot"] = [false, true],
        ["ReleaseCapacity"] = [new Released(null)],
    };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("provision-on-a-shared-machine", nameof(Provision), Order, Completed) { Answers = Placed },
        new("provision-on-a-new-machine", nameof(Provision), Order, Completed)
        {
            Answers = With(
                ("ReserveCapacity", [new Reservation(Vm, Create: true, Ready: false)]),
                ("StartVm", [Transient, null]),
                ("ProbeVm", [VmProgress.Waiting, VmProgress.Waiting, VmProgress.Up])),
        },
        new("provision-that-waits-for-capacity", nameof(Provision), Order with { Deadline = DateTime.UtcNow.AddMinutes(1) }, Completed)
        {
            Answers = With(
                ("ReserveCapacity", [new Reservation(Vm, Create: true, Ready: false)]), ("StartVm", [false, true]),
                ("ProbeVm", [VmProgress.Up])),
        },
        new("provision-that-finds-no-capacity", nameof(Provision), Order, Undone)
        {
            Answers = With(("ReserveCapacity", [new Reservation(Vm, Create: true, Ready: false)]), ("StartVm", [Permanent])),
        },
        new("provision-whose-machine-went-away", nameof(Provision), Order, Completed)
        {
            Answers = With(
                ("ReserveCapacity", [new Reservation(Vm, Create: false, Ready: false), new Reservation(Vm, Create: false, Ready: true)]),
                ("ProbeVm", [VmProgress.Gone])),
        },
        new("provision-undone-from-the-middle", nameof(Provision), Order, Undone)
        {
            Answers = With(
                ("BringUp", [Permanent]), ("ReleaseCapacity", [new Released(Vm)]), ("ForgetVm", [false, true])),
        },
        new("provision-undone-at-the-end", nameof(Provision), Order, Undone) { Answers = With(("RouteBot", [Permanent])) },
        new("terminate", nameof(Terminate), new TerminateInput(Operation, Account, Deployment, Tier.Shared, Deadline, null), Completed)
        {
            Answers = Placed,
        },
        new(
            "terminate-after-preempting",
            nameof(Terminate),
            new TerminateInput(Operation, Account, Deployment, Tier.Dedicated, Deadline, "op_01K00000000000000000000000Q"),
            Completed)
        {
            Answers = With(("HasYielded", [false, true]), ("ReleaseCapacity", [new Released(Vm)]), ("ForgetVm", [true])),
        },
        new("terminate-incomplete", nameof(Terminate), new TerminateInput(Operation, Account, Deployment, Tier.Shared, Deadline, null), "1")
        {
            Answers = With(("EraseSecrets", [Permanent])),
        },
        new("terminate-after-the-undo-window", nameof(Terminate), Deletion(DateTime.UtcNow.AddSeconds(2)), Completed) { Answers = Placed },
        new("terminate-of-a-rollout", nameof(Terminate), Deletion(default) with { Preempted = "op_01K00000000000000000000000Q" }, Completed)
        {
            Answers = With(("HasYielded", [true])),
        },
        new("rollout", nameof(Rollout), Change, "0") { Answers = Rolling },
        new("rollout-without-room-for-two", nameof(Rollout), Change, "0") { Answers = With(Rolling, ("ReserveCandidate", [false])) },
        new("rollout-only-planned", nameof(Rollout), Change with { PlanOnly = true }, "1") { Answers = Rolling },
        new("rollout-of-an-unsigned-image", nameof(Rollout), Change, "2") { Answers = With(Rolling, ("VerifyImage", [Permanent])) },
        new("rollout-of-a-config-that-is-refused", nameof(Rollout), Change with { Tag = null }, "2")
        {
            Answers = With(Rolling, ("CheckConfig", [Permanent])),
        },
        new("rollout-whose-candidate-fails", nameof(Rollout), Change, "2") { Answers = With(Rolling, ("AskCandidate", [Permanent])) },
        new("rollout-that-goes-back", nameof(Rollout), Change, "3") { Answers = With(Rolling, ("HoldReady", [Permanent])) },
        new("rollout-that-goes-back-with-its-data", nameof(Rollout), Change with { Data = DataChoice.AsAtSwitch }, "3")
        {
            Answers = With(Rolling, ("BringUp", [Permanent])),
        },
        new("rollout-that-cannot-go-back", nameof(Rollout), Change, "4")
        {
            Answers = With(Rolling, ("HoldReady", [Permanent]), ("ReturnBot", [Permanent])),
        },
        new("rollout-to-another-plan", nameof(Rollout), Change with { Tag = null }, "0") { Answers = With(Rolling, Bigger) },
        new("rollout-to-another-plan-without-room", nameof(Rollout), Change with { Tag = null }, "2")
        {
            Answers = With(Rolling, Bigger, ("ReservePlan", [Permanent])),
        },
        new("rollout-to-another-plan-that-cannot-be-charged", nameof(Rollout), Change with { Tag = null }, "2")
        {
            Answers = With(Rolling, Bigger, ("ChangePrice", [Permanent])),
        },
        new("rollout-to-another-plan-that-goes-back", nameof(Rollout), Change with { Tag = null }, "3")
        {
            Answers = With(Rolling, Bigger, ("HoldReady", [Permanent]), ("ReturnPlan", [Permanent])),
        },
        new("rollout-to-the-data-left-behind", nameof(Rollout), Change with { Tag = null, Restores = true }, "0") { Answers = Rolling },
        new("rollout-to-the-data-left-behind-that-goes-back", nameof(Rollout), Change with { Tag = null, Restores = true }, "3")
        {
            Answers = With(Rolling, ("BringUp", [Permanent])),
        },
        new("suspend", nameof(Suspend), Bot, "true"),
        new("suspend-in-vain", nameof(Suspend), Bot, "false") { Answers = With(("StopBot", [Permanent])) },
        new("restart", nameof(Restart), Again, "true") { Answers = Placed },
        new("restart-in-vain", nameof(Restart), Again, "false") { Answers = With(("CheckBot", [Permanent])) },
        new("test-message", nameof(TestMessage), Message, "true"),
        new("test-message-without-answer", nameof(TestMessage), Message, "false") { Answers = With(("AskBot", [Transient])) },
        new("pair-browser", nameof(PairBrowser), Bot, "true"),
        new("pair-browser-that-nobody-knows", nameof(PairBrowser), Bot, "false") { Answers = With(("LetBrowserIn", [Permanent])) },
        new("collect-logs", nameof(CollectLogs), new CollectLogsInput(Deployment, Tier.Shared, Vm), "true"),
        new("collect-logs-in-vain", nameof(CollectLogs), new CollectLogsInput(Deployment, Tier.Shared, Vm), "false")
        {
            Answers = With(("ReadLogs", [Permanent])),
        },
        new("health-sweep-with-nothing-to-do", nameof(HealthSweep), null, "0")
        {
            Answers = With(("ListVms", [Machines]), ("FindDown", [Array.Empty<SweptBot>()])),
        },
        new("health-sweep-that-restarts", nameof(HealthSweep), null, "1")
        {
            Answers = With(
                ("ListVms", [Machines]),
                ("FindDown", [new[] { new SweptBot(Account, Deployment), new SweptBot(Account, Deployment) }]),
                ("TakeForRestart", [Again, null])),
        },
        new("recover-with-nothing-to-do", nameof(Recover), Unwell, "0") { Answers = With(("Examine", [Seen()])) },
        new("recover-by-restart", nameof(Recover), Unwell, "1")
        {
            Answers = With(("Examine", [Seen(down: [Sick])]), ("TakeCareOf", [new CareTaken(CareKind.Restart, Again)])),
        },
        new("recover-what-came-back", nameof(Recover), Unwell, "1")
        {
            Answers = With(("Examine", [Seen(back: [Sick])]), ("TakeCareOf", [new CareTaken(CareKind.Restart, Again)])),
        },
        new("recover-later", nameof(Recover), Unwell, "0")
        {
            Answers = With(("Examine", [Seen(down: [Sick])]), ("TakeCareOf", [new CareTaken(CareKind.Wait, null)])),
        },
        new("recover-given-up", nameof(Recover), Unwell, "0")
        {
            Answers = With(("Examine", [Seen(down: [Sick])]), ("TakeCareOf", [new CareTaken(CareKind.GiveUp, null)])),
        },
        new("recover-by-an-older-version", nameof(Recover), Unwell, "0")
        {
            Answers = With(
                Rolling, ("Examine", [Seen(down: [Sick])]), ("TakeCareOf", [new CareTaken(CareKind.GiveUp, null)]),
                ("TakeForRollback", [Change with { Tag = null }])),
        },
        new("recover-a-lost-machine", nameof(Recover), Unwell, "1")
        {
            Answers = With(
                ("Examine", [new Findings(Lost: true, [], [])]), ("TakeForReplacement", [Moved]), ("ForgetVm", [false, true])),
        },
        new("recover-a-lost-machine-whose-bot-is-taken", nameof(Recover), Unwell, "0")
        {
            Answers = With(("Examine", [new Findings(Lost: true, [], [])]), ("TakeForReplacement", [null]), ("ForgetVm", [true])),
        },
        new("replace", nameof(Replace), Moved, "true")
        {
            Answers = With(
                ("ReserveCapacity", [new Reservation(Vm, Create: true, Ready: false)]), ("ProbeVm", [VmProgress.Waiting, VmProgress.Up])),
        },
        new("replace-in-vain", nameof(Replace), Moved, "false") { Answers = With(("BringUp", [Permanent])) },
    ];

    private static Dictionary<string, object?[]> Rolling => new()
    {
        ["VerifyImage"] = ["127.0.0.1/bot@sha256:0f00"],
        ["DraftVersion"] = [new Draft(2, 1, "127.0.0.1/bot@sha256:0f00")],
        ["ReserveCandidate"] = [true],
        ["CheckCandidate"] = [false, true],
        ["CheckBot"] = [true],
    };

    private static (string Activity, object?[] Answers) Bigger =>
        ("DraftVersion", [new Draft(2, 1, "127.0.0.1/bot@sha256:0f00", "plus")]);

    private static RolloutInput Change =>
        new(Operation, Account, Deployment, Tier.Shared, Vm, "1.0.1", DataChoice.AsNow, PlanOnly: false, Deadline);

    private static TerminateInput Deletion(DateTime until) =>
        new(Operation, Account, Deployment, Tier.Shared, Deadline, Preempted: null, until, Vm, Version: 1, Resume: true);
    private static SweptBot Sick => new(Account, Deployment);

    private static RecoverInput Unwell => new(Tier.Shared, Vm, [Sick]);

    private static ReplaceInput Moved => new(Operation, Account, Deployment, Tier.Shared, Vm, 1, Deadline);

    private static Findings Seen(SweptBot[]? down = null, SweptBot[]? back = null) => new(Lost: false, down ?? [], back ?? []);

    private static SweptVm[] Machines => [new(Tier.Shared, Vm)];

    private static ProvisionInput Order => new(Operation, Account, Deployment, Deadline, Account);

    private static RestartInput Again => new(Operation, Account, Deployment, Tier.Shared, Vm, 1, Deadline);

    private static TestMessageInput Message => new(Operation, Account, Deployment, Tier.Shared, Vm, 1);

    private static BotInput Bot => new(Operation, Account, Deployment, Tier.Shared, Vm, 1);

    private static Dictionary<string, object?[]> With(params (string Activity, object?[] Answers)[] others) => With(Placed, others);

    private static Dictionary<string, object?[]> With(
        Dictionary<string, object?[]> usual, params (string Activity, object?[] Answers)[] others)
    {
        var answers = new Dictionary<string, object?[]>(usual);
        foreach (var (activity, given) in others)
        {
            answers[activity] = given;
        }

        return answers;
    }
}
