namespace Launchpad.Shared.Accounts;

/// <summary>A customer.</summary>
/// <param name="EmailVerifiedAt">When a link that was sent to the address was followed; null until then.</param>
/// <param name="PasswordChangedAt">Null where it is the first.</param>
/// <param name="SignedOutAt">What was opened before does not count any more; null where that never was said.</param>
/// <param name="SecondFactorSince">Since when signing in asks for a code; null where it does not.</param>
/// <param name="ClosesAt">When it is closed, as its owner asked; null where he did not, or took it back.</param>
/// <param name="LockedAt">Since when nobody gets in, because an operator said so; null where that is not so.</param>
public sealed record Account(
    string Id, string Email, DateTimeOffset CreatedAt, DateTimeOffset? EmailVerifiedAt = null, DateTimeOffset? PasswordChangedAt = null,
    DateTimeOffset? SignedOutAt = null, DateTimeOffset? SecondFactorSince = null, DateTimeOffset? ClosesAt = null, DateTimeOffset? LockedAt = null);

/// <summary>A signed-in browser or client. The token itself is never stored.</summary>
/// <param name="Scope">What it is good for; null for everything.</param>
/// <param name="FreshAt">When it was last proven whose it is.</param>
/// <param name="LastUsedAt">To the hour.</param>
public sealed record Session(
    string Account, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt, string? Scope, DateTimeOffset FreshAt, DateTimeOffset LastUsedAt);

/// <summary>What a token may be good for, where that is not everything.</summary>
public static class Scopes
{
    /// <summary>A program that reads and asks in its owner's place.</summary>
    public const string Assistant = "assistant";

    /// <summary>The owner's word for one change that he has seen.</summary>
    public static string Confirmation(string preview) => $"confirm {preview}";
}
