using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Billing;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions;

internal static class BillingServices
{
    public static void AddBilling(this IServiceCollection services)
    {
        services.AddSingleton<EventLedger>();
        services.AddSingleton<SubscriptionStore>();
        services.AddSingleton<BillingWatches>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<Checkouts>();
        services.AddSingleton<Offers>();
        services.AddSingleton<Refunds>();
        services.AddSingleton<SubscriptionEndings>();
        services.AddSingleton<FinalSettlement>();
        services.AddSingleton<PlanCharges>();
        services.AddSingleton<Bills>();
        services.AddSingleton<Payers>();
        services.AddSingleton<SubscriptionWishes>();
        services.AddSingleton<StatementReader>();
        services.AddSingleton<SubscriptionSweep>();
        services.AddSingleton<Arrears>();
        services.AddSingleton<Disputes>();
        services.AddSingleton<Notices>();
        services.AddSingleton<LadderLog>();
        services.AddSingleton<OwnSubscriptions>();
        services.AddSingleton<DunningOperations>();
        services.AddSingleton<LadderSteps>();
        services.AddSingleton<LadderRelease>();
        services.AddSingleton<Orders>();
        services.AddSingleton<PaidFor>();
        services.AddSingleton<Payments>();
        services.AddSingleton<PaymentEvents>();
        services.AddSingleton<Reconciliation>();
    }
}
