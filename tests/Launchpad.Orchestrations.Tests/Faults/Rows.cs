namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What an activity does when the deployment is not its operation's.</summary>
internal enum Otherwise
{
    /// <summary>It fails, and has done nothing.</summary>
    Fails,

    /// <summary>It has done nothing.</summary>
    Nothing,

    /// <summary>It would take the deployment. One that is held, or gone, it leaves alone.</summary>
    Leaves,

    /// <summary>It is not about a deployment, or only looks.</summary>
    Same,
}

/// <summary>An activity in the place that it has in a story: that is where its input comes from, and the state that it finds.</summary>
/// <param name="Call">Which call of it, from 0.</param>
internal sealed record Row(string Activity, string Story, Otherwise Otherwise = Otherwise.Fails, int Call = 0)
{
    public static IReadOnlyList<Row> All { get; } =
    [
        new("ValidateOrder", "Provision"),
        new("VerifyImage", "Provision"),
        new("EnterStatus", "Provision"),
        new("ReserveCapacity", "Provision"),
        new("ReserveCapacity", "Provision on a machine of its own"),
        new("StartConverging", "Provision on a machine of its own", Otherwise.Same),
        new("TendVm", "Provision on a machine of its own", Otherwise.Same),
        new("TendVm", "Terminate on a machine of its own", Otherwise.Same),
        new("AwaitOrder", "Provision on a machine of its own"),
        new("AwaitBoot", "Provision on a machine of its own"),
        new("SealConfig", "Provision"),
        new("BringUp", "Provision"),
        new("CheckBot", "Provision"),
        new("RouteBot", "Provision"),
        new("Succeed", "Provision", Otherwise.Nothing),
        new("Succeed", "Rollout", Otherwise.Nothing),
        new("Succeed", "Terminate", Otherwise.Nothing),
        new("Fail", "Provision of what does not start", Otherwise.Nothing),
        new("Fail", "Rollout that goes back", Otherwise.Nothing),
        new("Close", "Provision", Otherwise.Nothing),
        new("Close", "Rollout", Otherwise.Nothing),
        new("Close", "Rollout that goes back", Otherwise.Nothing),
        new("RemoveBot", "Provision of what does not start"),
        new("RemoveBot", "Terminate"),
        new("UnsealConfig", "Provision of what does not start"),
        new("ReleaseCapacity", "Provision of what does not start on a machine of its own"),
        new("ReleaseCapacity", "Terminate on a machine of its own"),
        new("DraftVersion", "Rollout"),
        new("CheckConfig", "Rollout"),
        new("TellPreview", "Preview"),
        new("ReservePlan", "Rollout"),
        new("ReserveCandidate", "Rollout"),
        new("CopyVolume", "Rollout"),
        new("StartCandidate", "Rollout"),
        new("CheckCandidate", "Rollout"),
        new("AskCandidate", "Rollout"),
        new("RemoveCandidate", "Rollout"),
        new("ChangePrice", "Rollout"),
        new("KeepVolume", "Rollout"),
        new("HoldReady", "Rollout"),
        new("CopyKeptVolume", "Rollback to the data left behind"),
        new("ExchangeVolume", "Rollback to the data left behind"),
        new("ReturnVolume", "Rollout that goes back"),
        new("ReturnBot", "Rollout that goes back"),
        new("ReturnBot", "Rollout that goes back", Call: 1),
        new("ReturnPlan", "Rollout that goes back"),
        new("Unroute", "Suspend"),
        new("StopBot", "Suspend"),
        new("StopAgain", "Resume in vain"),
        new("SettlePlan", "Terminate taken back"),
        new("AskBot", "Test message"),
        new("LetBrowserIn", "Pair a browser"),
        new("ReadLogs", "Collect logs", Otherwise.Same),
        new("HasYielded", "Terminate of a rollout"),
        new("OpenUndoWindow", "Terminate"),
        new("IsTakenBack", "Terminate"),
        new("CancelSubscriptions", "Terminate"),
        new("EraseSecrets", "Terminate"),
        new("IssueCertificate", "Terminate"),
        new("IsVmGone", "Terminate on a machine of its own", Otherwise.Same),
        new("Examine", "Recover by restart", Otherwise.Same),
        new("TakeCareOf", "Recover by restart", Otherwise.Leaves),
        new("TakeForRollback", "Recover by an older version", Otherwise.Leaves),
        new("GiveUp", "Recover given up", Otherwise.Leaves),
        new("CondemnVm", "Recover on another machine", Otherwise.Same),
        new("TakeForReplacement", "Recover on another machine", Otherwise.Leaves),
        new("LeaveVm", "Recover on another machine"),
        new("TakeBackup", "Backup"),
        new("FetchBackup", "Restore"),
        new("CopyFetchedVolume", "Restore"),
        new("BringBackup", "Restore"),
        new("DiscardBackup", "Restore whose candidate fails"),
        new("ChooseBackup", "Drill"),
        new("ReserveDrill", "Drill"),
        new("FetchForDrill", "Drill"),
        new("FetchForDrill", "Drill", Call: 1),
        new("CertifyDrill", "Drill"),
        new("RestoreVolume", "Recover with a backup on another machine"),
        new("BringOrigin", "Provision of a clone"),
        new("ReserveElsewhere", "Move"),
        new("ReserveElsewhere", "Move to a machine of its own"),
        new("ReserveTrial", "Move"),
        new("StopHere", "Move"),
        new("TakeLastBackup", "Move"),
        new("BringData", "Move"),
        new("BringData", "Move", Call: 1),
        new("ReturnHere", "Move that goes back"),
        new("ReturnHere", "Move that goes back", Call: 1),
        new("ReturnRoute", "Move cancelled at its end"),
        new("LeaveDestination", "Terminate of a move"),
        new("Succeed", "Move", Otherwise.Nothing),
        new("Close", "Move", Otherwise.Nothing),
        new("Close", "Move that goes back", Otherwise.Nothing),
        new("ClimbLadder", "Dunning that is over", Otherwise.Same),
        new("CloseLoss", "Recover on another machine", Otherwise.Same),
    ];

    /// <summary>True for one look of many, after which things are only nearer to their end.</summary>
    public bool IsOneLook => Activity == "TendVm";

    public override string ToString() => Call == 0 ? $"{Activity}, {Story}" : $"{Activity}, {Story}, again";
}
