using Launchpad.Shared;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="MonthlyCents">In the smallest unit of the currency.</param>
/// <param name="BackupMonths">For how many months the last backup of each is kept, beyond those of the last weeks.</param>
/// <param name="TrialDays">For how many days it is free, if it is the first that an account orders; 0 for none.</param>
/// <param name="TakesCodes">Whether a promotion code can be typed on the payment page.</param>
public sealed record PlanView(
    string Id, string Name, string Tier, int MemoryMb, double Cpus, int StorageMb, long MonthlyCents, string Currency,
    int BackupMonths, int TrialDays, bool TakesCodes);

public sealed record PlanList(IEnumerable<PlanView> Plans);

/// <summary>What is for sale. Anybody may look.</summary>
public sealed class Plans
{
    /// <summary>The plans that can be ordered, with their monthly prices.</summary>
    [Function("Plans")]
    [Open, Answers(200, typeof(PlanList))]
    public static IActionResult List([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "plans")] HttpRequest request) =>
        new OkObjectResult(new PlanList(Plan.Sold.Select(View)));

    private static PlanView View(Plan plan) => new(
        plan.Id, plan.Name, plan.Tier.Wire(), plan.MemoryMb, plan.Cpus, plan.StorageMb,
        plan.MonthlyCents, plan.Currency, plan.BackupMonths, plan.TrialDays, plan.TakesCodes);
}
