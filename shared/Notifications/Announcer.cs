using Azure.Data.Tables;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Webhooks;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Notifications;

/// <summary>Goes through what records have to tell, and puts it on its way: each row of a record once, and once more where it is not known any more
/// how far that had come. Nothing is lost or doubled by it, for what is put on its way has the event's own id.</summary>
public sealed class Announcer(News news, RecordStore records, Announced announced, ILogger<Announcer> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var row in news.AllAsync(ct))
        {
            try
            {
                await TellAsync(row.GetString("account"), row.RowKey, ct);
                await news.DoneAsync(row, ct);
            }
            catch (Exception trouble) when (!ct.IsCancellationRequested)
            {
                log.LogError(trouble, "What {Record} has to tell could not be told", row.RowKey);
            }
        }
    }

    private async Task TellAsync(string account, string deployment, CancellationToken ct)
    {
        var (head, told) = (await records.HeadAsync(deployment, ct), await announced.ThroughAsync(account, deployment, ct));
        while (told < head.Sequence && await records.ReadAsync(deployment, told, head.Sequence, ct) is [.., var last] rows)
        {
            foreach (var row in rows)
            {
                if (CustomerEvent.Of(account, deployment, row) is { } one)
                {
                    await announced.TellAsync(one, ct);
                }
            }

            await announced.SaveAsync(account, deployment, told = last.Sequence, ct);
        }
    }
}

/// <summary>How far each record was told, and to whom.</summary>
public sealed class Announced(Tables tables, WebhookEndpoints endpoints, Deliveries deliveries, EventLetters letters)
{
    private const string Prefix = "told-";

    /// <summary>The number of the last row that was; -1 for none.</summary>
    public async Task<long> ThroughAsync(string account, string deployment, CancellationToken ct) =>
        (await tables.Webhooks.FindAsync(account, Prefix + deployment, ct))?.GetInt64("sequence") ?? -1;

    public Task SaveAsync(string account, string deployment, long through, CancellationToken ct) => tables.Webhooks.UpsertEntityAsync(
        new TableEntity(account, Prefix + deployment) { ["sequence"] = through }, TableUpdateMode.Replace, ct);

    public async Task TellAsync(CustomerEvent one, CancellationToken ct)
    {
        foreach (var endpoint in await endpoints.ListAsync(one.Account, ct))
        {
            if (endpoint.Hears(one))
            {
                await deliveries.AddAsync(endpoint.Id, one, ct);
            }
        }

        await letters.TellAsync(one, ct);
    }
}
