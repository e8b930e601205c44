using Azure.Data.Tables;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Accounts whose owners asked to have them closed.</summary>
public sealed class AccountSchedules(AccountEnds ends, Rounds rounds, AccountCloser closer)
{
    /// <summary>Each whose time has come. What failed, or has to wait for a bot, is tried again the next time.</summary>
    [Function("CloseAccounts")]
    public Task Close([TimerTrigger("25 */10 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        rounds.GoAsync(ends.Round(), (row, stop) => closer.CloseAsync(client, row, stop), ct);
}

/// <summary>Closes an account: its bots first, then its door, then what the payment provider and we keep of it. However often it is stopped in
/// between, what leads to it goes last.</summary>
public sealed class AccountCloser(AccountEnds ends, ClosingBots bots, Payers payers, AccountErasure erasure)
{
    private const string Actor = "launchpad";

    /// <param name="client">Of the engine.</param>
    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task CloseAsync(DurableTaskClient client, TableEntity row, CancellationToken ct)
    {
        var id = row.GetString("account");
        if (AccountEnds.IsOfBots(row))
        {
            await DeleteBotsAsync(client, id, row, ct);
            return;
        }

        if (await ends.DueAsync(id, ct) is { } account)
        {
            // Whatever its owner left, or brought back meanwhile, cannot be wanted back by anybody.
            if (await bots.DeleteAsync(client, id, Actor, DeletionRequest.AtOnce, ct) > 0 || !await ends.SealAsync(id, ct))
            {
                return;
            }

            await payers.ForgetAsync(account, ct);
            await erasure.EraseAsync(account, Actor, ct);
        }

        await ends.DoneAsync(row, ct);
    }

    /// <summary>What whoever asked did not come to: he was told that nothing more is charged.</summary>
    private async Task DeleteBotsAsync(DurableTaskClient client, string id, TableEntity row, CancellationToken ct)
    {
        var isAsked = await ends.IsAskedAsync(id, ct);
        if (isAsked)
        {
            await bots.BeginAsync(client, id, ct);
        }

        if (isAsked || ends.IsSettled(row))
        {
            await ends.DoneAsync(row, ct);
        }
    }
}

/// <summary>Erases what is kept of an account, and says so in its record.</summary>
public sealed class AccountErasure(AccountRemains remains, Recorder recorder)
{
    public async Task EraseAsync(Account account, string by, CancellationToken ct)
    {
        await recorder.ActOnceAsync("closed", account.Id, by, "account-closed", null, ct);
        await remains.EraseAsync(account, ct);
    }
}
