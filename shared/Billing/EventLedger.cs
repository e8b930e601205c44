using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Billing;

/// <summary>Which events of the payment provider were acted upon. An event is entered before it is acted upon and closed after, so one that
/// arrives twice is harmless, and one whose processing was cut off is processed when the provider sends it again.</summary>
public sealed class EventLedger(Tables tables, TimeProvider clock)
{
    /// <summary>True when the event was processed to the end before.</summary>
    public async Task<bool> EnterAsync(string account, StripeEvent entered, CancellationToken ct)
    {
        var row = new TableEntity(account, entered.Id)
        {
            ["type"] = entered.Type,
            ["created"] = entered.Created,
            ["receivedAt"] = clock.GetUtcNow(),
            ["subscription"] = entered.Subscription,
            ["deployment"] = entered.Deployment,
            ["done"] = false,
        };
        return !await tables.BillingEvents.TryAddAsync(row, ct)
            && await tables.BillingEvents.FindAsync(account, entered.Id, ct) is { } known
            && known.GetBoolean("done") == true;
    }

    public Task CloseAsync(string account, string eventId, CancellationToken ct) =>
        tables.BillingEvents.UpdateEntityAsync(
            new TableEntity(account, eventId) { ["done"] = true, ["doneAt"] = clock.GetUtcNow() },
            Azure.ETag.All, TableUpdateMode.Merge, ct);
}
