using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Records;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>What the payment provider tells unasked. An event is only a hint that something changed: the subscription itself is fetched, so
/// events may come twice, late or in any order.</summary>
public sealed class PaymentEvents(EventLedger ledger, Payments payments, Recorder recorder, ILogger<PaymentEvents> log)
{
    private const string Actor = "payment";
    private const string Nobody = "nobody";

    /// <summary>What trying again cannot mend is recorded, and is not asked for again.</summary>
    public async Task ReceiveAsync(StripeEvent received, DurableTaskClient client, CancellationToken ct)
    {
        if (received is not { Account: { } account, Deployment: { } deployment }
            || !Ids.IsValid(account, Ids.Account) || !Ids.IsValid(deployment, Ids.Deployment))
        {
            await PassOverAsync(received, ct);
            return;
        }

        if (await ledger.EnterAsync(account, received, ct))
        {
            return;
        }

        try
        {
            if (received.IsGone)
            {
                await RecordAsync(received, deployment, "object-gone", ct);
            }

            if (received.Subscription is { } subscription)
            {
                await payments.SettleAsync(client, account, deployment, subscription, ct, received.Dispute);
            }
        }
        catch (PermanentException refused) when (refused.Code == StripeRefusals.Code)
        {
            log.LogError(refused, "{Type} {Event} cannot be acted upon", received.Type, received.Id);
            await RecordAsync(received, deployment, "event-refused", ct);
        }

        await ledger.CloseAsync(account, received.Id, ct);
    }

    private async Task PassOverAsync(StripeEvent received, CancellationToken ct)
    {
        log.LogInformation("{Type} {Event} is about nothing of ours", received.Type, received.Id);
        if (received.IsGone && !await ledger.EnterAsync(Nobody, received, ct))
        {
            await ledger.CloseAsync(Nobody, received.Id, ct);
        }
    }

    private Task RecordAsync(StripeEvent received, string deployment, string action, CancellationToken ct) => recorder.ActOnceAsync(
        $"{action}-{received.Id}", deployment, Actor, action, new { @event = received.Id, received.Type, received.Subscription }, ct);
}
