using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using OtpNet;

namespace Launchpad.Shared.Accounts;

/// <summary>A secret that is to become a second factor.</summary>
public sealed record Enrolment(byte[] Secret, DateTimeOffset ExpiresAt);

/// <summary>Codes of an authenticator (RFC 6238) as a second factor. The secret is sealed; a code is good once.</summary>
public sealed class SecondFactors(Tables tables, Seal seal, Outbox outbox, TimeProvider clock)
{
    private const string Row = "totp";
    private const string Pending = "totp-pending";
    private const int SecretBytes = 20;
    private static readonly TimeSpan PendingMax = TimeSpan.FromMinutes(15);

    /// <summary>A code of the step before and after is taken too: clocks differ, and people are slow.</summary>
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    /// <summary>Begins anew whatever was begun before.</summary>
    public async Task<Enrolment> BeginAsync(string account, CancellationToken ct)
    {
        var (secret, expires) = (KeyGeneration.GenerateRandomKey(SecretBytes), clock.GetUtcNow() + PendingMax);
        await tables.Accounts.UpsertEntityAsync(
            new TableEntity(account, Pending) { ["secret"] = await seal.CloseAsync(Purpose(account), secret, ct), ["expiresAt"] = expires },
            TableUpdateMode.Replace, ct);
        return new(secret, expires);
    }

    /// <summary>Whether there is something to confirm.</summary>
    public async Task<bool> HasBegunAsync(string account, CancellationToken ct) => await PendingAsync(account, ct) is not null;

    /// <summary>From now on signing in asks for a code.</summary>
    /// <returns>The recovery codes, which are told once; null when the code is wrong.</returns>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(string account, string code, CancellationToken ct)
    {
        if (await PendingAsync(account, ct) is not { } pending || await StepAsync(account, pending, code, ct) is not { } step)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var (codes, rows) = RecoveryCodes.Make(account);
        List<TableTransactionAction> all =
        [
            new(TableTransactionActionType.Delete, pending, pending.ETag),
            new(TableTransactionActionType.UpsertReplace, new TableEntity(account, Row)
            {
                ["secret"] = pending.GetString("secret"),
                ["step"] = step,
            }),
            Since(account, now),
            .. await OldCodesAsync(account, ct),
            .. rows,
            await LetterAsync(account, LetterKinds.SecondFactorOn, null, ct),
        ];
        return await TryAsync(all, ct) ? codes : null;
    }

    /// <summary>Whether it is the code of now. The same is not taken twice.</summary>
    public async Task<bool> TryCodeAsync(string account, string code, CancellationToken ct)
    {
        if (await tables.Accounts.FindAsync(account, Row, ct) is not { } row || await StepAsync(account, row, code, ct) is not { } step
            || step <= row.GetInt64("step"))
        {
            return false;
        }

        row["step"] = step;
        return await tables.Accounts.TryReplaceAsync(row, row.ETag, ct);
    }

    /// <summary>Whether it is one of those that are left, which it is not any more.</summary>
    public async Task<bool> TryRecoveryCodeAsync(string account, string code, CancellationToken ct)
    {
        if (RecoveryCodes.KeyOf(account, code) is not { } key || await tables.Accounts.FindAsync(account, key, ct) is not { } row)
        {
            return false;
        }

        var left = await CodesLeftAsync(account, ct) - 1;
        return await TryAsync(
            [
                new(TableTransactionActionType.Delete, row, row.ETag),
                await LetterAsync(account, LetterKinds.RecoveryCodeUsed, new Dictionary<string, string> { ["left"] = $"{left}" }, ct),
            ],
            ct);
    }

    public async Task<int> CodesLeftAsync(string account, CancellationToken ct) => await RecoveryCodes.Rows(tables, account, ct).CountAsync(ct);

    /// <summary>New ones, which are told once; the others are void.</summary>
    public async Task<IReadOnlyList<string>> RenewCodesAsync(string account, CancellationToken ct)
    {
        while (true)
        {
            var (codes, rows) = RecoveryCodes.Make(account);
            if (await TryAsync([.. await OldCodesAsync(account, ct), .. rows, await LetterAsync(account, LetterKinds.RecoveryCodesMade, null, ct)], ct))
            {
                return codes;
            }
        }
    }

    /// <summary>Does nothing where it is off already.</summary>
    public async Task TurnOffAsync(string account, CancellationToken ct)
    {
        while (await tables.Accounts.FindAsync(account, Row, ct) is { } row)
        {
            List<TableTransactionAction> all =
            [
                new(TableTransactionActionType.Delete, row, ETag.All),
                Since(account, null),
                .. await OldCodesAsync(account, ct),
                await LetterAsync(account, LetterKinds.SecondFactorOff, null, ct),
            ];
            if (await TryAsync(all, ct))
            {
                return;
            }
        }
    }

    private async Task<TableEntity?> PendingAsync(string account, CancellationToken ct) =>
        await tables.Accounts.FindAsync(account, Pending, ct) is { } row && row.GetDateTimeOffset("expiresAt") > clock.GetUtcNow() ? row : null;

    /// <summary>Of which step it is the code; null for a wrong one.</summary>
    private async Task<long?> StepAsync(string account, TableEntity row, string code, CancellationToken ct)
    {
        var secret = await seal.OpenAsync(Purpose(account), row.GetString("secret"), ct)
            ?? throw new InvalidOperationException("The secret of a second factor does not open with the key of this vault.");
        return new Totp(secret).VerifyTotp(clock.GetUtcNow().UtcDateTime, code, out var step, Window) ? step : null;
    }

    private async Task<IEnumerable<TableTransactionAction>> OldCodesAsync(string account, CancellationToken ct) =>
        (await RecoveryCodes.Rows(tables, account, ct).ToListAsync(ct))
            .Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All));

    /// <summary>The account says it too, so that whoever reads that knows.</summary>
    private static TableTransactionAction Since(string account, DateTimeOffset? since) => new(
        TableTransactionActionType.UpdateMerge,
        new TableEntity(account, AccountStore.Profile) { ["secondFactorSince"] = since ?? DateTimeOffset.UnixEpoch }, ETag.All);

    private async Task<TableTransactionAction> LetterAsync(
        string account, string letter, IReadOnlyDictionary<string, string>? values, CancellationToken ct) => new(
        TableTransactionActionType.Add, await outbox.PrepareAsync(account, letter, $"{letter}-{clock.GetUtcNow().UtcTicks}", values, ct));

    private async Task<bool> TryAsync(IEnumerable<TableTransactionAction> all, CancellationToken ct)
    {
        try
        {
            await tables.Accounts.SubmitTransactionAsync(all, ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private static string Purpose(string account) => $"second factor of {account}";
}
