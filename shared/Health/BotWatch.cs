using Launchpad.Shared.Deployments;
using Launchpad.Shared.Sla;

namespace Launchpad.Shared.Health;

/// <summary>Writes down what the observers of one bot agree on, and what about it is not as it was wanted.</summary>
public sealed class BotWatch(PublicProbe outside, OutageLog outages, DriftLog drift, Pager pager)
{
    public async Task<Verdict> LookAsync(MachineView view, Deployment deployment, CancellationToken ct)
    {
        var (publicly, saidPublicly) = await outside.LookAsync(deployment.Slug, ct);
        var sightings = new Sightings(
            Observation.Of(view.Heartbeat, deployment.Id, view.At),
            Observation.Of(view.Bots, deployment.Id, view.At, view.Heartbeat?.RestartsBefore), publicly,
            view.Cloud);
        var verdict = Quorum.Decide(sightings);
        var looks = new Looks(
            new(sightings.Heartbeat, Tell(view, sightings, deployment.Id)),
            new(sightings.Ssh, view.Bots is null ? view.Said : Observation.Tell(view.Bots, deployment.Id)),
            new(sightings.Outside, saidPublicly));
        var said = $"heartbeat: {looks.Heartbeat.Said}; ssh: {looks.Ssh.Said}; outside: {looks.Outside.Said}; "
            + $"cloud: {(view.Cloud is MachineSight.NotAsked ? "not asked" : view.Cloud.Wire())}";
        var differences = await drift.OfAsync(view, deployment, ct);
        var condition = await outages.ChangeAsync(
            deployment,
            before => Recovered(before.Seen(verdict, said, view.At, looks), view.At) with
            {
                Drift = differences.Known ? differences.Fingerprint : before.Drift,
                MachineRestarted = before.MachineRestarted || Observation.IsOfMachine(view.Bots ?? view.Heartbeat?.Report.Bots, deployment.Id),
            },
            sightings, view.At, ct);
        if (condition is { GivenUp: null, IsUp: true })
        {
            await pager.ResolveAsync(PageKind.CrashLoop, deployment.Id, ct);
        }

        return verdict;
    }

    /// <summary>What had been given up and came back is looked after again; its restarts are forgotten when it has been well for
    /// longer.</summary>
    private static Condition Recovered(Condition condition, DateTimeOffset now) =>
        condition.HasRecovered(now) ? condition with { GivenUp = null } : condition;

    private static string Tell(MachineView view, Sightings sightings, string deployment) => view.Heartbeat switch
    {
        null => "none yet",
        { ReceivedAt: var at } when sightings.Heartbeat is Sight.Silent && view.At - at >= Observation.HeartbeatMax => $"none since {at:u}",
        { Report.Bots: var bots } => Observation.Tell(bots, deployment),
    };
}
