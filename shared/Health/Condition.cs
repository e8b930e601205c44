using Azure;

namespace Launchpad.Shared.Health;

/// <param name="Said">In words.</param>
public sealed record ObserverLook(Sight Sight, string Said);

/// <summary>What each of those who look at a bot itself saw of it, when they last agreed or did not.</summary>
public sealed record Looks(ObserverLook Heartbeat, ObserverLook Ssh, ObserverLook Outside);

/// <summary>What is not as usual about a bot. A bot that has been well for a while has none.</summary>
/// <param name="Said">What each observer said, in words.</param>
/// <param name="Since">When the verdict became what it is.</param>
/// <param name="Restarts">Automatic ones since it was last well.</param>
/// <param name="LastRestart">The operation of the newest of them, so that none is counted twice.</param>
/// <param name="UpSince">Null while it is not known to be up.</param>
/// <param name="GivenUp">Why nothing is tried any more; null while something is.</param>
/// <param name="Drift">What is known to differ from what is wanted, as a fingerprint; null when nothing does.</param>
/// <param name="DownSince">Since when it is down by agreement, until its record says that this is over; null while it is not.</param>
/// <param name="Looks">One by one; null where nobody looked, as when its machine is not known any more.</param>
/// <param name="MachineRestarted">One of its ends was its machine's, so that its version cannot be blamed for all of them.</param>
public sealed record Condition(
    string Account, string Deployment, Verdict Verdict, string Said, DateTimeOffset Since, int Restarts = 0,
    string? LastRestart = null, DateTimeOffset? LastRestartAt = null, DateTimeOffset? UpSince = null, string? GivenUp = null,
    string? Drift = null, DateTimeOffset? DownSince = null, Looks? Looks = null, bool MachineRestarted = false,
    ETag ETag = default)
{
    /// <summary>After this long of health the restarts that came before it do not count any more.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromMinutes(30);

    /// <summary>A bot that was given up is not taken for healthy at its first sign of life.</summary>
    public static readonly TimeSpan TrustedAfter = TimeSpan.FromMinutes(2);

    public static Condition New(string account, string deployment, DateTimeOffset now) =>
        new(account, deployment, new(VerdictKind.Up), "", now, UpSince: now);

    public bool IsUp => Verdict.IsUp;

    /// <summary>The same bot, looked at once more.</summary>
    public Condition Seen(Verdict verdict, string said, DateTimeOffset now, Looks? looks = null) => this with
    {
        Verdict = verdict,
        Said = said,
        Looks = looks,
        Since = verdict == Verdict ? Since : now,
        UpSince = verdict.IsUp ? UpSince ?? now : verdict.Kind is VerdictKind.Unknown ? UpSince : null,
        DownSince = verdict.Kind is VerdictKind.Down or VerdictKind.VmLost ? DownSince ?? now : DownSince,
    };

    public Condition Restarted(string operation, DateTimeOffset now) => LastRestart == operation
        ? this
        : this with { Restarts = Restarts + 1, LastRestart = operation, LastRestartAt = now, UpSince = null };

    /// <summary>Whether the bot has come back for good after it had been given up.</summary>
    public bool HasRecovered(DateTimeOffset now) => GivenUp is not null && IsUp && now - UpSince >= TrustedAfter;

    /// <summary>Whether there is nothing left to remember.</summary>
    public bool IsOver(DateTimeOffset now) =>
        Verdict.Kind is VerdictKind.Up && GivenUp is null && Drift is null && DownSince is null && (Restarts == 0 || now - UpSince >= WellAfter);
}

public enum CareKind
{
    /// <summary>Nothing now: the pause after the last restart is not over, or it was given up.</summary>
    Wait,
    Restart,
    GiveUp,
}

/// <summary>What is done about a bot that is down: at once, then after 1, 2, 4 and 8 minutes, then a person is called.</summary>
public static class Care
{
    public const int RestartsMax = 5;

    public static CareKind Next(Condition condition, DateTimeOffset now) =>
        condition.GivenUp is not null ? CareKind.Wait
        : condition.Restarts >= RestartsMax ? CareKind.GiveUp
        : now >= DueAt(condition) ? CareKind.Restart
        : CareKind.Wait;

    public static DateTimeOffset DueAt(Condition condition) => condition is { Restarts: > 0, LastRestartAt: { } last }
        ? last + TimeSpan.FromMinutes(1 << (condition.Restarts - 1))
        : DateTimeOffset.MinValue;
}
