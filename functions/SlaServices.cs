using Launchpad.Shared.Sla;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions;

internal static class SlaServices
{
    public static void AddSla(this IServiceCollection services)
    {
        services.AddSingleton<UptimeDue>();
        services.AddSingleton<OutageLog>();
        services.AddSingleton<CreditNotices>();
        services.AddSingleton<Credits>();
        services.AddSingleton<UptimeSettlement>();
    }
}
