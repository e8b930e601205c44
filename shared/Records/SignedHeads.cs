using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Records;

/// <param name="Rows">How many it had when it was signed.</param>
/// <param name="Head">The hash of the last of them.</param>
public sealed record SignedHead(string Chain, long Rows, string Head);

/// <summary>How far an account's chains had come, as it was signed. From then on rows that are taken away from the end, and a chain that was
/// computed anew, are seen by whoever has the document.</summary>
/// <param name="Day">On which these chains changed, in UTC.</param>
/// <param name="Number">1, 2, 3 …: none is missing between two.</param>
/// <param name="Previous">SHA-256 of the document before as it was signed; of the first, of `launchpad-heads-1 ` and the account.</param>
public sealed record HeadsDocument(
    string Account, string Day, long Number, DateTimeOffset SignedAt, string Previous, IReadOnlyList<SignedHead> Chains)
{
    public const string Type = "application/vnd.launchpad.heads+json";
}

/// <param name="Heads">What was signed.</param>
/// <param name="Envelope">The same, as it was signed: GET /api/certificates-key has the key.</param>
public sealed record SignedHeads(HeadsDocument Heads, [property: JsonPropertyName("signed")] Envelope Envelope)
{
    internal static SignedHeads Of(Envelope envelope) =>
        new(JsonSerializer.Deserialize<HeadsDocument>(Convert.FromBase64String(envelope.Payload), JsonSerializerOptions.Web)!, envelope);
}

/// <summary>The signed heads of each account, a document a day at most, each of which names the one before.</summary>
public sealed class SignedHeadsStore(Tables tables, SignedDocuments documents)
{
    public const int PageMax = 100;
    private const string Latest = "latest";
    private const string Document = "day-";

    public async Task<SignedHeads?> FindAsync(string account, string day, CancellationToken ct) =>
        await tables.Records.FindAsync(Partition(account), Document + day, ct) is { } row ? Read(row) : null;

    /// <summary>The newest.</summary>
    public async Task<SignedHeads?> LatestAsync(string account, CancellationToken ct) =>
        await tables.Records.FindAsync(Partition(account), Latest, ct) is { } latest ? await FindAsync(account, latest.GetString("day"), ct) : null;

    /// <summary>Those of the days after one, oldest first, a page at most.</summary>
    public async Task<IReadOnlyList<SignedHeads>> ListAsync(string account, string after, CancellationToken ct) => await tables.Records
        .QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition(account)} and RowKey gt {Document + after} and RowKey lt {Document + "~"}"),
            PageMax, cancellationToken: ct)
        .Take(PageMax).Select(Read).ToListAsync(ct);

    /// <summary>Signs them, unless somebody was faster: the document of a day is written once.</summary>
    /// <returns>The document of that day.</returns>
    public async Task<SignedHeads> AddAsync(
        string account, string day, DateTimeOffset now, IReadOnlyList<SignedHead> chains, CancellationToken ct)
    {
        var latest = await tables.Records.FindAsync(Partition(account), Latest, ct);
        var document = new HeadsDocument(
            account, day, (latest?.GetInt64("number") ?? 0) + 1, now, latest?.GetString("hash") ?? RecordRow.Sha256($"launchpad-heads-1 {account}"), chains);
        var payload = JsonSerializer.SerializeToUtf8Bytes(document, JsonSerializerOptions.Web);
        var envelope = await documents.SignAsync(HeadsDocument.Type, payload, ct);
        var next = new TableEntity(Partition(account), Latest)
        {
            ["day"] = day,
            ["number"] = document.Number,
            ["hash"] = RecordRow.Sha256(Encoding.UTF8.GetString(payload)),
        };
        try
        {
            await tables.Records.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.Add, new TableEntity(Partition(account), Document + day)
                    {
                        ["envelope"] = JsonSerializer.SerializeToUtf8Bytes(envelope, JsonSerializerOptions.Web),
                    }),
                    latest is null ? new(TableTransactionActionType.Add, next) : new(TableTransactionActionType.UpdateReplace, next, latest.ETag),
                ],
                ct);
            return new(document, envelope);
        }
        catch (RequestFailedException lost) when (lost.Status is 409 or 412)
        {
            return await FindAsync(account, day, ct) ?? throw new InvalidOperationException("Another day's heads were signed just now; these come next.", lost);
        }
    }

    private static SignedHeads Read(TableEntity row) =>
        SignedHeads.Of(JsonSerializer.Deserialize<Envelope>(row.GetBinary("envelope"), JsonSerializerOptions.Web)!);

    private static string Partition(string account) => string.Create(CultureInfo.InvariantCulture, $"heads-{account}");
}
