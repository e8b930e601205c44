using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Sla;

/// <summary>Holds a bot's month against what was promised, once it is over.</summary>
public sealed class UptimeSettlement(UptimeDue due, DeploymentStore deployments, RecordStore records, Credits credits)
{
    /// <param name="row">What leads to the bot and its month.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task SettleAsync(TableEntity row, CancellationToken ct)
    {
        var bot = UptimeDue.Of(row);
        if (await deployments.FindAsync(bot.Account, bot.Deployment, ct) is { } deployment)
        {
            await deployments.RecordAsync(deployment, ct);
            var stretches = Ledger.Of(await records.AllAsync(deployment.Id, ct), records.Now);
            var uptime = Uptime.Of(stretches, bot.Month.Span);
            if (UptimePromise.Of(deployment.Plan).CreditOf(uptime.Percent) is > 0 and var percent)
            {
                await credits.GiveAsync(deployment, new(bot.Month, uptime, percent), ct);
            }

            if (stretches.Any(one => one.Kind is StretchKind.Unplanned && one.Span.From < bot.Month.To && one.Span.To > bot.Month.To))
            {
                await due.MarkAsync(bot with { Month = bot.Month.Next }, ct);
            }
        }

        await due.RemoveAsync(row, ct);
    }
}
