using Launchpad.Shared.Accounts;

namespace Launchpad.Shared.Staff;

/// <summary>Somebody who looks after everybody's bots. No customer's account, and never one.</summary>
public sealed record Operator(string Id, string Email, DateTimeOffset CreatedAt)
{
    public const string Prefix = "stf";

    /// <summary>The chain of the record in which all stands that operators did, and that was done with them.</summary>
    public const string Chain = "staff";

    /// <summary>How records name him: his address is nobody's business there.</summary>
    public string Actor => ActorOf(Id);

    public static string ActorOf(string id) => $"operator:{id}";
}

/// <summary>A password that was made for an operator: it opens the door once, and until then not for long.</summary>
public sealed record MadePassword(DateTimeOffset At, bool Used)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    public bool IsOver(DateTimeOffset now) => Used || At + Lifetime <= now;
}

/// <summary>An operator and what is needed to let him in.</summary>
/// <param name="Addresses">Digests of the network addresses that he signed in from, the newest first.</param>
/// <param name="Made">Null where the password is one that he chose.</param>
/// <param name="SignedOutAt">Sessions of before do not count any more; null where that never was said.</param>
public sealed record OperatorLogin(
    Operator Operator, string PasswordHash, IReadOnlyList<string> Addresses, MadePassword? Made, DateTimeOffset? PasswordChangedAt,
    DateTimeOffset? SignedOutAt)
{
    public bool Knows(string address) => Addresses.Contains(Login.Digest(Operator.Id, address));
}
