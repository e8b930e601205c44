namespace Launchpad.Shared.Accounts;

/// <summary>A customer.</summary>
public sealed record Account(string Id, string Email, DateTimeOffset CreatedAt);

/// <summary>A signed-in browser or client. The token itself is never stored.</summary>
/// <param name="Scope">What it is good for; null for everything.</param>
public sealed record Session(string Account, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt, string? Scope);

/// <summary>What a token may be good for, where that is not everything.</summary>
public static class Scopes
{
    /// <summary>A program that reads and asks in its owner's place.</summary>
    public const string Assistant = "assistant";

    /// <summary>The owner's word for one change that he has seen.</summary>
    public static string Confirmation(string preview) => $"confirm {preview}";
}
