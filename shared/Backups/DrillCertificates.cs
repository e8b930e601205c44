using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Backups;

/// <summary>One thing that a drill looked at.</summary>
public sealed record DrillCheck(string Name, bool Ok, string? Detail);

/// <summary>What came of bringing a bot up from its newest backup.</summary>
/// <param name="RestoredInMs">From the begin until it answered (RTO); null when it did not.</param>
/// <param name="DataAgeMs">How old its data were when the drill began (RPO).</param>
public sealed record DrillCertificate(
    string Deployment, string Backup, string Operation, DateTimeOffset At, bool Ok, long? RestoredInMs, long DataAgeMs,
    string ArchiveSha256, string StoredSha256, IReadOnlyList<DrillCheck> Checks)
{
    public const string Type = "application/vnd.launchpad.drill+json";
}

/// <summary>The certificates of a bot's drills, newest first.</summary>
public sealed class DrillCertificates(Tables tables, SignedDocuments documents)
{
    private const int ListMax = 50;

    /// <summary>The one of an operation is written once.</summary>
    public async Task AddAsync(DrillCertificate certificate, CancellationToken ct)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(certificate, JsonSerializerOptions.Web);
        var envelope = SignedDocuments.ToJson(await documents.SignAsync(DrillCertificate.Type, payload, ct));
        await tables.Drills.TryAddAsync(
            new TableEntity(certificate.Deployment, $"{TableRows.Inverted(certificate.At.UtcTicks)}-{certificate.Operation}") { ["envelope"] = envelope },
            ct);
    }

    /// <summary>As they were signed.</summary>
    public async Task<IReadOnlyList<(DrillCertificate Certificate, Envelope Signed)>> ListAsync(string deployment, CancellationToken ct) =>
        await tables.Drills
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"), ListMax, cancellationToken: ct)
            .Take(ListMax).Select(row => Read(row.GetString("envelope"))).ToListAsync(ct);

    private static (DrillCertificate, Envelope) Read(string json)
    {
        var envelope = SignedDocuments.Parse(json);
        return (JsonSerializer.Deserialize<DrillCertificate>(Convert.FromBase64String(envelope.Payload), JsonSerializerOptions.Web)!, envelope);
    }
}
