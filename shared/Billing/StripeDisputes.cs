using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>A payment that is contested at the customer's bank, as the provider last said.</summary>
/// <param name="Status">The provider's word: needs_response, under_review, won, lost, or warning_… for what is only asked about.</param>
/// <param name="AsOf">When the provider was asked.</param>
public sealed record DisputeState(string Id, long Amount, string Currency, string Reason, string Status, DateTimeOffset Since, DateTimeOffset AsOf)
{
    /// <summary>The money is, or may be, the customer's again.</summary>
    public bool IsOpen => IsUndecided || IsLost;

    public bool IsUndecided => Status is "needs_response" or "under_review";

    public bool IsLost => Status is "lost";
}

/// <param name="Subscription">That was paid with the contested payment.</param>
public sealed record FoundDispute(DisputeState State, string Account, string Deployment, string Subscription);

/// <summary>Contested payments at Stripe, and what they had paid for.</summary>
public sealed class StripeDisputes(StripeConnection connection, TimeProvider clock)
{
    private const int ListedMax = 100;

    /// <summary>Null when it paid for nothing of ours.</summary>
    public async Task<FoundDispute?> FindAsync(string id, CancellationToken ct)
    {
        var asOf = clock.GetUtcNow();
        return await connection.FindAsync((client, stop) => new DisputeService(client).GetAsync(id, null, null, stop), ct) is { } dispute
            ? await OfAsync(dispute, asOf, ct)
            : null;
    }

    /// <summary>The newest ones, for whoever was not told of them.</summary>
    public async Task<IReadOnlyList<FoundDispute>> NewestAsync(CancellationToken ct)
    {
        var asOf = clock.GetUtcNow();
        var wanted = new DisputeListOptions { Limit = ListedMax };
        var found = new List<FoundDispute>();
        foreach (var dispute in await connection.RunAsync((client, stop) => new DisputeService(client).ListAsync(wanted, null, stop), ct))
        {
            if (await OfAsync(dispute, asOf, ct) is { } ours)
            {
                found.Add(ours);
            }
        }

        return found;
    }

    private async Task<FoundDispute?> OfAsync(Dispute dispute, DateTimeOffset asOf, CancellationToken ct)
    {
        if (dispute.PaymentIntentId is not { } intent)
        {
            return null;
        }

        var paid = new InvoicePaymentListOptions
        {
            Payment = new() { Type = "payment_intent", PaymentIntent = intent },
            Limit = 1,
            Expand = ["data.invoice"],
        };
        var payments = await connection.RunAsync((client, stop) => new InvoicePaymentService(client).ListAsync(paid, null, stop), ct);
        var about = payments.FirstOrDefault()?.Invoice?.Parent?.SubscriptionDetails;
        return about is { SubscriptionId: { } subscription, Metadata: { } ours }
            && ours.TryGetValue(StripeMetadata.AccountKey, out var account)
            && ours.TryGetValue(StripeMetadata.DeploymentKey, out var deployment)
            ? new(
                new(
                    dispute.Id, dispute.Amount, dispute.Currency, dispute.Reason, dispute.Status,
                    new(DateTime.SpecifyKind(dispute.Created, DateTimeKind.Utc)), asOf),
                account, deployment, subscription)
            : null;
    }
}
