namespace Launchpad.Shared.Health;

/// <summary>What one observer says of a bot.</summary>
public enum Sight
{
    /// <summary>It has nothing to say: unreachable, too old, or the bot is just starting. That is not "down".</summary>
    Silent,

    Up,
    Down,
}

/// <summary>What the cloud says of the machine.</summary>
public enum MachineSight
{
    NotAsked,
    There,

    /// <summary>The cloud has no such machine, or has given it up.</summary>
    Gone,
}

[Flags]
public enum Observers
{
    None = 0,

    /// <summary>What the machine told by itself.</summary>
    Heartbeat = 1,

    /// <summary>What the machine answered when it was asked.</summary>
    Ssh = 2,

    /// <summary>The bot's public address, as customers reach it.</summary>
    Outside = 4,

    /// <summary>The cloud that the machine was ordered from.</summary>
    Cloud = 8,
}

public sealed record Sightings(Sight Heartbeat, Sight Ssh, Sight Outside, MachineSight Machine = MachineSight.NotAsked);

public enum VerdictKind
{
    Up,
    Down,

    /// <summary>The bot is up; somebody who watches it does not see it.</summary>
    ObserverProblem,

    /// <summary>No two agree. Nothing changes.</summary>
    Unknown,

    VmLost,
}

/// <param name="Which">Whose eyes are at fault; none but for an observer problem.</param>
public readonly record struct Verdict(VerdictKind Kind, Observers Which = Observers.None)
{
    public bool IsUp => Kind is VerdictKind.Up or VerdictKind.ObserverProblem;
}

/// <summary>Decides by agreement. No single observer can take a bot down, and silence never can.</summary>
public static class Quorum
{
    private const int Majority = 2;

    public static Verdict Decide(Sightings seen)
    {
        var (ups, downs) = (Count(seen, Sight.Up), Count(seen, Sight.Down));

        // Of any two, one is the heartbeat or SSH, and so has looked at the process itself.
        if (downs >= Majority)
        {
            return new(VerdictKind.Down);
        }

        var isHeard = Speaks(seen.Heartbeat) || Speaks(seen.Ssh);
        if (seen.Machine is MachineSight.Gone && !isHeard)
        {
            return new(seen.Outside is Sight.Up ? VerdictKind.Unknown : VerdictKind.VmLost);
        }

        if (ups < Majority && (ups == 0 || downs > 0))
        {
            return new(VerdictKind.Unknown);
        }

        var blind = Blind(seen);
        return blind is Observers.None ? new(VerdictKind.Up) : new(VerdictKind.ObserverProblem, blind);
    }

    private static int Count(Sightings seen, Sight sight) =>
        (seen.Heartbeat == sight ? 1 : 0) + (seen.Ssh == sight ? 1 : 0) + (seen.Outside == sight ? 1 : 0);

    private static bool Speaks(Sight sight) => sight is Sight.Up or Sight.Down;

    /// <summary>Everybody who does not see what is there.</summary>
    private static Observers Blind(Sightings seen) =>
        (seen.Heartbeat is not Sight.Up ? Observers.Heartbeat : Observers.None)
        | (seen.Ssh is not Sight.Up ? Observers.Ssh : Observers.None)
        | (seen.Outside is not Sight.Up ? Observers.Outside : Observers.None)
        | (seen.Machine is MachineSight.Gone ? Observers.Cloud : Observers.None);
}
