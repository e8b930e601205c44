using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Notifications;

/// <summary>What letters are about.</summary>
public enum NotificationKind
{
    /// <summary>Sign-in, passwords, second factors. Always told.</summary>
    Security,

    /// <summary>What becomes of a bot that is not paid for. Always told.</summary>
    Billing,

    /// <summary>Operations that failed, and what was taken back by itself.</summary>
    Operations,

    /// <summary>A bot that does not run any more.</summary>
    Health,

    /// <summary>Backups that are missing, and trials of them that failed.</summary>
    Backups,

    /// <summary>Webhooks that were switched off.</summary>
    Webhooks,
}

/// <summary>What a person wants no letters about.</summary>
public sealed class NotificationSettings(Tables tables)
{
    private const string Row = "notifications";

    /// <summary>Whoever could turn these off would lose the account, or a bot, unheard.</summary>
    public static bool CanBeOff(NotificationKind kind) => kind is not (NotificationKind.Security or NotificationKind.Billing);

    public async Task<IReadOnlySet<NotificationKind>> OffAsync(string person, CancellationToken ct) =>
        Read(await tables.Accounts.FindAsync(person, Row, ct));

    public Task SaveAsync(string person, IEnumerable<NotificationKind> off, CancellationToken ct) =>
        tables.Accounts.UpsertEntityAsync(Write(person, off), TableUpdateMode.Replace, ct);

    /// <summary>One more, whatever else is chosen meanwhile.</summary>
    public async Task TurnOffAsync(string person, NotificationKind kind, CancellationToken ct)
    {
        while (true)
        {
            var row = await tables.Accounts.FindAsync(person, Row, ct);
            var off = Write(person, [.. Read(row), kind]);
            if (row is null ? await tables.Accounts.TryAddAsync(off, ct) : await tables.Accounts.TryReplaceAsync(off, row.ETag, ct))
            {
                return;
            }
        }
    }

    private static HashSet<NotificationKind> Read(TableEntity? row) => row is null
        ? []
        : [.. row.GetString("off").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<NotificationKind>).Where(CanBeOff)];

    private static TableEntity Write(string person, IEnumerable<NotificationKind> off) =>
        new(person, Row) { ["off"] = string.Join(' ', off.Where(CanBeOff).Distinct().Order()) };
}
