using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Launchpad.Local.KeyVault;
using Launchpad.Local.ResourceManager;
using Launchpad.Local.Stripe;
using Launchpad.Processes;
using Launchpad.Shared.Storage;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>All that is outside of the product, at one moment: it can be looked at, compared, and put back.</summary>
/// <param name="Tenants">What is on the machines that are on.</param>
/// <param name="Jobs">What machines still know of; nothing goes on there when the picture is restored.</param>
internal sealed partial record Picture(
    IReadOnlyDictionary<(string Table, string Partition, string Row), TableEntity> Rows, ArmState Cloud, StripeState Stripe,
    Vault.VaultState Vault, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Tenant>> Tenants, IReadOnlyList<string> Jobs)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Nobody changes a row that was read, and most pictures share most of theirs.
    private static readonly ConditionalWeakTable<TableEntity, string> Texts = [];
    private static readonly ConditionalWeakTable<TableEntity, string> MaskedTexts = [];
    private static readonly string[] Kept = ["odata.etag", "Timestamp", "PartitionKey", "RowKey"];

    public static async Task<Picture> OfAsync(World world)
    {
        var tables = await Task.WhenAll(All(world.Tables).Select(async table =>
            (table.Name, Rows: await world.Reader.ReadAsync(table))));
        return new(
            tables.SelectMany(table => table.Rows, (table, row) => (table.Name, row)).ToDictionary(
                pair => (pair.Name, pair.row.PartitionKey, pair.row.RowKey), pair => pair.row),
            world.Cloud.Read(), world.Books.Read(), world.Context.Vault.State.Read(), world.Machines.Tenants,
            [.. world.Machines.Jobs]);
    }

    /// <summary>Makes the world this picture again.</summary>
    public async Task RestoreAsync(World world)
    {
        // A machine that is being made would turn up in the wrong picture.
        await Sshd.EventuallyAsync(() => !world.Cloud.Read().Operations.Exists(one => one.Status is OperationStatus.InProgress), Patience);
        var now = await OfAsync(world);
        var changes = now.Rows.Keys.Except(Rows.Keys)
            .Select(key => (key, new TableTransactionAction(
                TableTransactionActionType.Delete, new TableEntity(key.Partition, key.Row), Azure.ETag.All)))
            .Concat(Rows.Where(row => now.Rows.GetValueOrDefault(row.Key) is not { } there || Text(there) != Text(row.Value))
                .Select(row => (row.Key, new TableTransactionAction(TableTransactionActionType.UpsertReplace, row.Value))));
        var written = changes.GroupBy(change => (change.Item1.Table, change.Item1.Partition), change => change.Item2)
            .SelectMany(partition => partition.Chunk(100), (partition, some) => (partition.Key.Table, Some: some)).ToLookup(one => one.Table, one => one.Some);
        await Task.WhenAll(All(world.Tables).Select(async table =>
        {
            await Task.WhenAll(written[table.Name].Select(some => table.SubmitTransactionAsync(some)));
            world.Reader.Wrote(table, written[table.Name].Count(), [.. Rows.Where(row => row.Key.Table == table.Name).Select(row => row.Value)]);
        }));
        await Task.WhenAll(now.Cloud.Machines.Keys.Select(world.Ways.CloseAsync));
        world.Cloud.Update(_ => Cloud with { Operations = [] });
        world.Books.Change(_ => Stripe);
        world.Context.Vault.State.Update(_ => Vault);
        await world.Machines.RestoreAsync(Tenants);
    }

    /// <summary>What is so, a fact a line, in an order. What tells only when or in which attempt something was done is left out, and so is
    /// what is random or measured.</summary>
    /// <param name="told">Whether what the operation says of its own work counts: its row, its steps and the record of them.</param>
    public IEnumerable<string> Facts(bool told = false) =>
    [
        .. Rows.Where(row => row.Key.Table is not "usualtimes" && (told || row.Key.Table is not "records"))
            .Select(row => MaskedTexts.GetValue(
                row.Value, _ => Masks().Replace($"{row.Key.Table} {row.Key.Partition} {row.Key.Row} {Text(row.Value)}", "*")))
            .Order(StringComparer.Ordinal),
        .. Cloud.Machines.Select(one => $"machine {one.Key} {one.Value.Goal}"),
        .. Cloud.Records.Select(one => $"name {one.Key} {string.Join(' ', one.Value.Addresses)}"),
        .. Vault.Secrets.Values.Select(secret => $"secret {secret.Name} {(secret.DeletedOn is null ? "" : "deleted")}"),
        .. Subscriptions().Select(one => $"subscription {one}"),
        .. Tenants.SelectMany(
            machine => machine.Value,
            (machine, one) => $"bot {machine.Key} {one.Key} {SpecHash().Replace(one.Value.ToString(), "")}"),
        .. Jobs.Select(one => $"job {one}"),
    ];

    public IReadOnlyList<(string Id, string Status, long Cents)> Subscriptions() =>
    [
        .. Stripe.Objects.Where(one => one.Value.Kind == "subscription")
            .Select(one => (
                one.Key, one.Value.Json.GetProperty("status").GetString()!,
                one.Value.Json.GetProperty("items").GetProperty("data")[0].GetProperty("price").GetProperty("unit_amount").GetInt64()))
            .OrderBy(one => one.Key, StringComparer.Ordinal),
    ];

    public IEnumerable<TableEntity> Of(string table) => Rows.Where(row => row.Key.Table == table).Select(row => row.Value);

    private static IEnumerable<TableClient> All(Tables tables) => typeof(Tables).GetProperties()
        .Where(property => property.PropertyType == typeof(TableClient)).Select(property => (TableClient)property.GetValue(tables)!);

    private static string Text(TableEntity row) => Texts.GetValue(row, _ => string.Join(", ", row
        .Where(one => one.Value is not null && !Kept.Contains(one.Key)).OrderBy(one => one.Key, StringComparer.Ordinal)
        .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key}: {Text(one.Value)}"))));

    private static string Text(object value) => value is DateTimeOffset time ? time.ToString("O", CultureInfo.InvariantCulture) : $"{value}";

    // Hashes of what has a random part, a secret's fingerprint, a host key, a signature, when something was last led to, when it ended by the clock
    // of somebody else.
    [GeneratedRegex("(?<=endedAt: )[^,]+|(?<=^index news .*at: ).*|[0-9a-f]{64}|(?<=envelope: ).*|(?<=@)[0-9a-f]{8}|(?<=bak_[0-9A-Z]{26})[0-9a-f]{6}|(?<=fingerprint: )[0-9a-f]{8}|(?<=hostKey: )[^,]+|[0-9a-f]{12}(?=…)")]
    private static partial Regex Masks();

    [GeneratedRegex("Spec = [0-9a-f]*, ")]
    private static partial Regex SpecHash();
}
