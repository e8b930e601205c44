using System.Globalization;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Cpus">Cores that the plan gives.</param>
/// <param name="StepSeconds">How far apart samples are, where none were averaged.</param>
/// <param name="Samples">Oldest first; none for the time in which it did not run.</param>
public sealed record UsageView(double Cpus, int MemoryMb, int StorageMb, int StepSeconds, IReadOnlyList<UsageSample> Samples);

/// <summary>What a bot uses of what its plan gives.</summary>
public sealed class Usage(Ownership ownership, UsageStore usage, TimeProvider clock)
{
    private const int SamplesMax = 400;
    private const int HoursUsual = 24;
    private static readonly int HoursMax = (int)UsageStore.KeptFor.TotalHours;

    /// <summary>What the bot used in the last hours, 24 unless `hours` says otherwise; 30 days are kept. At most 400 samples: of more, so
    /// many are averaged.</summary>
    [Function("GetUsage")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(UsageView))]
    [Query("hours")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/usage")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var (plan, now) = (Plan.Get(deployment.Plan), clock.GetUtcNow());
        var samples = await usage.ListAsync(id, now - TimeSpan.FromHours(Hours(request.Query["hours"].FirstOrDefault())), now, SamplesMax, ct);
        return new OkObjectResult(new UsageView(
            plan.Cpus, plan.MemoryMb, plan.StorageMb, (int)UsageStore.Step.TotalSeconds, samples));
    }

    private static int Hours(string? typed) =>
        typed is null ? HoursUsual
        : int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours > 0 && hours <= HoursMax ? hours
        : throw Problems.Invalid("hours", $"is a number from 1 to {HoursMax}.");
}
