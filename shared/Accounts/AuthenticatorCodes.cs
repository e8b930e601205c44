using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using OtpNet;

namespace Launchpad.Shared.Accounts;

/// <summary>A secret that is to become a second factor.</summary>
public sealed record Enrolment(byte[] Secret, DateTimeOffset ExpiresAt);

/// <summary>What becomes of a second factor.</summary>
public enum FactorChange
{
    On,
    Off,
    CodesMade,
    CodeUsed,
}

/// <summary>Codes of an authenticator (RFC 6238) as a second factor of whoever has a partition in the table. The secret is sealed; a code is
/// good once.</summary>
/// <param name="table">Where the partitions are.</param>
/// <param name="seal">Who has no request to answer, as who replays histories, has no vault.</param>
/// <param name="clock">By which codes are good.</param>
public abstract class AuthenticatorCodes(TableClient table, Lazy<Seal> seal, TimeProvider clock)
{
    protected const string Row = "totp";
    protected const string OnSince = "since";

    private const string Pending = "totp-pending";
    private const int SecretBytes = 20;
    private static readonly TimeSpan PendingMax = TimeSpan.FromMinutes(15);

    /// <summary>A code of the step before and after is taken too: clocks differ, and people are slow.</summary>
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    protected TimeProvider Clock { get; } = clock;

    /// <summary>Begins anew whatever was begun before.</summary>
    public async Task<Enrolment> BeginAsync(string who, CancellationToken ct)
    {
        var (secret, expires) = (KeyGeneration.GenerateRandomKey(SecretBytes), Clock.GetUtcNow() + PendingMax);
        await table.UpsertEntityAsync(
            new TableEntity(who, Pending) { ["secret"] = await seal.Value.CloseAsync(Purpose(who), secret, ct), ["expiresAt"] = expires },
            TableUpdateMode.Replace, ct);
        return new(secret, expires);
    }

    /// <summary>Whether there is something to confirm.</summary>
    public async Task<bool> HasBegunAsync(string who, CancellationToken ct) => await PendingAsync(who, ct) is not null;

    /// <summary>From now on signing in asks for a code.</summary>
    /// <returns>The recovery codes, which are told once; null when the code is wrong.</returns>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(string who, string code, CancellationToken ct)
    {
        if (await PendingAsync(who, ct) is not { } pending || await StepAsync(who, pending, code, ct) is not { } step)
        {
            return null;
        }

        var (codes, rows) = RecoveryCodes.Make(who);
        List<TableTransactionAction> all =
        [
            new(TableTransactionActionType.Delete, pending, pending.ETag),
            new(TableTransactionActionType.UpsertReplace, new TableEntity(who, Row)
            {
                ["secret"] = pending.GetString("secret"),
                ["step"] = step,
                [OnSince] = Clock.GetUtcNow(),
            }),
            .. await OldCodesAsync(who, ct),
            .. rows,
            .. await BesideAsync(who, FactorChange.On, ct),
        ];
        return await TryAsync(all, ct) ? codes : null;
    }

    /// <summary>Whether it is the code of now. The same is not taken twice.</summary>
    public async Task<bool> TryCodeAsync(string who, string code, CancellationToken ct)
    {
        if (await table.FindAsync(who, Row, ct) is not { } row || await StepAsync(who, row, code, ct) is not { } step
            || step <= row.GetInt64("step"))
        {
            return false;
        }

        row["step"] = step;
        if (seal.Value.IsOld(row.GetString("secret")))
        {
            row["secret"] = await seal.Value.CloseAsync(Purpose(who), await SecretAsync(who, row, ct), ct);
        }

        return await table.TryReplaceAsync(row, row.ETag, ct);
    }

    /// <summary>Whether it is one of those that are left, which it is not any more.</summary>
    public async Task<bool> TryRecoveryCodeAsync(string who, string code, CancellationToken ct) =>
        RecoveryCodes.KeyOf(who, code) is { } key && await table.FindAsync(who, key, ct) is { } row
        && await TryAsync([new(TableTransactionActionType.Delete, row, row.ETag), .. await BesideAsync(who, FactorChange.CodeUsed, ct)], ct);

    public async Task<int> CodesLeftAsync(string who, CancellationToken ct) => await RecoveryCodes.Rows(table, who, ct).CountAsync(ct);

    /// <summary>New ones, which are told once; the others are void.</summary>
    public async Task<IReadOnlyList<string>> RenewCodesAsync(string who, CancellationToken ct)
    {
        while (true)
        {
            var (codes, rows) = RecoveryCodes.Make(who);
            if (await TryAsync([.. await OldCodesAsync(who, ct), .. rows, .. await BesideAsync(who, FactorChange.CodesMade, ct)], ct))
            {
                return codes;
            }
        }
    }

    /// <summary>Does nothing where it is off already.</summary>
    public async Task TurnOffAsync(string who, CancellationToken ct)
    {
        while (await table.FindAsync(who, Row, ct) is { } row)
        {
            List<TableTransactionAction> all =
            [
                new(TableTransactionActionType.Delete, row, ETag.All),
                .. await OldCodesAsync(who, ct),
                .. await BesideAsync(who, FactorChange.Off, ct),
            ];
            if (await TryAsync(all, ct))
            {
                return;
            }
        }
    }

    /// <summary>What is written in the same transaction.</summary>
    protected abstract Task<IReadOnlyList<TableTransactionAction>> BesideAsync(string who, FactorChange change, CancellationToken ct);

    private async Task<TableEntity?> PendingAsync(string who, CancellationToken ct) =>
        await table.FindAsync(who, Pending, ct) is { } row && row.GetDateTimeOffset("expiresAt") > Clock.GetUtcNow() ? row : null;

    /// <summary>Of which step it is the code; null for a wrong one.</summary>
    private async Task<long?> StepAsync(string who, TableEntity row, string code, CancellationToken ct) =>
        new Totp(await SecretAsync(who, row, ct)).VerifyTotp(Clock.GetUtcNow().UtcDateTime, code, out var step, Window) ? step : null;

    private async Task<byte[]> SecretAsync(string who, TableEntity row, CancellationToken ct) =>
        await seal.Value.OpenAsync(Purpose(who), row.GetString("secret"), ct)
        ?? throw new InvalidOperationException("The secret of a second factor does not open with the keys of this vault.");

    private async Task<IEnumerable<TableTransactionAction>> OldCodesAsync(string who, CancellationToken ct) =>
        (await RecoveryCodes.Rows(table, who, ct).ToListAsync(ct))
            .Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All));

    private async Task<bool> TryAsync(IEnumerable<TableTransactionAction> all, CancellationToken ct)
    {
        try
        {
            await table.SubmitTransactionAsync(all, ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private static string Purpose(string who) => $"second factor of {who}";
}
