using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;

namespace Launchpad.Shared.Vms;

/// <summary>When the next machine is given back, as far as we know ourselves: one of its own goes with the end of its bot's undo
/// window.</summary>
public sealed class CapacityForecast(DeploymentStore deployments, OperationStore operations)
{
    public async Task<string> TellAsync(CancellationToken ct)
    {
        var leaving = await deployments.BusyAsync(OperationKind.Terminate, ct)
            .Where(busy => busy is { Operation.Kind: OperationKind.Terminate, Vm: not null } && Plan.Find(busy.Plan)?.Tier is Tier.Dedicated)
            .ToListAsync(ct);
        var times = new List<DateTimeOffset>();
        foreach (var bot in leaving)
        {
            var operation = await operations.FindAsync(bot.Account, bot.Operation!.Id, ct);
            times.Add(DeletionRequest.Parse(operation?.Request).Until);
        }

        return times.Count == 0 ? "Nobody is about to give one back." : $"One is given back at {times.Min():u}.";
    }
}
