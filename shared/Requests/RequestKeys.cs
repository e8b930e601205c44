using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Requests;

/// <summary>What was answered to a request.</summary>
/// <param name="Location">Of what was made; null for none.</param>
public sealed record KeptAnswer(int Status, string? Location, string Json);

/// <summary>A request that names a key, under which it may come again.</summary>
/// <param name="Account">Whose it is: another account's keys are others.</param>
/// <param name="Hash">Of method, path, query and body, so that another request under the same key is told from it.</param>
public sealed record KeyedRequest(string Account, string Key, string Hash);

/// <summary>What is known of a key.</summary>
public enum KeyState
{
    /// <summary>Nobody used it: it is this request's now.</summary>
    Free,

    /// <summary>The same request is being answered.</summary>
    Going,

    /// <summary>The same request was answered.</summary>
    Answered,

    /// <summary>Another request has it.</summary>
    Taken,
}

/// <summary>Requests that change something, by the keys of their callers: whoever asks again under a key gets the answer that there was.</summary>
/// <param name="seal">Answers are sealed: some have a secret in them that is kept nowhere else. Who has no request to answer, as who replays
/// histories, has no vault.</param>
public sealed class RequestKeys(Tables tables, Lazy<Seal> seal, TimeProvider clock) : IExpiring
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>Nobody is answered later: after this the one who did it has died, and what came of it is looked for by doing it again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Partition = "request-";

    /// <summary>Takes the key, or says what became of it.</summary>
    public async Task<(KeyState State, KeptAnswer? Answer)> TakeAsync(KeyedRequest request, CancellationToken ct)
    {
        var (now, row) = (clock.GetUtcNow(), RowOf(request));
        var mine = new TableEntity(request.Account, row) { ["hash"] = request.Hash, ["at"] = now };
        var ends = now + Kept;
        // What leads to its end comes first, so that none is kept for good.
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(row), $"{ends.UtcTicks:D19}-{row}") { ["account"] = request.Account, ["request"] = row },
            TableUpdateMode.Replace, ct);
        while (!await tables.Idempotency.TryAddAsync(mine, ct))
        {
            if (await tables.Idempotency.FindAsync(request.Account, row, ct) is not { } known)
            {
                continue;
            }

            var (age, status) = (now - known.GetDateTimeOffset("at")!.Value, known.GetInt32("status"));
            var answer = status is null ? null : await seal.Value.OpenAsync(Purpose(request), known.GetString("answer"), ct);
            if (age >= Kept || (status is null && age >= Patience) || (status is not null && answer is null))
            {
                if (await tables.Idempotency.TryReplaceAsync(mine, known.ETag, ct))
                {
                    break;
                }

                continue;
            }

            return known.GetString("hash") != request.Hash ? (KeyState.Taken, null)
                : status is null ? (KeyState.Going, null)
                : (KeyState.Answered, new(status.Value, known.GetString("location"), Encoding.UTF8.GetString(answer!)));
        }

        return (KeyState.Free, null);
    }

    public async Task KeepAsync(KeyedRequest request, KeptAnswer answer, CancellationToken ct) => await tables.Idempotency.UpsertEntityAsync(
        new TableEntity(request.Account, RowOf(request))
        {
            ["hash"] = request.Hash,
            ["at"] = clock.GetUtcNow(),
            ["status"] = answer.Status,
            ["location"] = answer.Location,
            ["answer"] = await seal.Value.CloseAsync(Purpose(request), Encoding.UTF8.GetBytes(answer.Json), ct),
        },
        TableUpdateMode.Replace, ct);

    /// <summary>For a request that was refused: nothing was done, so the next one under this key is answered anew.</summary>
    public Task ForgetAsync(KeyedRequest request, CancellationToken ct) => tables.Idempotency.RemoveAsync(request.Account, RowOf(request), ct);

    /// <summary>What leads to answers that are not kept any more.</summary>
    public Round ExpiredRound(DateTimeOffset now) => new("requests", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        var known = await tables.Idempotency.FindAsync(row.GetString("account"), row.GetString("request"), ct);
        if (known?.GetDateTimeOffset("at") + Kept <= clock.GetUtcNow())
        {
            await tables.Idempotency.RemoveAsync(known!.PartitionKey, known.RowKey, ct);
        }

        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    private static string Purpose(KeyedRequest request) => $"answer {request.Account} {RowOf(request)}";

    private static string RowOf(KeyedRequest request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Key)));
}
