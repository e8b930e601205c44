using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests;

internal static partial class Scenarios
{
    private static IReadOnlyList<Scenario> OfBackups =>
    [
        new("rollout-with-a-backup-before", nameof(Rollout), Change with { BacksUp = true }, "0")
        {
            Answers = With(Rolling, ("TakeBackup", [Runs, null])),
        },
        new("rollout-whose-backup-fails", nameof(Rollout), Change with { BacksUp = true }, "2")
        {
            Answers = With(Rolling, ("TakeBackup", [Permanent]), Failed),
        },
        new("restore", nameof(Rollout), Restoration, "0") { Answers = With(Rolling, ("FetchBackup", [Runs, null])) },
        new("restore-that-goes-back", nameof(Rollout), Restoration, "3") { Answers = With(Rolling, ("BringUp", [Permanent]), Failed) },
        new("restore-of-a-damaged-backup", nameof(Rollout), Restoration, "2")
        {
            Answers = With(Rolling, ("FetchBackup", [Permanent]), Failed),
        },
        new("back-up", nameof(BackUp), new BackupInput(Bot, BackupReason.Nightly), "true")
        {
            Answers = With(("TakeBackup", [Runs, Transient, null])),
        },
        new("back-up-in-vain", nameof(BackUp), new BackupInput(Bot, BackupReason.Nightly), "false")
        {
            Answers = With(("TakeBackup", [Permanent]), Failed),
        },
        new("drill", nameof(Drill), Bot, "true") { Answers = With(Drilling, ("FetchForDrill", [Next, null])) },
        new("drill-that-finds-a-fault", nameof(Drill), Bot, "false") { Answers = With(Drilling, ("CheckCandidate", [Permanent]), Failed) },
        new("drill-without-room", nameof(Drill), Bot, "false") { Answers = With(Drilling, ("ReserveDrill", [Permanent]), Failed) },
        new("drill-whose-bot-was-taken", nameof(Drill), Bot, "false")
        {
            Answers = With(Drilling, ("AskCandidate", [NotHeld]), ("RemoveCandidate", [NotHeld]), ("CertifyDrill", [NotHeld]), Failed),
        },
        new("move", nameof(Move), Moving, "true") { Answers = Elsewhere },
        new("move-with-a-change", nameof(Move), Moving with { Plan = "dedicated", To = Tier.Dedicated, Changes = true }, "true")
        {
            Answers = With(
                Elsewhere, ("ReserveElsewhere", [New]), ("AwaitOrder", [VmProgress.Waiting, VmProgress.Up]), ("AwaitBoot", [VmProgress.Up]),
                ("DraftVersion", [new Draft(2, 1, "image", "dedicated")])),
        },
        new("move-of-what-is-stopped", nameof(Move), Moving with { Runs = false }, "true") { Answers = Elsewhere },
        new("move-whose-candidate-fails", nameof(Move), Moving, "false") { Answers = With(Elsewhere, ("CheckCandidate", [Permanent]), Failed) },
        new("move-that-goes-back", nameof(Move), Moving with { Plan = "dedicated", To = Tier.Dedicated, Changes = true }, "false")
        {
            Answers = With(
                Elsewhere, ("DraftVersion", [new Draft(2, 1, "image", "dedicated")]), ("RouteBot", [Permanent]), ("ReturnHere", [Next, null]), Failed),
        },
        new("move-that-lost-its-deployment", nameof(Move), Moving, "false") { Answers = With(Elsewhere, ("BringData", [NotHeld]), Failed) },
        new("terminate-of-a-move", nameof(Terminate), Kept with { Preempted = Other, Destination = Vm }, Completed)
        {
            Answers = With(("HasYielded", [true])),
        },
    ];

    private static Dictionary<string, object?[]> Elsewhere => With(
        Rolling, ("ReserveElsewhere", [new Reservation("vm_01K00000000000000000000000W", Ready: true)]), ("BringData", [Next, null]));

    private static MoveInput Moving => new(
        Operation, Account, Deployment, Tier.Shared, Vm, 1, "starter", Tier.Shared, Changes: false, Runs: true, Deadline);

    private static Dictionary<string, object?[]> Drilling => With(Rolling, ("ChooseBackup", ["bak_01K00000000000000000000000B"]));

    private static RolloutInput Restoration =>
        Change with { Tag = null, Data = DataChoice.AsAtSwitch, Backup = "bak_01K00000000000000000000000B" };
}
