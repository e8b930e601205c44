using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Access;

/// <summary>Whose session it is that a token opens. A page asks for many things at once: they share the reads (ADR 45).</summary>
public sealed class SessionOwners(SessionStore sessions, AccountStore accounts)
{
    private readonly CoalescedReads<string, (Session Session, Account Person)?> reads = new();

    /// <summary>Null when it opens nothing, or nothing any more.</summary>
    public Task<(Session Session, Account Person)?> FindAsync(string token, CancellationToken ct) => reads.GetAsync(token, ReadAsync, ct);

    private async Task<(Session Session, Account Person)?> ReadAsync(string token) =>
        await sessions.FindAsync(token, CancellationToken.None) is { } session
        && await accounts.FindAsync(session.Account, CancellationToken.None) is { } person
        && !(session.OpenedAt < person.SignedOutAt)
            ? (session, person)
            : null;
}
