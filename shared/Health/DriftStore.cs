using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Health;

/// <param name="LastSeenAt">When the machine was last asked and it was so.</param>
/// <param name="ClosedAt">When it was first found to be so no longer; null while it is.</param>
/// <param name="AcceptedAt">When the bot's owner said that it may stay so; null until he does.</param>
public sealed record DriftEvent(
    string Fingerprint, IReadOnlyList<Difference> Differences, string Vm, DateTimeOffset FoundAt, DateTimeOffset LastSeenAt,
    DateTimeOffset? ClosedAt, DateTimeOffset? AcceptedAt = null)
{
    /// <summary>Only files are the bot's own affair: it may have written them itself.</summary>
    [JsonIgnore]
    public bool IsOfFiles => Differences.All(one => one.What is not (Drift.Container or Drift.Image or Drift.Limits));
}

/// <summary>Drift by deployment, newest first. The same difference is one event for as long as it lasts.</summary>
public sealed class DriftStore(Tables tables, TimeProvider clock)
{
    private const int PageMax = 100;

    /// <summary>Opens, keeps or closes: afterwards exactly these differences are open. True when an event was opened.</summary>
    public async Task<bool> PutAsync(string deployment, string vm, IReadOnlyList<Difference> differences, CancellationToken ct)
    {
        var (now, fingerprint, isKnown) = (clock.GetUtcNow(), Drift.Fingerprint(differences), false);
        var machines = new HashSet<string>();
        if (fingerprint is not null)
        {
            // Before the event: a row too many is found and goes, one too few would never be.
            await tables.Drift.UpsertEntityAsync(new TableEntity(vm, deployment), TableUpdateMode.Replace, ct);
        }

        await foreach (var row in OpenAsync(deployment, ct))
        {
            machines.Add(row.GetString("vm"));
            var isSame = row.GetString("fingerprint") == fingerprint;
            isKnown |= isSame;
            var change = new TableEntity(deployment, row.RowKey) { [isSame ? "lastSeenAt" : "closedAt"] = now, ["open"] = isSame };
            await tables.Drift.UpdateEntityAsync(change, ETag.All, TableUpdateMode.Merge, ct);
        }

        foreach (var left in machines.Append(vm).Where(one => one.Length > 0 && (fingerprint is null || one != vm)))
        {
            await tables.Drift.RemoveAsync(left, deployment, ct);
        }

        return fingerprint is not null && !isKnown && await tables.Drift.TryAddAsync(
            new TableEntity(deployment, $"{TableRows.Inverted(now.UtcTicks)}-{fingerprint[..8]}")
            {
                ["fingerprint"] = fingerprint,
                ["differences"] = JsonSerializer.Serialize(differences, JsonSerializerOptions.Web),
                ["vm"] = vm,
                ["foundAt"] = now,
                ["lastSeenAt"] = now,
                ["open"] = true,
            },
            ct);
    }

    public async Task<IReadOnlyList<DriftEvent>> ListAsync(string deployment, CancellationToken ct) =>
        await tables.Drift
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"), PageMax, cancellationToken: ct)
            .Take(PageMax)
            .Select(Read)
            .ToListAsync(ct);

    /// <summary>What is open under the fingerprint; null when nothing is, or not any more.</summary>
    public async Task<DriftEvent?> FindOpenAsync(string deployment, string fingerprint, CancellationToken ct) =>
        await OpenAsync(deployment, ct).Where(row => row.GetString("fingerprint") == fingerprint).Select(Read).FirstOrDefaultAsync(ct);

    /// <summary>It may stay so. The time of the first word counts.</summary>
    public async Task AcceptAsync(string deployment, string fingerprint, CancellationToken ct)
    {
        await foreach (var row in OpenAsync(deployment, ct))
        {
            if (row.GetString("fingerprint") == fingerprint && row.GetDateTimeOffset("acceptedAt") is null)
            {
                await tables.Drift.UpdateEntityAsync(
                    new TableEntity(deployment, row.RowKey) { ["acceptedAt"] = clock.GetUtcNow() }, ETag.All, TableUpdateMode.Merge, ct);
            }
        }
    }

    /// <summary>The deployments that something is open about on the machine.</summary>
    public async Task<IReadOnlyList<string>> OpenOnAsync(string vm, CancellationToken ct) =>
        await tables.Drift
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {vm}"), PageMax, ["RowKey"], ct)
            .Select(row => row.RowKey)
            .ToListAsync(ct);

    private AsyncPageable<TableEntity> OpenAsync(string deployment, CancellationToken ct) => tables.Drift.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and open eq {true}"), PageMax, cancellationToken: ct);

    private static DriftEvent Read(TableEntity row) => new(
        row.GetString("fingerprint"),
        JsonSerializer.Deserialize<List<Difference>>(row.GetString("differences"), JsonSerializerOptions.Web)!,
        row.GetString("vm"),
        row.GetDateTimeOffset("foundAt")!.Value,
        row.GetDateTimeOffset("lastSeenAt")!.Value,
        row.GetDateTimeOffset("closedAt"),
        row.GetDateTimeOffset("acceptedAt"));
}
