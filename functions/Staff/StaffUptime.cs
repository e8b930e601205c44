using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="UptimePercent">By now, rounded down.</param>
/// <param name="CreditPercent">Of what is paid for the month, which would be given back if it were over; 0 while the promise is kept.</param>
/// <param name="IsDown">Now.</param>
public sealed record StaffUptimeBot(
    string Deployment, string Account, string Name, double? UptimePercent, double PromisePercent, int CreditPercent, long UnplannedSeconds, bool IsDown);

/// <param name="Bots">The worst first.</param>
/// <param name="HasMore">True when more were down than are looked at at once.</param>
public sealed record StaffUptimeView(string Month, IReadOnlyList<StaffUptimeBot> Bots, bool HasMore);

/// <summary>Bots that were down, against what was promised for them.</summary>
public sealed class StaffUptime(StaffCallers callers, UptimeDue due, DeploymentStore deployments, RecordStore records)
{
    private const int BotsMax = 50;

    /// <summary>Those that were down in this month.</summary>
    [Function("StaffListUptime")]
    [OperatorsOnly, Answers(200, typeof(StaffUptimeView))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/uptime")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var month = Month.Of(records.Now);
        var marked = await due.OfAsync(month, BotsMax + 1, ct);
        var bots = new List<StaffUptimeBot>();
        foreach (var bot in marked.Take(BotsMax))
        {
            if (await deployments.FindAsync(bot.Account, bot.Deployment, ct) is { } deployment)
            {
                bots.Add(await ViewAsync(deployment, month, ct));
            }
        }

        return new OkObjectResult(new StaffUptimeView(month.ToString(), [.. bots.OrderBy(bot => bot.UptimePercent ?? 100)], marked.Count > BotsMax));
    }

    private async Task<StaffUptimeBot> ViewAsync(Deployment deployment, Month month, CancellationToken ct)
    {
        var stretches = Ledger.Of(await records.AllAsync(deployment.Id, ct), records.Now);
        var uptime = Uptime.Of(stretches, month.Span);
        var promise = UptimePromise.Of(deployment.Plan);
        return new(
            deployment.Id, deployment.Account, deployment.Name, uptime.RoundedPercent, (double)promise.Percent, promise.CreditOf(uptime.Percent),
            uptime.Unplanned, stretches is [.., { Kind: StretchKind.Unplanned }] && deployment.Status is not DeploymentStatus.Terminated);
    }
}
