using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>When all customers were signed out last: no session that was opened before counts any more. Sessions of operators have none.</summary>
public sealed class SessionCutoff(Tables tables, TimeProvider clock)
{
    /// <summary>For so long another instance goes on with what it read.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private const string Key = "signed-out-all";
    private const string At = "at";

    private volatile Known? known;

    /// <summary>Null where it never was done.</summary>
    public async ValueTask<DateTimeOffset?> ReadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (known is { } fresh && now - fresh.ReadAt < Remembered)
        {
            return fresh.At;
        }

        var at = (await tables.Sessions.FindAsync(Key, Key, ct))?.GetDateTimeOffset(At);
        // What was read before it was set here must not put it back.
        at = known?.At is { } set && !(at >= set) ? set : at;
        return (known = new(at, now)).At;
    }

    /// <summary>Here at once, at other instances within <see cref="Remembered"/>.</summary>
    public async Task SetAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await tables.Sessions.UpsertEntityAsync(new TableEntity(Key, Key) { [At] = now }, TableUpdateMode.Replace, ct);
        known = new(now, now);
    }

    private sealed record Known(DateTimeOffset? At, DateTimeOffset ReadAt);
}
