using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>Second factors of customers. Each change is one transaction with the letter that tells the owner.</summary>
public sealed class SecondFactors(Tables tables, Lazy<Seal> seal, Outbox outbox, TimeProvider clock)
    : AuthenticatorCodes(tables.Accounts, seal, clock)
{
    protected override async Task<IReadOnlyList<TableTransactionAction>> BesideAsync(string who, FactorChange change, CancellationToken ct) =>
        change switch
        {
            FactorChange.On => [Since(who, Clock.GetUtcNow()), await LetterAsync(who, LetterKinds.SecondFactorOn, null, ct)],
            FactorChange.Off => [Since(who, null), await LetterAsync(who, LetterKinds.SecondFactorOff, null, ct)],
            FactorChange.CodesMade => [await LetterAsync(who, LetterKinds.RecoveryCodesMade, null, ct)],
            _ => [await LetterAsync(who, LetterKinds.RecoveryCodeUsed, new() { ["left"] = $"{await CodesLeftAsync(who, ct) - 1}" }, ct)],
        };

    /// <summary>The account says it too, so that whoever reads that knows.</summary>
    private static TableTransactionAction Since(string account, DateTimeOffset? since) => new(
        TableTransactionActionType.UpdateMerge,
        new TableEntity(account, AccountStore.Profile) { ["secondFactorSince"] = since ?? DateTimeOffset.UnixEpoch }, ETag.All);

    private async Task<TableTransactionAction> LetterAsync(
        string account, string letter, Dictionary<string, string>? values, CancellationToken ct) => new(
        TableTransactionActionType.Add, await outbox.PrepareAsync(account, letter, $"{letter}-{Clock.GetUtcNow().UtcTicks}", values, ct));
}
