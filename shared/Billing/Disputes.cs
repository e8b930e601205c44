using Launchpad.Shared.Health;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Billing;

/// <summary>Writes down that a payment is contested, tells its owner, and calls a person, who has days to answer.</summary>
public sealed class Disputes(SubscriptionStore store, Recorder recorder, Pager pager, CustomerLetters letters)
{
    /// <returns>The subscription as it is kept now; null when there is none.</returns>
    public async Task<Subscription?> SettleAsync(FoundDispute found, CancellationToken ct)
    {
        var (dispute, deployment) = (found.State, found.Deployment);
        if (await store.SaveAsync(found.Account, found.Subscription, dispute, ct) is not { } saved)
        {
            return null;
        }

        await recorder.TellOnceAsync(
            $"dispute-{dispute.Id}-{dispute.Status}", found.Account, deployment, Arrears.Actor, "dispute",
            new { dispute = dispute.Id, dispute.Status, subscription = found.Subscription, amount = dispute.Amount, dispute.Currency }, ct);
        if (dispute.IsOpen)
        {
            await letters.SendAsync(
                found.Account, NotificationKind.Billing, LetterKinds.BillingDispute, dispute.IsLost ? $"dispute-{dispute.Id}-lost" : $"dispute-{dispute.Id}",
                new Dictionary<string, string> { ["deployment"] = deployment, ["status"] = dispute.Status }, ct);
        }

        await PageAsync(found.Account, deployment, ct);
        return saved;
    }

    /// <summary>A person is needed as long as any payment for the deployment is contested and undecided, whichever was heard of last.</summary>
    private async Task PageAsync(string account, string deployment, CancellationToken ct)
    {
        var undecided = (await store.OfAsync(account, deployment, ct))
            .SelectMany(one => one.Disputes, (one, dispute) => (Subscription: one.Id, Dispute: dispute))
            .Where(one => one.Dispute.IsUndecided).ToList();
        await (undecided is [var (subscription, dispute), ..]
            ? pager.RaiseAsync(
                PageKind.DisputeOpened, deployment,
                $"A payment of {new Money(dispute.Amount, dispute.Currency).Text} for {subscription} is contested ({dispute.Reason}): {dispute.Id}.", ct)
            : pager.ResolveAsync(PageKind.DisputeOpened, deployment, ct));
    }
}
