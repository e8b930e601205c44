using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Billing;

/// <summary>What pays for a deployment, as the payment provider last said.</summary>
/// <param name="Status">The provider's word: active, past_due, canceled, …</param>
/// <param name="AsOf">When the provider was asked; an older answer never replaces a newer one.</param>
public sealed record Subscription(string Account, string Id, string Deployment, string Plan, string Status, DateTimeOffset AsOf)
{
    public bool IsPaid => Status is "active" or "trialing";
}

public sealed class SubscriptionStore(Tables tables)
{
    public async Task SaveAsync(Subscription subscription, CancellationToken ct)
    {
        var row = Write(subscription);
        while (!await tables.Subscriptions.TryAddAsync(row, ct))
        {
            var stored = await tables.Subscriptions.FindAsync(subscription.Account, subscription.Id, ct);
            if (stored is not null
                && (Read(stored).AsOf >= subscription.AsOf || await tables.Subscriptions.TryReplaceAsync(row, stored.ETag, ct)))
            {
                return;
            }
        }
    }

    /// <summary>Every subscription that was ever taken for the deployment; more than one only after a payment was repeated.</summary>
    public async Task<IReadOnlyList<Subscription>> OfAsync(string account, string deployment, CancellationToken ct) =>
        await tables.Subscriptions
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {account} and deployment eq {deployment}"), cancellationToken: ct)
            .Select(Read)
            .ToListAsync(ct);

    private static TableEntity Write(Subscription subscription) => new(subscription.Account, subscription.Id)
    {
        ["deployment"] = subscription.Deployment,
        ["plan"] = subscription.Plan,
        ["status"] = subscription.Status,
        ["asOf"] = subscription.AsOf,
    };

    private static Subscription Read(TableEntity row) => new(
        row.PartitionKey, row.RowKey, row.GetString("deployment"), row.GetString("plan"), row.GetString("status"),
        row.GetDateTimeOffset("asOf")!.Value);
}
