namespace Launchpad.Shared.Operations;

/// <summary>A step's place in its operation, its name in the API, and what a person reads.</summary>
public sealed record Step(int Order, string Name, string Title);

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
    public static readonly Step Restore = new(50, "restore-data", "Bring the bot's data back");
    public static readonly Step Configure = new(61, "configure", "Attach storage and network, deliver secrets and config");
    public static readonly Step Pull = new(70, "pull", "Pull the verified image by digest");
    public static readonly Step Start = new(80, "start", "Start the bot");
    public static readonly Step Health = new(90, "health", "Wait until the bot is ready");
    public static readonly Step Route = new(100, "route", "Give the bot its address");
    public static readonly Step Complete = new(110, "complete", "Mark it running and last known good");

    public static readonly Step Preempt = new(200, "preempt", "Stop what else was going on");
    public static readonly Step CancelSubscription = new(210, "cancel-subscription", "Cancel the subscription");
    public static readonly Step Unroute = new(220, "unroute", "Take the address away");
    public static readonly Step Remove = new(230, "remove-bot", "Remove the bot and its data");
    public static readonly Step EraseSecrets = new(240, "erase-secrets", "Erase the secrets");
    public static readonly Step Release = new(250, "release", "Release the capacity");
    public static readonly Step Certify = new(260, "certify", "Issue the deletion certificate");

    public static readonly Step Ask = new(300, "ask", "Send the test message");
    public static readonly Step Pair = new(310, "pair-browser", "Tell the bot to let the browser in");

    public static readonly Step UndoRoute = new(910, "undo-route", "The address was taken away");
    public static readonly Step UndoBot = new(920, "undo-bot", "The bot and its volume were removed");
    public static readonly Step UndoSeal = new(925, "undo-seal", "The gateway token was erased");
    public static readonly Step UndoReserve = new(930, "undo-reserve", "The capacity was released");

    private static readonly Step[] Undo = [UndoRoute, UndoBot, UndoSeal, UndoReserve];

    public static bool IsUndo(string name) => Undo.Any(step => step.Name == name);
}
