using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Webhooks;

/// <summary>A program of a customer that hears of what happens.</summary>
/// <param name="Types">Of events; none for all.</param>
/// <param name="Key">The number of the secret that signs.</param>
/// <param name="FormerUntil">Until when the one before signs too; null for never.</param>
/// <param name="FailingSince">Since when nothing was taken; null where the last try was.</param>
/// <param name="DisabledWhy">failed, gone or paused; null while it is called.</param>
public sealed record WebhookEndpoint(
    string Id, string Account, string Url, string Description, IReadOnlyList<string> Types, DateTimeOffset CreatedAt, int Key = 1,
    DateTimeOffset? FormerUntil = null, DateTimeOffset? FailingSince = null, string? DisabledWhy = null, ETag ETag = default)
{
    public const string Failed = "failed";
    public const string Gone = "gone";
    public const string Paused = "paused";

    public bool Hears(CustomerEvent one) => DisabledWhy is null && (Types.Count == 0 || Types.Contains(one.Type)) && one.At >= CreatedAt;
}

/// <summary>The endpoints of each account, whose secrets are in the vault.</summary>
public sealed class WebhookEndpoints(Tables tables, BotSecrets secrets, TimeProvider clock)
{
    public const int PerAccountMax = 10;
    private const string IdPrefix = "whk";
    private static readonly TimeSpan FormerKeyFor = TimeSpan.FromHours(24);

    public static bool IsId(string id) => Ids.IsValid(id, IdPrefix);

    /// <returns>The secret, which is shown once; null when the account has too many.</returns>
    public async Task<(string Secret, WebhookEndpoint Kept)?> AddAsync(
        string account, string url, string description, IReadOnlyList<string> types, CancellationToken ct)
    {
        if ((await ListAsync(account, ct)).Count >= PerAccountMax)
        {
            return null;
        }

        var added = new WebhookEndpoint(Ids.New(IdPrefix, clock), account, url, description, types, clock.GetUtcNow());
        var secret = await NewSecretAsync(added, ct);
        await tables.Webhooks.AddEntityAsync(Write(added), ct);
        return (secret, (await FindAsync(account, added.Id, ct))!);
    }

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(string account, CancellationToken ct) => await tables.Webhooks
        .QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey gt {IdPrefix + "_"} and RowKey lt {IdPrefix + "`"}"), cancellationToken: ct)
        .Select(Read).ToListAsync(ct);

    /// <summary>Null when the account has none of that id.</summary>
    public async Task<WebhookEndpoint?> FindAsync(string account, string id, CancellationToken ct) =>
        await tables.Webhooks.FindAsync(account, id, ct) is { } row ? Read(row) : null;

    /// <summary>Reads, changes and saves until nobody saved in between; null when there is none (any more).</summary>
    public async Task<WebhookEndpoint?> ChangeAsync(string account, string id, Func<WebhookEndpoint, WebhookEndpoint> change, CancellationToken ct)
    {
        while (await FindAsync(account, id, ct) is { } known)
        {
            var changed = change(known);
            if (changed == known || await tables.Webhooks.TryReplaceAsync(Write(changed), known.ETag, ct))
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Another secret signs from now on, and the one before beside it for a day.</summary>
    /// <returns>The new one; null when there is no such endpoint.</returns>
    public async Task<string?> RotateAsync(string account, string id, CancellationToken ct)
    {
        if (await FindAsync(account, id, ct) is not { } known)
        {
            return null;
        }

        var next = known with { Key = known.Key + 1, FormerUntil = clock.GetUtcNow() + FormerKeyFor };
        var secret = await NewSecretAsync(next, ct);
        if (!await tables.Webhooks.TryReplaceAsync(Write(next), known.ETag, ct))
        {
            // Somebody changed it meanwhile: his change counts, and this is asked for again.
            return await RotateAsync(account, id, ct);
        }

        if (known.Key > 1)
        {
            await secrets.EraseAsync(id, Name(known.Key - 1), ct);
        }

        return secret;
    }

    /// <summary>What signs now, the newest first.</summary>
    public async Task<IReadOnlyList<string>> SecretsAsync(WebhookEndpoint of, CancellationToken ct)
    {
        var keys = new List<string> { await secrets.GetAsync(of.Id, Name(of.Key), ct) };
        if (of.FormerUntil > clock.GetUtcNow() && await secrets.FindAsync(of.Id, Name(of.Key - 1), ct) is { } former)
        {
            keys.Add(former);
        }

        return keys;
    }

    /// <summary>False when there is none of that id. What waits for it is dropped when it is due.</summary>
    public async Task<bool> RemoveAsync(string account, string id, CancellationToken ct)
    {
        if (await FindAsync(account, id, ct) is null)
        {
            return false;
        }

        await tables.Webhooks.RemoveAsync(account, id, ct);
        await secrets.EraseAllAsync(id, ct);
        return true;
    }

    private async Task<string> NewSecretAsync(WebhookEndpoint of, CancellationToken ct)
    {
        var secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await secrets.PutAsync(of.Id, Name(of.Key), secret, ct);
        return secret;
    }

    private static string Name(int key) => $"signing-{key}";

    private static TableEntity Write(WebhookEndpoint of) => new(of.Account, of.Id)
    {
        ["url"] = of.Url,
        ["description"] = of.Description,
        ["types"] = string.Join(' ', of.Types),
        ["createdAt"] = of.CreatedAt,
        ["key"] = of.Key,
        ["formerUntil"] = of.FormerUntil,
        ["failingSince"] = of.FailingSince,
        ["disabledWhy"] = of.DisabledWhy,
    };

    private static WebhookEndpoint Read(TableEntity row) => new(
        row.RowKey, row.PartitionKey, row.GetString("url"), row.GetString("description"),
        row.GetString("types").Split(' ', StringSplitOptions.RemoveEmptyEntries), row.GetDateTimeOffset("createdAt")!.Value, row.GetInt32("key")!.Value,
        row.GetDateTimeOffset("formerUntil"), row.GetDateTimeOffset("failingSince"), row.GetString("disabledWhy"), row.ETag);
}
