using Launchpad.Local;
using Launchpad.Local.Demo;
using Launchpad.Local.Processes;
using Launchpad.Local.Stacks;

const string Usage = """
    Launchpad.Local VERB [options]
      --home DIR             the stack's state (default $LAUNCHPAD_HOME, else .launchpad in the checkout)
      --json                 one JSON object on standard output
    up
      --slot N               shifts every port by 100·N, so that stacks run side by side (0 to 9)
      --control-plane PATH   the functions app's program, or none (default: the one built beside this)
      --image NAME           the tenant image to have ready: openclaw, tiny or none
      --set NAME=VALUE       a setting of the control plane; may be repeated
    down
      --erase                deletes the stack's machines with their data, and its state
    machines                 the machines there are, what is promised on them, and what becomes of them
    cordon VM                it gets no more bots; uncordon VM takes that back
    drain VM                 its bots move to others, and it is deleted then; uncordon VM stops that
    operator add MAIL        lets somebody in to the staff's side, with a password that is printed once and good once, for three days;
                             `operator list`, `operator remove MAIL`
    operator reset MAIL      makes another password for who has lost his, or his authenticator
    backup DIR               copies a stack that runs into a new directory; settings that `up` was given have to be given too
      --set NAME=VALUE
    restore DIR              brings it back into an empty home, finds its machines, and says what is missing
      --identity FILE        opens a backup that was closed for Snapshots__Recipient
    instances                the latest orchestrations, or the story of one
      --status NAME[,NAME]   only those in one of these statuses
      --prefix TEXT          only those whose id begins so
      --top N                so many at most (default 50)
      --record               one's whole history with its payloads, in the form that tests replay
    replay                   holds every live orchestration against this build; 1 when it does not follow one of them
      --control-plane PATH   the build to hold them against
    """;

try
{
    switch (args.FirstOrDefault())
    {
        case "up": await Verbs.UpAsync(args[1..]); return 0;
        case "demo": await DemoVerb.RunAsync(args[1..], CancellationToken.None); return 0;
        case "down": await Verbs.DownAsync(args[1..]); return 0;
        case "machines" or "cordon" or "uncordon" or "drain" or "operator": await MachineVerbs.RunAsync(args); return 0;
        case "backup": await DisasterVerbs.BackUpAsync(args[1..]); return 0;
        case "restore": await DisasterVerbs.RestoreAsync(args[1..]); return 0;
        case "status": Verbs.Status(args[1..]); return 0;
        case "instances": return InstanceVerbs.Instances(args[1..]);
        case "replay": return await InstanceVerbs.ReplayAsync(args[1..]);
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception failure) when (failure is StackException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine("launchpad: " + failure.Message);
    if (args.Contains("--json"))
    {
        Terminal.Result(new { ok = false, error = failure.Message });
    }

    return 1;
}
