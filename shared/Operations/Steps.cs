using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Operations;

/// <summary>What a step needs of the deployment's row before it may act.</summary>
public enum Hold
{
    /// <summary>The operation holds it, and nobody wants the operation to stop.</summary>
    ToGoOn,

    /// <summary>The operation holds it; that it was cancelled is the reason to take back.</summary>
    ToTakeBack,
}

/// <summary>A step's place in its operation, its name in the API, what a person reads, and what it needs.</summary>
/// <param name="TakesBack">The step that it takes back, the first of them where it takes back several; null when it is no undo.</param>
public sealed record Step(int Order, string Name, string Title, Step? TakesBack = null)
{
    public Hold Needs { get; init; } = TakesBack is null ? Hold.ToGoOn : Hold.ToTakeBack;

    /// <exception cref="PermanentException">When the operation may not take the step as the row stands.</exception>
    public Deployment Require(Deployment deployment, string operation) => Needs is Hold.ToGoOn
        ? DeploymentStore.HeldBy(deployment, operation)
        : DeploymentStore.EnsureHeld(deployment, operation);
}

/// <summary>Every step of every operation, in the order that people see.</summary>
public static class Steps
{
    public static readonly Step Validate = new(10, "validate", "Check plan and quota");
    public static readonly Step Verify = new(20, "verify-image", "Find the image and verify its signature");
    public static readonly Step LeaveVm = new(25, "leave-vm", "Give up the machine that is lost");
    public static readonly Step Reserve = new(30, "reserve", "Reserve capacity");
    public static readonly Step CreateVm = new(40, "create-vm", "Create a machine");
    public static readonly Step BootVm = new(41, "boot-vm", "Wait until the machine is up");
    public static readonly Step Seal = new(45, "seal-config", "Write the config version and the gateway token");
    public static readonly Step Draft = new(46, "draft", "Write the next version");
    public static readonly Step CheckConfig = new(47, "check-config", "Ask the release whether it takes the config");
    public static readonly Step Preview = new(48, "preview", "Say what would change");
    public static readonly Step Backup = new(48, "backup", "Back the bot up");
    public static readonly Step Choose = new(48, "choose-backup", "Choose the newest backup");
    public static readonly Step Fetch = new(49, "fetch-backup", "Fetch the backup, decrypt it and compare it with its manifest");
    public static readonly Step PlanRoom = new(49, "plan-room", "Find room for the plan");
    public static readonly Step Room = new(50, "candidate-room", "Find room to try it beside the bot that runs");
    public static readonly Step CopyVolume = new(51, "candidate-data", "Give the candidate a copy of the data");
    public static readonly Step StartCandidate = new(52, "candidate-start", "Start the candidate, channels off");
    public static readonly Step Candidate = new(53, "candidate-health", "Watch the candidate through the health window");
    public static readonly Step Canary = new(54, "candidate-answer", "Have the candidate answer a message");
    public static readonly Step RemoveCandidate =
        new(55, "candidate-remove", "Remove the candidate and its copy") { Needs = Operations.Hold.ToTakeBack };
    public static readonly Step CertifyDrill =
        new(56, "certify-drill", "Sign what was found") { Needs = Operations.Hold.ToTakeBack };
    public static readonly Step Price = new(57, "price", "Change what the subscription costs");
    public static readonly Step Switch = new(58, "switch", "Stop the old version and keep its data");
    public static readonly Step Discard =
        new(59, "discard-backup", "Remove what was fetched and is not used") { Needs = Operations.Hold.ToTakeBack };
    public static readonly Step Vacate = new(58, "vacate", "Stop the bot where it is and keep its data");
    public static readonly Step LastBackup = new(59, "last-backup", "Back up what came since, for the other machine");
    public static readonly Step Restore = new(60, "restore-data", "Bring the bot's data back");
    public static readonly Step Configure = new(61, "configure", "Attach storage and network, deliver secrets and config");
    public static readonly Step Pull = new(70, "pull", "Pull the verified image by digest");
    public static readonly Step Start = new(80, "start", "Start the bot");
    public static readonly Step Health = new(90, "health", "Wait until the bot is ready");
    public static readonly Step Hold = new(95, "hold", "Watch the bot through the health window");
    public static readonly Step Route = new(100, "route", "Give the bot its address");
    public static readonly Step Complete = new(110, "complete", "Mark it running and last known good");

    public static readonly Step Preempt = new(200, "preempt", "Stop what else was going on");
    public static readonly Step LeaveDestination = new(201, "leave-destination", "Give up the machine that it was on its way to");
    public static readonly Step CancelSubscription = new(210, "cancel-subscription", "Cancel the subscription");
    public static readonly Step UndoWindow = new(205, "undo-window", "Keep the data for a while, in case this is taken back");
    public static readonly Step SettlePlan = new(206, "settle-plan", "Let price and memory be those of the plan that it is on");
    public static readonly Step Unroute = new(202, "unroute", "Take the address away");
    public static readonly Step Remove = new(230, "remove-bot", "Remove the bot and its data");
    public static readonly Step EraseSecrets = new(240, "erase-secrets", "Erase the secrets");
    public static readonly Step Release = new(250, "release", "Release the capacity");
    public static readonly Step Certify = new(260, "certify", "Issue the deletion certificate");

    public static readonly Step Ask = new(300, "ask", "Send the test message");
    public static readonly Step Pair = new(310, "pair-browser", "Tell the bot to let the browser in");

    public static readonly Step Stop = new(204, "stop", "Stop the bot and keep its data");

    public static readonly Step ReturnData = new(900, "return-data", "The data was put back as it was at the switch", Switch);
    public static readonly Step ReturnBot = new(901, "return-bot", "The last known good version runs again", Switch);
    public static readonly Step ReturnPlan = new(902, "return-plan", "The subscription costs what it did before", Price);
    public static readonly Step ReturnHere = new(903, "return-here", "The bot runs again where it was", Vacate);
    public static readonly Step ReturnRoute = new(904, "return-route", "The address leads to where it was", Route);
    public static readonly Step UndoRoute = new(910, "undo-route", "The address was taken away", Route);
    public static readonly Step UndoBot = new(920, "undo-bot", "The bot and its volume were removed", Configure);
    public static readonly Step UndoStart = new(921, "undo-start", "The bot was stopped again", Start);
    public static readonly Step UndoSeal = new(925, "undo-seal", "The gateway token was erased", Seal);
    public static readonly Step UndoReserve = new(930, "undo-reserve", "The capacity was released", Reserve);

    private static readonly Dictionary<string, Step> Undo = typeof(Steps)
        .GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
        .Select(field => field.GetValue(null)).OfType<Step>().Where(step => step.TakesBack is not null)
        .ToDictionary(step => step.Name);

    /// <summary>How long a bot was away for the sake of a new version, by the steps that were taken.</summary>
    public static long BootMs(IEnumerable<OperationStep> taken) => taken
        .Where(step => step.Name == Switch.Name || step.Name == Configure.Name || step.Name == Start.Name || step.Name == Health.Name)
        .Sum(step => step.DurationMs ?? 0);

    /// <param name="undo">The name of a step that takes another one back.</param>
    public static string TitleOf(string undo) => Undo[undo].Title;

    public static bool IsUndo(string name) => Undo.ContainsKey(name);

    /// <summary>The name of the step that this one takes back; null when it is no undo.</summary>
    public static string? Compensates(string name) => Undo.GetValueOrDefault(name)?.TakesBack!.Name;
}
