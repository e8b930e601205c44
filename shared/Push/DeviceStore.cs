using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Push;

/// <summary>A browser that shows somebody what he is written to about.</summary>
/// <param name="Label">What it is, as in "Firefox on Linux".</param>
/// <param name="Service">The host of its push service.</param>
/// <param name="LastSentAt">When its push service last took something; null where it never did.</param>
/// <param name="Target">A <see cref="PushTarget"/>, sealed.</param>
public sealed record Device(
    string Id, string Person, string Label, string Service, DateTimeOffset CreatedAt, DateTimeOffset? LastSentAt, string Target);

/// <summary>A browser's subscription. Whoever has it sends to that browser, so it is told to nobody, nor written down in the clear.</summary>
/// <param name="Endpoint">At the push service.</param>
/// <param name="P256dh">The browser's public key: a point as base64url.</param>
/// <param name="Auth">The secret that it shares with who sends: base64url.</param>
public sealed record PushTarget(string Endpoint, string P256dh, string Auth);

/// <summary>The devices of each person. One that was added before everybody was signed out hears nothing any more: who added it may have been
/// whom that was meant for.</summary>
/// <param name="seal">Who has no request to answer, as who replays histories, has no vault.</param>
public sealed class DeviceStore(Tables tables, Outbox outbox, Lazy<Seal> seal, TimeProvider clock)
{
    public const int PerPersonMax = 10;

    /// <summary>What letters about a device call it by.</summary>
    public const string Label = "device";

    private const string Prefix = "device-";
    private const string IdPrefix = "dvc_";
    private const int IdDigits = 24;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static bool IsId(string id) => id.Length == IdPrefix.Length + IdDigits && id.StartsWith(IdPrefix, StringComparison.Ordinal)
        && id.AsSpan(IdPrefix.Length).IndexOfAnyExcept(Digits) < 0;

