using System.Text.Json;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests;

/// <summary>The ways of the sagas that are recorded: the ordinary one of each, and those on which it takes back or gives up.</summary>
internal static partial class Scenarios
{
    private const string Account = "acc_01K0000000000000000000000A";
    private const string Deployment = "dep_01K0000000000000000000000D";
    private const string Operation = "op_01K00000000000000000000000P";
    private const string Other = "op_01K00000000000000000000000Q";
    private const string Vm = "vm_01K00000000000000000000000V";
    private const string Completed = "0";
    private const string Undone = "1";

    private static readonly DateTime Deadline = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);
    private static readonly PermanentException Permanent = new("image-rejected", "The image is not signed.");
    private static readonly NotHeldException NotHeld = new();
    private static readonly TimeoutException Transient = new("The machine did not answer.");

    private static readonly Unfinished Runs = new();
    private static readonly Unfinished Next = new(Runs: false, Stage: 1);

    private static readonly Dictionary<string, object?[]> Placed = new()
    {
        ["ValidateOrder"] = [new Order(Tier.Shared)],
        ["VerifyImage"] = ["sha256:0f00"],
        ["ReserveCapacity"] = [new Reservation(Vm, Ready: true)],
        ["SealConfig"] = [1],
        ["CheckBot"] = [Next, null],
        ["ReleaseCapacity"] = [new Released(null)],
        ["Close"] = [true],
    };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("provision-on-a-shared-machine", nameof(Provision), Order, Completed) { Answers = Placed },
        new("provision-on-a-new-machine", nameof(Provision), Order, Completed)
        {
            Answers = With(
                ("ReserveCapacity", [New]), ("StartConverging", [Transient, null]), ("AwaitOrder", [VmProgress.Waiting, VmProgress.Up]),
                ("AwaitBoot", [VmProgress.Waiting, VmProgress.Waiting, VmProgress.Up])),
        },
        new("provision-that-finds-no-capacity", nameof(Provision), Order, Undone)
        {
            Answers = With(("ReserveCapacity", [New]), ("AwaitOrder", [Permanent]), Failed),
        },
        new("provision-whose-machine-went-away", nameof(Provision), Order, Completed)
        {
            Answers = With(
                ("ReserveCapacity", [new Reservation(Vm, Ready: false), new Reservation(Vm, Ready: true)]), ("AwaitOrder", [VmProgress.Gone])),
        },
        new("provision-undone-from-the-middle", nameof(Provision), Order, Undone)
        {
            Answers = With(("BringUp", [Permanent]), ("ReleaseCapacity", [new Released(Vm)]), ("IsVmGone", [false, true]), Failed),
        },
        new("provision-of-a-clone", nameof(Provision), Order, Completed)
        {
            Answers = With(("ValidateOrder", [new Order(Tier.Shared, Clones: true)]), ("BringOrigin", [Runs, Next, null])),
        },
        new("provision-whose-image-takes-long", nameof(Provision), Order, Completed)
        {
            Answers = With(("BringUp", [Runs, new Unfinished(At: 1), Transient, new Unfinished(At: 2), null])),
        },
        new("provision-undone-while-its-image-takes-long", nameof(Provision), Order, Undone)
        {
            Answers = With(("BringUp", [Runs, NotHeld]), ("RemoveBot", [Runs, null]), Failed),
        },
        new("provision-undone-at-the-end", nameof(Provision), Order, Undone) { Answers = With(("RouteBot", [Permanent]), Failed) },
        new("provision-that-lost-its-deployment", nameof(Provision), Order, Undone)
        {
            Answers = With(("BringUp", [NotHeld]), ("RemoveBot", [NotHeld]), Failed),
        },
        new("provision-whose-end-was-written-though-nobody-said-so", nameof(Provision), Order, Completed)
        {
            Answers = With(("Succeed", [Permanent]), ("Unroute", [NotHeld])),
        },
        new("terminate", nameof(Terminate), Deletion, Completed) { Answers = Placed },
        new(
            "terminate-after-preempting", nameof(Terminate), Deletion with { Tier = Tier.Dedicated, Preempted = Other }, Completed)
        {
            Answers = With(("HasYielded", [false, true]), ("ReleaseCapacity", [new Released(Vm)]), ("IsVmGone", [true])),
        },
        new("terminate-incomplete", nameof(Terminate), Kept, "1")
        {
            UndoWindow = Window,
            Answers = With(("IsTakenBack", [Permanent]), Failed),
        },
        new("terminate-that-comes-back-for-what-is-left", nameof(Terminate), Deletion, Completed)
        {
            Answers = With(
                ("CancelSubscriptions", [Permanent, null]), ("RemoveBot", [Permanent, null]), ("EraseSecrets", [Permanent, Permanent, null])),
        },
        new("terminate-after-the-undo-window", nameof(Terminate), Kept, Completed) { UndoWindow = Window, Answers = Placed },
        new("terminate-with-a-backup", nameof(Terminate), Kept with { BacksUp = true }, Completed) { UndoWindow = Window, Answers = Placed },
        new("terminate-without-the-backup-that-was-wanted", nameof(Terminate), Kept with { BacksUp = true }, Completed)
        {
            UndoWindow = Window,
            Answers = With(("TakeBackup", [Permanent])),
        },
        new("terminate-taken-back", nameof(Terminate), Kept, "2")
        {
            UndoWindow = Window,
            Answers = With(("IsTakenBack", [true])),
        },
        new("terminate-taken-back-of-a-bot-that-was-stopped", nameof(Terminate), Kept with { Resume = false }, "2")
        {
            UndoWindow = Window,
            Answers = With(("IsTakenBack", [true])),
        },
        new("terminate-taken-back-of-a-bot-that-does-not-come-up", nameof(Terminate), Kept, "1")
        {
            UndoWindow = Window,
            Answers = With(("IsTakenBack", [true]), ("BringUp", [Permanent]), Failed),
        },
        new("terminate-of-a-rollout", nameof(Terminate), Kept with { Preempted = Other }, Completed)
        {
            Answers = With(("HasYielded", [true])),
        },
        new("rollout", nameof(Rollout), Change, "0") { Answers = Rolling },
        new("rollout-without-room-for-two", nameof(Rollout), Change, "0") { Answers = With(Rolling, ("ReserveCandidate", [false])) },
        new("rollout-only-previewed", nameof(Rollout), Change with { PreviewOnly = true }, "1") { Answers = Rolling },
        new("rollout-of-an-unsigned-image", nameof(Rollout), Change, "2") { Answers = With(Rolling, ("VerifyImage", [Permanent]), Failed) },
        new("rollout-of-a-config-that-is-refused", nameof(Rollout), Change with { Tag = null }, "2")
        {
            Answers = With(Rolling, ("CheckConfig", [Permanent]), Failed),
        },
        new("rollout-whose-candidate-fails", nameof(Rollout), Change, "2")
        {
            Answers = With(Rolling, ("AskCandidate", [Permanent]), Failed),
        },
        new("rollout-that-goes-back", nameof(Rollout), Change, "3") { Answers = With(Rolling, ("HoldReady", [Permanent]), Failed) },
        new("rollout-that-goes-back-slowly", nameof(Rollout), Change, "3")
        {
            Answers = With(
                Rolling, ("BringUp", [Runs, Permanent]), ("ReturnBot", [Runs, Next, Runs with { Stage = 1 }, Next with { Stage = 2 }, null]), Failed),
        },
        new("rollout-that-goes-back-with-its-data", nameof(Rollout), Change with { Data = DataChoice.AsAtSwitch }, "3")
        {
            Answers = With(Rolling, ("BringUp", [Permanent]), Failed),
        },
        new("rollout-that-cannot-go-back", nameof(Rollout), Change, "4")
        {
            Answers = With(Rolling, ("HoldReady", [Permanent]), ("ReturnBot", [Permanent]), Failed),
        },
        new("rollout-to-another-plan", nameof(Rollout), Change with { Tag = null }, "0") { Answers = With(Rolling, Bigger) },
        new("rollout-to-another-plan-without-room", nameof(Rollout), Change with { Tag = null }, "2")
        {
            Answers = With(Rolling, Bigger, ("ReservePlan", [Permanent]), Failed),
        },
        new("rollout-to-another-plan-that-cannot-be-charged", nameof(Rollout), Change with { Tag = null }, "2")
        {
            Answers = With(Rolling, Bigger, ("ChangePrice", [Permanent]), Failed),
        },
        new("rollout-to-another-plan-that-goes-back", nameof(Rollout), Change with { Tag = null }, "3")
        {
            Answers = With(Rolling, Bigger, ("HoldReady", [Permanent]), ("ReturnPlan", [Permanent]), Failed),
        },
        new("rollout-to-the-data-left-behind", nameof(Rollout), Change with { Tag = null, Restores = true }, "0") { Answers = Rolling },
        new("rollout-to-the-data-left-behind-that-goes-back", nameof(Rollout), Change with { Tag = null, Restores = true }, "3")
        {
            Answers = With(Rolling, ("BringUp", [Permanent]), Failed),
        },
        .. OfBackups,
        new("suspend", nameof(Suspend), Bot, "true") { Answers = Placed },
        new("suspend-in-vain", nameof(Suspend), Bot, "false") { Answers = With(("StopBot", [Permanent]), Failed) },
        new("resume", nameof(Resume), Bot, "true") { Answers = Placed },
        new("resume-in-vain", nameof(Resume), Bot, "false") { Answers = With(("RouteBot", [Permanent]), Failed) },
        new("resume-elsewhere", nameof(ResumeElsewhere), Bot, "true")
        {
            Answers = With(
                ("ReserveCapacity", [New]), ("AwaitOrder", [VmProgress.Up]), ("AwaitBoot", [VmProgress.Waiting, VmProgress.Up]),
                ("RestoreVolume", [Runs, Next, null])),
        },
        new("resume-elsewhere-in-vain", nameof(ResumeElsewhere), Bot, "false") { Answers = With(("BringUp", [Permanent]), Failed) },
        new("restart", nameof(Restart), Bot, "true") { Answers = Placed },
        new("restart-in-vain", nameof(Restart), Bot, "false") { Answers = With(("CheckBot", [Permanent]), Failed) },
        new("test-message", nameof(TestMessage), Bot, "true") { Answers = Placed },
        new("test-message-without-answer", nameof(TestMessage), Bot, "false") { Answers = With(("AskBot", [Transient]), Failed) },
        new("pair-browser", nameof(PairBrowser), Bot, "true") { Answers = Placed },
        new("pair-browser-that-nobody-knows", nameof(PairBrowser), Bot, "false") { Answers = With(("LetBrowserIn", [Permanent]), Failed) },
        new("dunning-that-is-over", nameof(Dunning), new DunningInput(Account, Deployment), "true"),
        new("collect-logs", nameof(CollectLogs), new CollectLogsInput(Deployment, Tier.Shared, Vm), "true"),
        new("collect-logs-in-vain", nameof(CollectLogs), new CollectLogsInput(Deployment, Tier.Shared, Vm), "false")
        {
            Answers = With(("ReadLogs", [Permanent])),
        },
        new("converge-a-machine-that-is-made", nameof(ConvergeVm), Machine, "2")
        {
            Answers = With(("TendVm", [VmProgress.Waiting, VmProgress.Waiting, VmProgress.Up])),
        },
        new("converge-a-machine-that-is-deleted", nameof(ConvergeVm), Machine, "3")
        {
            Answers = With(("TendVm", [Transient, VmProgress.Waiting, VmProgress.Gone])),
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
                ("TakeForRollback", [Begun(nameof(Rollout), Change with { Tag = null })])),
        },
        new("recover-a-lost-machine", nameof(Recover), Unwell, "1")
        {
            Answers = With(
                ("Examine", [new Findings(Lost: true, [], [])]), ("TakeForReplacement", [Begun(nameof(Replace), Bot)]),
                ("IsVmGone", [false, true])),
        },
        new("recover-a-lost-machine-whose-bot-is-taken", nameof(Recover), Unwell, "0")
        {
            Answers = With(("Examine", [new Findings(Lost: true, [], [])]), ("TakeForReplacement", [null]), ("IsVmGone", [true])),
        },
        new("replace", nameof(Replace), Bot, "true")
        {
            Answers = With(
                ("ReserveCapacity", [New]), ("AwaitOrder", [VmProgress.Up]), ("AwaitBoot", [VmProgress.Waiting, VmProgress.Up])),
        },
        new("replace-with-a-backup", nameof(Replace), Bot, "true") { Answers = With(("RestoreVolume", [Runs, Next, null])) },
        new("replace-in-vain", nameof(Replace), Bot, "false") { Answers = With(("BringUp", [Permanent]), Failed) },
    ];

    private static Dictionary<string, object?[]> Rolling => new()
    {
        ["VerifyImage"] = ["127.0.0.1/bot@sha256:0f00"],
        ["DraftVersion"] = [new Draft(2, 1, "127.0.0.1/bot@sha256:0f00")],
        ["ReserveCandidate"] = [true],
        ["CheckCandidate"] = [Runs, Next, null],
        ["Close"] = [true],
    };

    private static (string Activity, object?[] Answers) Failed => ("Close", [false]);

    private static (string Activity, object?[] Answers) Bigger =>
        ("DraftVersion", [new Draft(2, 1, "127.0.0.1/bot@sha256:0f00", "plus")]);

    private static RolloutInput Change =>
        new(Operation, Account, Deployment, Tier.Shared, Vm, "1.0.1", DataChoice.AsNow, PreviewOnly: false, Deadline);

    private static Reservation New => new(Vm, Ready: false, IsNew: true);

    private static SweptBot Sick => new(Account, Deployment);

    private static RecoverInput Unwell => new(Tier.Shared, Vm, [Sick]);

    private static VmInput Machine => new(Tier.Shared, Vm);

    private static ProvisionInput Order => new(Operation, Account, Deployment, Deadline, Account);

    private static Taken Again => Begun(nameof(Restart), Bot);

    private static BotInput Bot => new(Operation, Account, Deployment, Tier.Shared, Vm, 1, Deadline);

    private static Taken Begun(string saga, object input) => new(saga, Operation, JsonSerializer.SerializeToElement(input));

    private static TerminateInput Deletion =>
        new(Operation, Account, Deployment, Tier.Shared, Preempted: null, UndoUntil: default, Resume: true);

    private static TerminateInput Kept => Deletion with { Vm = Vm, Bot = Bot };

    private static Findings Seen(SweptBot[]? down = null, SweptBot[]? back = null) => new(Lost: false, down ?? [], back ?? []);

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
