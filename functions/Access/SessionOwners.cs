using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Caching.Memory;

namespace Launchpad.Functions.Access;

/// <summary>Whose session it is that a token opens. A page asks for many things at once: they share the reads (ADR 45).</summary>
public sealed class SessionOwners(SessionStore sessions, AccountStore accounts) : IDisposable
{
    private const int RememberedMax = 10_000;

    private readonly CoalescedReads<string, (Session Session, Account Person)?> reads = new();

    /// <summary>Accounts by the hash of a token. Whose a session is never changes, so that its owner can be read beside it; whether it is
    /// still open is never remembered.</summary>
    private readonly MemoryCache remembered = new(new MemoryCacheOptions { SizeLimit = RememberedMax });

    /// <summary>Null when it opens nothing, or nothing any more.</summary>
    public Task<(Session Session, Account Person)?> FindAsync(string token, CancellationToken ct) => reads.GetAsync(token, ReadAsync, ct);

    /// <summary>Null when there is none, or none any more.</summary>
    public Task<Account?> AccountAsync(string id, CancellationToken ct) => accounts.FindAsync(id, ct);

    public void Dispose() => remembered.Dispose();

    private async Task<(Session Session, Account Person)?> ReadAsync(string token)
    {
        var hash = BearerToken.Hash(token);
        var opened = sessions.FindAsync(token, CancellationToken.None);
        var owner = remembered.Get<string>(hash) is { } known ? accounts.FindAsync(known, CancellationToken.None) : OwnerAsync(opened);
        await Task.WhenAll(opened, owner);
        if (await opened is not { } session || await owner is not { } person || session.OpenedAt < person.SignedOutAt)
        {
            remembered.Remove(hash);
            return null;
        }

        remembered.Set(hash, person.Id, new MemoryCacheEntryOptions { Size = 1 });
        return (session, person);
    }

    private async Task<Account?> OwnerAsync(Task<Session?> opened) =>
        await opened is { } session ? await accounts.FindAsync(session.Account, CancellationToken.None) : null;
}
