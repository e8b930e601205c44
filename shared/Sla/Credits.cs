using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Sla;

/// <summary>A promise that was not kept.</summary>
/// <param name="Percent">Of what was paid for the month, which is given back.</param>
public sealed record BrokenPromise(Month Month, Uptime Uptime, int Percent);

/// <summary>Gives back a part of what was paid for a bot that was not up as was promised.</summary>
public sealed class Credits(StripeCredits stripe, SubscriptionStore subscriptions, AccountStore accounts, CreditNotices notices)
{
    /// <summary>Once for a bot and a month, however often it is asked for. Who closed his account has no next bill that it could come off.</summary>
    public async Task GiveAsync(Deployment deployment, BrokenPromise broken, CancellationToken ct)
    {
        if (await accounts.FindAsync(deployment.Account, ct) is null)
        {
            return;
        }

        var sold = await subscriptions.OfAsync(deployment.Account, deployment.Id, ct);
        try
        {
            var order = new CreditOrder(
                deployment.Account, deployment.Id, broken.Month.ToString(), [.. sold.Select(one => one.Id)], broken.Month.Span, broken.Percent);
            if (await stripe.GiveAsync(order, ct) is { } credit)
            {
                await notices.TellAsync(deployment, broken, credit, ct);
            }
        }
        catch (PermanentException refused) when (refused.Code == StripeRefusals.Code && !refused.IsMissing())
        {
            await notices.RefusedAsync(deployment, broken, refused, ct);
        }
        catch (PermanentException missing) when (missing.IsMissing())
        {
            // The provider does not know any more what was paid.
        }
    }
}

/// <summary>Tells of credits: in the record, and by mail.</summary>
public sealed class CreditNotices(Recorder recorder, CustomerLetters letters, Pager pager)
{
    public const string Action = "credited";
    private const string Actor = "payment";

    public async Task TellAsync(Deployment deployment, BrokenPromise broken, Credit credit, CancellationToken ct)
    {
        var month = broken.Month.ToString();
        await recorder.TellOnceAsync(
            $"{Action}-{month}", deployment.Account, deployment.Id, Actor, Action,
            new
            {
                month,
                broken.Percent,
                unplannedSeconds = broken.Uptime.Unplanned,
                creditNote = credit.Id,
                credit.Invoice,
                amount = credit.AmountCents,
                credit.Currency,
            },
            ct);
        await letters.SendAsync(
            deployment.Account, NotificationKind.Billing, LetterKinds.UptimeCredit, $"{Action}-{deployment.Id}-{month}",
            new Dictionary<string, string>
            {
                ["bot"] = deployment.Name,
                ["deployment"] = deployment.Id,
                ["month"] = month,
                ["amount"] = new Money(credit.AmountCents, credit.Currency).Text,
            },
            ct);
        await pager.ResolveAsync(PageKind.CreditRefused, deployment.Id, ct);
    }

    public async Task RefusedAsync(Deployment deployment, BrokenPromise broken, PermanentException refused, CancellationToken ct)
    {
        await recorder.ActOnceAsync(
            $"credit-refused-{broken.Month}", deployment.Id, Actor, "credit-refused", new { month = broken.Month.ToString(), broken.Percent }, ct);
        await pager.RaiseAsync(
            PageKind.CreditRefused, deployment.Id,
            $"{broken.Percent} % of what was paid for {broken.Month} has to be given back by hand. {refused.Message}", ct);
    }
}
