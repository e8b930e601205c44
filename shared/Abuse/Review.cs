namespace Launchpad.Shared.Abuse;

/// <summary>Why the payments of an account wait for a person.</summary>
public enum Suspicion
{
    /// <summary>Many cards, or one many times, were refused in a short time: somebody tries which of them work.</summary>
    CardTesting,

    /// <summary>The same card was tried by many accounts in a short time.</summary>
    SharedCard,

    /// <summary>The payment provider took a payment, and finds it risky.</summary>
    PaymentRisk,

    /// <summary>A bank warns that a card was used without its owner.</summary>
    FraudWarning,

    /// <summary>A trial was begun with a card that another account had one with.</summary>
    RepeatedTrial,
}

public enum ReviewState
{
    /// <summary>Nobody has decided: nothing can be paid, and what was paid is not begun.</summary>
    Open,

    /// <summary>It was nothing.</summary>
    Released,

    /// <summary>Nothing can be paid any more, and what was paid and never ran is given back.</summary>
    Refused,
}

/// <summary>A person's look at an account, of which there is one for each suspicion.</summary>
/// <param name="Reason">What was seen, for operators; nothing that anybody typed.</param>
/// <param name="Since">When what is open, or was decided, was seen first.</param>
/// <param name="Evidence">The ids of what was seen. Once it is released, the same counts no more.</param>
/// <param name="DecidedBy">The operator; null as long as it is open.</param>
public sealed record Review(
    string Account, Suspicion Suspicion, string Reason, DateTimeOffset Since, ReviewState State, IReadOnlyList<string> Evidence,
    string? DecidedBy = null, DateTimeOffset? DecidedAt = null)
{
    private const int EvidenceMax = 100;

    /// <summary>Nothing is paid or begun as long as it is so.</summary>
    public bool Holds => State is not ReviewState.Released;

    /// <summary>The same with more of it. What was released is looked at again; what was refused stays so.</summary>
    public Review And(Suspect seen, DateTimeOffset now) => seen.Evidence.All(Evidence.Contains) ? this : this with
    {
        Evidence = [.. Evidence.Union(seen.Evidence).TakeLast(EvidenceMax)],
        Reason = State is ReviewState.Refused ? Reason : seen.Reason,
        Since = State is ReviewState.Released ? now : Since,
        State = State is ReviewState.Released ? ReviewState.Open : State,
        DecidedBy = State is ReviewState.Released ? null : DecidedBy,
        DecidedAt = State is ReviewState.Released ? null : DecidedAt,
    };
}

/// <summary>What looks suspicious.</summary>
/// <param name="Reason">In words, for operators.</param>
/// <param name="Evidence">The ids of what was seen.</param>
public sealed record Suspect(Suspicion Suspicion, string Reason, IReadOnlyList<string> Evidence);
