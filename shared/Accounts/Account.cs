namespace Launchpad.Shared.Accounts;

/// <summary>A customer.</summary>
public sealed record Account(string Id, string Email, DateTimeOffset CreatedAt);

/// <summary>A signed-in browser or client. The token itself is never stored.</summary>
public sealed record Session(string Account, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt);
