using Launchpad.Shared;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record PlanView(
    string Id, string Name, string Tier, int MemoryMb, double Cpus, int StorageMb, long MonthlyCents, string Currency);

/// <summary>What is for sale. Anybody may look.</summary>
public sealed class Plans
{
    [Function("Plans")]
    public static IActionResult List([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "plans")] HttpRequest request) =>
        new OkObjectResult(new { plans = Plan.All.Select(View) });

    private static PlanView View(Plan plan) => new(
        plan.Id, plan.Name, plan.Tier.Wire(), plan.MemoryMb, plan.Cpus, plan.StorageMb,
        plan.MonthlyCents, plan.Currency);
}
