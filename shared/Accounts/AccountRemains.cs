using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Webhooks;

namespace Launchpad.Shared.Accounts;

/// <summary>What is left of an account when it is closed: what goes, and what stays and why. Each part goes as often as it is asked to.</summary>
public sealed class AccountRemains(AccountReach reach, AccountStore accounts, WebhookEndpoints webhooks, AccountRows rows)
{
    public static IReadOnlyList<Kept> Kept { get; } =
    [
        new("The record: what was done with the account and its bots, when and by whom, without what anybody typed.", "It proves what was done, this too.", null),
        new("Bills and payments, here and at the payment provider.", "Tax law asks for them.", null),
        new("That the account was there, from when to when.", "Whatever is kept is found by it.", null),
        new("Your address in the records of accounts that others let you into.", "Their owners have to know who was in.", null),
        new("Why a person looked at payments, where one did.", "It may be asked again by whoever was charged.", null),
        new("What each deleted bot's certificate lists, and what the bot was called.", "To answer questions about what it did.", null),
    ];

    public async Task EraseAsync(Account account, CancellationToken ct)
    {
        await reach.EndAsync(account.Id, ct);
        foreach (var endpoint in await webhooks.ListAsync(account.Id, ct))
        {
            await webhooks.RemoveAsync(account.Id, endpoint.Id, ct);
        }

        await accounts.FreeAsync(account, ct);
        await rows.EraseAsync(account.Id, ct);
    }
}

/// <summary>Who and what reaches an account's bots, and whose it reaches.</summary>
public sealed class AccountReach(SessionStore sessions, ApiTokenStore tokens, MemberStore members, Recorder recorder)
{
    /// <summary>Nobody gets in any more, and the person is shut out of the accounts that he was let into.</summary>
    public async Task EndAsync(string account, CancellationToken ct)
    {
        await sessions.CloseOthersAsync(account, kept: null, ct);
        await tokens.RemoveAllAsync(account, ct);
        foreach (var workplace in await members.AccountsOfAsync(account, ct))
        {
            if (await members.FindAsync(workplace, account, ct) is { } member)
            {
                await recorder.ActOnceAsync(
                    $"left-{account}", workplace, account, "remove-member",
                    new { member = account, before = new { role = member.Role.Wire() }, why = "account-closed" }, ct);
            }
        }

        await members.RemoveAllAsync(account, ct);
    }
}

/// <summary>What is kept in an account's own partitions.</summary>
public sealed class AccountRows(Tables tables, RecordStore records, AccountEnds ends)
{
    public async Task EraseAsync(string account, CancellationToken ct)
    {
        await tables.Webhooks.RemovePartitionAsync(account, ct);
        await tables.Idempotency.RemovePartitionAsync(account, ct);
        await records.EraseWordsAsync(account, ct);
        await ends.EraseAsync(account, ct);
    }
}
