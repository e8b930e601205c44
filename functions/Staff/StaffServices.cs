using Launchpad.Shared.Health;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Staff;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Staff;

internal static class StaffServices
{
    public static void AddStaff(this IServiceCollection services)
    {
        services.AddSingleton<OperatorStore>();
        services.AddSingleton<StaffSessions>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<StaffSessions>());
        services.AddSingleton<StaffCallers>();
        services.AddSingleton<OperatorFactors>();
        services.AddSingleton<StaffDoor>();
        services.AddSingleton<StaffEntry>();
        services.AddSingleton<StaffCodeGuesses>();
        services.AddSingleton<StaffProofs>();
        services.AddSingleton<StaffPasswordSetter>();
        services.AddSingleton<StaffFactorActs>();
        services.AddSingleton<StaffLog>();
        services.AddSingleton<StaffLetters>();
        services.AddSingleton<StaffVmViews>();
        services.AddSingleton<PageSilences>();
        services.AddSingleton<StaffInvariants>();
        services.AddSingleton<StaffTally>();
        services.AddSingleton<PaidNotRunning>();
        services.AddSingleton<StaffAlertActs>();
        services.AddSingleton<StaffAuditSearch>();
        services.AddSingleton<StaffOperationViews>();
        services.AddSingleton<StaffOperationFinder>();
        services.AddSingleton<StaffCare>();
        services.AddSingleton<StaffOperationActs>();
        services.AddSingleton<StaffBounds>();
        services.AddSingleton<ReconcileRuns>();
        services.AddSingleton<ReconcileRounds>();
        services.AddSingleton<StaffFindings>();
        services.AddSingleton<StaffRemedies>();
        services.AddSingleton<StaffRefunds>();
        services.AddSingleton<StaffReviewActs>();
        services.AddSingleton<UnservedHealing>();
        services.AddSingleton<StaffFixes>();
        services.AddSingleton<OperationNews>();
        services.AddSingleton<PageNews>();
        services.AddSingleton<EstateNews>();
        services.AddSingleton<StaffNews>();
        services.AddSingleton<RegistryTag>();
        services.AddSingleton<OutsideProbes>();
        services.AddSingleton<InsideProbes>();
        services.AddSingleton<StaffEstate>();
    }
}