    /// <summary>The same for the same subscription, and nothing of it can be read from it. A page finds its own device by it.</summary>
    public static string IdOf(string endpoint) => IdPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint)))[..IdDigits];

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<Device>> ListAsync(string person, CancellationToken ct)
    {
        var rows = await tables.Accounts.QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {person} and RowKey ge {Prefix} and RowKey lt {Prefix + "~"}"), cancellationToken: ct)
            .ToListAsync(ct);
        var known = new List<Device>();
        var after = rows.Count > 0 ? await SignedOutAsync(person, ct) : default;
        foreach (var row in rows)
        {
            if (await KeptAsync(row, after, ct) is { } device)
            {
                known.Add(device);
            }
        }

        return [.. known.OrderBy(device => device.CreatedAt)];
    }

    /// <summary>Null when the person has none of that id.</summary>
    public async Task<Device?> FindAsync(string person, string id, CancellationToken ct) =>
        IsId(id) && await tables.Accounts.FindAsync(person, Prefix + id, ct) is { } row
            ? await KeptAsync(row, await SignedOutAsync(person, ct), ct)
            : null;

    /// <summary>The same subscription again is the same device, with the keys that it has now.</summary>
    /// <returns>Null when the person has too many.</returns>
    public async Task<Device?> AddAsync(string person, PushTarget target, string label, CancellationToken ct)
    {
        var (id, known) = (IdOf(target.Endpoint), await ListAsync(person, ct));
        var before = known.FirstOrDefault(device => device.Id == id);
        if (before is null && known.Count >= PerPersonMax)
        {
            return null;
        }

        // Before the device has its time: it hears of what comes after it, and not of itself.
        var letter = before is null ? await LetterAsync(person, LetterKinds.DeviceAdded, id, label, ct) : null;
        var text = JsonSerializer.SerializeToUtf8Bytes(target);
        var added = new Device(
            id, person, label, new Uri(target.Endpoint).Host, before?.CreatedAt ?? clock.GetUtcNow(), before?.LastSentAt,
            await seal.Value.CloseAsync(Purpose(person, id), text, ct));
        List<TableTransactionAction> all = [new(TableTransactionActionType.UpsertReplace, Write(added))];
        if (letter is not null)
        {
            all.Add(new(TableTransactionActionType.Add, letter));
        }

        await tables.Accounts.SubmitTransactionAsync(all, ct);
        return added;
    }

    /// <summary>By its owner. False when there is none of that id.</summary>
    public async Task<bool> RemoveAsync(string person, string id, CancellationToken ct)
    {
        if (await FindAsync(person, id, ct) is not { } known)
        {
            return false;
        }

        var letter = await LetterAsync(person, LetterKinds.DeviceRemoved, id, known.Label, ct);
        try
        {
            await tables.Accounts.SubmitTransactionAsync(
                [new(TableTransactionActionType.Delete, Write(known), ETag.All), new(TableTransactionActionType.Add, letter)], ct);
            return true;
        }
        catch (TableTransactionFailedException gone) when (gone.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Its push service says that there is no such subscription any more.</summary>
    public Task ForgetAsync(Device device, CancellationToken ct) => tables.Accounts.RemoveAsync(device.Person, Prefix + device.Id, ct);

    /// <summary>Its push service took something.</summary>
    public async Task SentAsync(Device device, CancellationToken ct)
    {
        var change = new TableEntity(device.Person, Prefix + device.Id) { ["lastSentAt"] = clock.GetUtcNow() };
        if (seal.Value.IsOld(device.Target))
        {
            var text = JsonSerializer.SerializeToUtf8Bytes(await OpenAsync(device, ct));
            change["target"] = await seal.Value.CloseAsync(Purpose(device.Person, device.Id), text, ct);
        }

        try
        {
            await tables.Accounts.UpdateEntityAsync(change, ETag.All, TableUpdateMode.Merge, ct);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            // Somebody removed it meanwhile.
        }
    }

    public async Task<PushTarget> OpenAsync(Device device, CancellationToken ct)
    {
        var text = await seal.Value.OpenAsync(Purpose(device.Person, device.Id), device.Target, ct)
            ?? throw new InvalidOperationException("The subscription of a device does not open with the key of this vault.");
        return JsonSerializer.Deserialize<PushTarget>(text)!;
    }

    /// <summary>Null, and gone, where it was added before everybody was signed out.</summary>
    private async Task<Device?> KeptAsync(TableEntity row, DateTimeOffset after, CancellationToken ct)
    {
        if (Read(row) is var device && device.CreatedAt > after)
        {
            return device;
        }

        try
        {
            await tables.Accounts.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, ct);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            // It went already, or its owner has just added it anew.
        }

        return null;
    }

    /// <summary>The profile is in the same partition. Nobody's devices are without one.</summary>
    private async Task<DateTimeOffset> SignedOutAsync(string person, CancellationToken ct) =>
        await tables.Accounts.FindAsync(person, AccountStore.Profile, ct) is { } row && AccountStore.Read(row) is var account
            ? new[] { account.SignedOutAt, account.PasswordChangedAt }.Max() ?? DateTimeOffset.MinValue
            : DateTimeOffset.MaxValue;

    private Task<TableEntity> LetterAsync(string person, string kind, string id, string label, CancellationToken ct) => outbox.PrepareAsync(
        person, kind, $"{kind}-{id}-{clock.GetUtcNow().UtcTicks}", new Dictionary<string, string> { [Label] = label }, ct);

    private static string Purpose(string person, string id) => $"push {person} {id}";

    private static TableEntity Write(Device of) => new(of.Person, Prefix + of.Id)
    {
        ["label"] = of.Label,
        ["service"] = of.Service,
        ["createdAt"] = of.CreatedAt,
        ["lastSentAt"] = of.LastSentAt,
        ["target"] = of.Target,
    };

    private static Device Read(TableEntity row) => new(
        row.RowKey[Prefix.Length..], row.PartitionKey, row.GetString("label"), row.GetString("service"), row.GetDateTimeOffset("createdAt")!.Value,
        row.GetDateTimeOffset("lastSentAt"), row.GetString("target"));
}
