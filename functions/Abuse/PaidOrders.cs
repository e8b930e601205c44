using Launchpad.Functions.Access;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Abuse;

/// <summary>Begins what was paid for, unless a person is to look at the payment first. That is asked each time, so what was decided has its
/// effect whoever comes by, and however often.</summary>
public sealed class PaidOrders(Orders orders, PaymentGuard guard, HeldOrders held, OperationStarter starter)
{
    public async Task BeginAsync(DurableTaskClient client, Claim claim, Subscription own, CancellationToken ct)
    {
        if (claim.Deployment is { Status: DeploymentStatus.Requested, Operation: null, LastOperation: null } order)
        {
            var hold = await guard.JudgeAsync(own, ct);
            var deployment = await held.SetAsync(order, hold, ct);
            if (hold is { State: ReviewState.Refused })
            {
                await held.RefuseAsync(deployment, hold, ct);
                await starter.BeginAsync(client, deployment, OperationKind.Terminate, new Unbound(Arrears.Actor), DeletionRequest.AtOnce, ct);
            }

            if (hold is not null)
            {
                return;
            }

            claim = claim with { Deployment = deployment };
        }

        await orders.BeginAsync(client, claim, ct);
    }
}

/// <summary>What waits for a person, in its own row and record.</summary>
public sealed class HeldOrders(DeploymentStore deployments, Recorder recorder, CustomerLetters letters)
{
    /// <returns>The deployment as it is now.</returns>
    public async Task<Deployment> SetAsync(Deployment order, Review? hold, CancellationToken ct)
    {
        if (hold is null == order.HeldSince is null)
        {
            return order;
        }

        var kind = hold is null ? LetterKinds.PaymentReleased : LetterKinds.PaymentHeld;
        await TellAsync(order, kind, (hold?.Since ?? order.HeldSince)!.Value, ct);
        return await deployments.ChangeAsync(order.Account, order.Id, now => now with { HeldSince = hold?.Since }, ct);
    }

    /// <summary>Says so; it is deleted, and its money given back, by an operation of its own.</summary>
    public Task RefuseAsync(Deployment order, Review hold, CancellationToken ct) => TellAsync(order, LetterKinds.PaymentRefused, hold.Since, ct);

    /// <summary>Those of an account that were paid for and never begun.</summary>
    public async Task<IReadOnlyList<Deployment>> OfAsync(string account, CancellationToken ct)
    {
        var all = new List<Deployment>();
        string? next = null;
        do
        {
            (var page, next) = await deployments.ListAsync(account, next, ct);
            all.AddRange(page.Where(one => one is { IsHeld: true, Subscription: not null }));
        }
        while (next is not null);
        return all;
    }

    /// <summary>In its record and by mail, once for each hold. Rows and letters are called the same.</summary>
    private async Task TellAsync(Deployment order, string kind, DateTimeOffset since, CancellationToken ct)
    {
        var key = $"{kind}-{since.UtcTicks}";
        await recorder.ActOnceAsync(key, order.Id, Arrears.Actor, kind, new { subscription = order.Subscription }, ct);
        await letters.SendAsync(order.Account, NotificationKind.Billing, kind, $"{key}-{order.Id}", new Dictionary<string, string> { ["bot"] = order.Name }, ct);
    }
}
