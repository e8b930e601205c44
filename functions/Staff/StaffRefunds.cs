using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Invoice">The provider's id of the bill whose payment goes back.</param>
/// <param name="Reason">For the record of operators.</param>
public sealed record StaffRefund([property: Required] string? Invoice, [property: Required] string? Reason);

/// <summary>Money that goes back because an operator wants it so.</summary>
public sealed class StaffRefundActs(StaffCallers callers, StaffRefunds refunds)
{
    /// <summary>Gives back what was paid on one bill, once, however often it is asked for.</summary>
    [Function("StaffRefund")]
    [OperatorsOnly, StepUp, Takes(typeof(StaffRefund)), Answers(200, typeof(RefundView))]
    public async Task<IActionResult> Refund(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/refunds")] HttpRequest request, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return new OkObjectResult(await refunds.RefundAsync(who, await Bodies.ReadAsync<StaffRefund>(request, ct), ct));
    }
}

/// <summary>Gives back, and writes down by whom and why: for customers that it was, for operators why.</summary>
public sealed class StaffRefunds(StripeRefunds stripe, SubscriptionStore subscriptions, StaffLog log)
{
    private const string Prefix = "in_";
    private const int IdMax = 100;

    /// <exception cref="ProblemException">When that is no bill of a bot on which something was paid.</exception>
    public async Task<RefundView> RefundAsync(Operator who, StaffRefund asked, CancellationToken ct)
    {
        var reason = Rules.Reason(asked.Reason);
        var isId = asked.Invoice is { Length: <= IdMax } id && id.StartsWith(Prefix, StringComparison.Ordinal);
        var back = (isId ? await stripe.RefundInvoiceAsync(asked.Invoice!, ct) : null)
            ?? throw Problems.Invalid("invoice", "is the id of a bill of a bot on which something was paid.");
        if (await subscriptions.FindAsync(back.Account, back.Subscription, ct) is { } subscription)
        {
            await subscriptions.SaveAsync(subscription, back.All, ct);
        }

        await log.RefundAsync(back.Deployment, who, asked.Invoice!, back.Given, reason, ct);
        return new(back.Subscription, back.Given.AmountCents, back.Given.Currency);
    }
}
