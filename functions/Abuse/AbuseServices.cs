using Launchpad.Shared.Abuse;
using Launchpad.Shared.Retention;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Abuse;

internal static class AbuseServices
{
    public static void AddAbuse(this IServiceCollection services)
    {
        services.AddSingleton<ReviewStore>();
        services.AddSingleton<CardAttempts>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<CardAttempts>());
        services.AddSingleton<CardWatch>();
        services.AddSingleton<RefusedSignIns>();
        services.AddSingleton<OpenPages>();
        services.AddSingleton<PaymentGuard>();
        services.AddSingleton<PageWatch>();
        services.AddSingleton<CheckoutLimits>();
        services.AddSingleton<CheckoutGate>();
        services.AddSingleton<HeldOrders>();
        services.AddSingleton<PaidOrders>();
    }
}
