using Launchpad.Shared.Deployments;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>Turns what a machine answered into drift events. Only what was asked for just now counts: a heartbeat may be older than the
/// operation that changed the bot.</summary>
public sealed class DriftLog(DriftStore drift, PlacedBots placed, Pager pager)
{
    /// <summary>The fingerprint of what differs, null for nothing; not known when the machine did not answer.</summary>
    public async Task<(bool Known, string? Fingerprint)> OfAsync(MachineView view, Deployment deployment, CancellationToken ct)
    {
        if (view.Bots is not { } bots || view.Before is not { } vm)
        {
            return (Known: false, null);
        }

        var wanted = await placed.WantedAsync(deployment.Id, deployment.ActiveVersion!.Value, ct);
        var differences = Drift.Compare(wanted, bots.FirstOrDefault(bot => bot.Deployment == deployment.Id));
        await PutAsync(deployment.Id, vm.Id, differences, ct);
        return (Known: true, Drift.Fingerprint(differences));
    }

    /// <summary>Containers that belong to nobody, and those that did and are gone.</summary>
    public async Task OnMachineAsync(MachineView view, CancellationToken ct)
    {
        if (view is not { Bots: { } bots, Before: { } before, After: { } after })
        {
            return;
        }

        var unowned = Drift.Unowned(bots, before, after).ToList();
        foreach (var bot in unowned)
        {
            await PutAsync(bot.Deployment, after.Id, [new(Drift.Container, null, bot.Image)], ct);
        }

        foreach (var deployment in await drift.OpenOnAsync(after.Id, ct))
        {
            if (!after.Reservations.ContainsKey(deployment) && unowned.All(bot => bot.Deployment != deployment))
            {
                await PutAsync(deployment, after.Id, [], ct);
            }
        }
    }

    /// <summary>A bot may edit its own files: that is told to its owner. Anything else is for the operator too.</summary>
    private async Task PutAsync(string deployment, string vm, IReadOnlyList<Difference> differences, CancellationToken ct)
    {
        await drift.PutAsync(deployment, vm, differences, ct);
        var grave = differences.Where(one => one.What is Drift.Container or Drift.Image or Drift.Limits).ToList();
        if (grave.Count == 0)
        {
            await pager.ResolveAsync(PageKind.Drift, deployment, ct);
            return;
        }

        var told = string.Join("; ", grave.Select(one => $"{one.What}: wanted {one.Wanted ?? "nothing"}, found {one.Found ?? "nothing"}"));
        await pager.RaiseAsync(PageKind.Drift, deployment, $"{deployment} on {vm} is not as it was wanted. {told}.", ct);
    }
}
