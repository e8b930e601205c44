using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Accounts;

/// <summary>What is left of an account that was closed.</summary>
public sealed record ClosedAccount(string Id, DateTimeOffset CreatedAt, DateTimeOffset ClosedAt);

/// <summary>How an account ends: its owner asks for it, may take it back until its time has come, and from then on it is final.</summary>
public sealed class AccountEnds(Tables tables, Outbox outbox, IOptions<RetentionOptions> options, TimeProvider clock)
{
    internal const string ClosesAt = "closesAt";
    internal const string ClosedAt = "closedAt";

    /// <summary>The row that stays.</summary>
    private const string Stone = "closed";
    private const string Partition = "closing-";

    /// <summary>Before every time.</summary>
    private const string AtOnce = "0000000000000000000-";

    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    /// <summary>When an account is closed that is asked for now.</summary>
    public DateTimeOffset Soonest => clock.GetUtcNow() + options.Value.ClosedAccounts;

    /// <summary>Has an account closed when its time comes, and writes to its owner. Asked for once more, nothing changes.</summary>
    /// <returns>The account as it is then; null when it is closed already.</returns>
    public async Task<Account?> AskAsync(string id, CancellationToken ct)
    {
        while (await OpenAsync(id, ct) is { } row)
        {
            var account = AccountStore.Read(row);
            if (account.ClosesAt is not null)
            {
                return account;
            }

            // What leads to it comes first, so that none stays that was to go; and what leads to its bots, which go at once.
            var at = Soonest;
            await tables.Index.UpsertEntityAsync(LeadingToBots(id), TableUpdateMode.Replace, ct);
            await tables.Index.UpsertEntityAsync(
                new TableEntity(Partition + Shards.KeyOf(id), $"{at.UtcTicks:D19}-{id}") { ["account"] = id }, TableUpdateMode.Replace, ct);
            if (await TryChangeAsync(row, at, LetterKinds.AccountClosing, ct))
            {
                return account with { ClosesAt = at };
            }
        }

        return null;
    }

    /// <summary>The account stays. False when it is closed already.</summary>
    public async Task<bool> TakeBackAsync(string id, CancellationToken ct)
    {
        while (await OpenAsync(id, ct) is { } row)
        {
            if (AccountStore.Read(row).ClosesAt is null || await TryChangeAsync(row, DateTimeOffset.UnixEpoch, LetterKinds.AccountKept, ct))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether its owner has asked for it and not taken it back.</summary>
    public async Task<bool> IsAskedAsync(string id, CancellationToken ct) =>
        await OpenAsync(id, ct) is { } row && AccountStore.Read(row).ClosesAt is not null;

    /// <summary>Whether it leads to the bots of an account, which are deleted as soon as it is asked for.</summary>
    public static bool IsOfBots(TableEntity leading) => leading.RowKey.StartsWith(AtOnce, StringComparison.Ordinal);

    /// <summary>Whether whoever wrote it has had the time to ask as well.</summary>
    public bool IsSettled(TableEntity leading) => clock.GetUtcNow() - leading.Timestamp > Settled;

    /// <summary>All of the account's bots are being deleted.</summary>
    public Task BotsDoneAsync(string id, CancellationToken ct) => DoneAsync(LeadingToBots(id), ct);

    /// <summary>Those whose time has come, and those whose bots are to be deleted.</summary>
    public Round Round() =>
        new("closing", tables.Index, Partition, To: $"{clock.GetUtcNow().UtcTicks:D19}~", Max: options.Value.SweepMax);

    /// <summary>Whose time has come, or who was closed and of whom not all is gone; null for who stays, and for who is gone.</summary>
    public async Task<Account?> DueAsync(string id, CancellationToken ct) =>
        await tables.Accounts.FindAsync(id, AccountStore.Profile, ct) is { } row && AccountStore.Read(row) is { ClosesAt: { } at } account
            && (row.ContainsKey(ClosedAt) || at <= clock.GetUtcNow())
            ? account
            : null;

    /// <summary>From now on nobody is let in, and it cannot be taken back. The last letter goes to the address that the account had, which is
    /// kept until it is sent.</summary>
    /// <returns>False when its owner took it back meanwhile.</returns>
    public async Task<bool> SealAsync(string id, CancellationToken ct)
    {
        if (await tables.Accounts.FindAsync(id, AccountStore.Profile, ct) is not { } row)
        {
            return false;
        }

        var account = AccountStore.Read(row);
        if (!row.ContainsKey(ClosedAt))
        {
            if (account.ClosesAt is null)
            {
                return false;
            }

            row[ClosedAt] = row["signedOutAt"] = clock.GetUtcNow();
            if (!await tables.Accounts.TryReplaceAsync(row, row.ETag, ct))
            {
                return false;
            }
        }

        await outbox.SendAsync(
            $"{Stone}-{id}", LetterKinds.AccountClosed, LetterKinds.AccountClosed, new Dictionary<string, string> { ["email"] = account.Email }, ct);
        return true;
    }

    /// <summary>What is kept by its account goes; that there was one stays, and from when to when. The profile goes last: while it is there, the
    /// rest is looked for.</summary>
    public async Task EraseAsync(string id, CancellationToken ct)
    {
        if (await tables.Accounts.FindAsync(id, AccountStore.Profile, ct) is not { } row)
        {
            return;
        }

        await tables.Accounts.UpsertEntityAsync(
            new TableEntity(id, Stone) { ["createdAt"] = row["createdAt"], [ClosedAt] = row[ClosedAt] }, TableUpdateMode.Replace, ct);
        await tables.Accounts.RemoveAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {id} and RowKey ne {Stone} and RowKey ne {AccountStore.Profile}"), ct);
        await tables.Accounts.RemoveAsync(id, AccountStore.Profile, ct);
    }

    /// <summary>Null when no such account was ever closed.</summary>
    public async Task<ClosedAccount?> FindClosedAsync(string id, CancellationToken ct) => await tables.Accounts.FindAsync(id, Stone, ct) is { } row
        ? new(id, row.GetDateTimeOffset("createdAt")!.Value, row.GetDateTimeOffset(ClosedAt)!.Value)
        : null;

    /// <summary>What led to it has done its work.</summary>
    public Task DoneAsync(TableEntity leading, CancellationToken ct) => tables.Index.RemoveAsync(leading.PartitionKey, leading.RowKey, ct);

    private static TableEntity LeadingToBots(string id) => new(Partition + Shards.KeyOf(id), AtOnce + id) { ["account"] = id };

    private async Task<TableEntity?> OpenAsync(string id, CancellationToken ct) =>
        await tables.Accounts.FindAsync(id, AccountStore.Profile, ct) is { } row && !row.ContainsKey(ClosedAt) ? row : null;

    /// <summary>False when the account changed meanwhile.</summary>
    private async Task<bool> TryChangeAsync(TableEntity row, DateTimeOffset closesAt, string letter, CancellationToken ct)
    {
        var id = row.PartitionKey;
        var values = new Dictionary<string, string> { [ClosesAt] = $"{closesAt:O}" };
        var told = await outbox.PrepareAsync(id, letter, $"{letter}-{clock.GetUtcNow().UtcTicks}", values, ct);
        try
        {
            await tables.Accounts.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.UpdateMerge, new TableEntity(id, AccountStore.Profile) { [ClosesAt] = closesAt }, row.ETag),
                    new(TableTransactionActionType.Add, told),
                ],
                ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 404 or 412)
        {
            return false;
        }
    }
}
