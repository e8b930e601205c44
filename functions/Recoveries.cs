using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>Starts what looks after machines that do not look well: one saga a machine, so that a bot that takes long to come back keeps
/// no other waiting.</summary>
public sealed class Recoveries(
    Sweep sweep, PublicProbe outside, Aftermath aftermath, Pager pager, OperationStore operations, TimeProvider clock,
    ILogger<Recoveries> log)
{
    /// <summary>In one sweep; the others are found again by the next.</summary>
    private const int StartsMax = 64;

    private static readonly OrchestrationRuntimeStatus[] Going =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    public async Task StartAsync(DurableTaskClient client, CancellationToken ct)
    {
        await pager.DeliverAllAsync(ct);
        var swept = await sweep.RunAsync(clock.GetUtcNow(), ct);
        await aftermath.EndAsync(swept.Unplaced, ct);
        var unseen = await outside.UnseenAsync(swept.Turn, ct);
        var suspects = swept.Suspects
            .Concat(unseen.GroupBy(bot => bot.Vm).Select(bots => new Suspect(bots.First().Tier, bots.Key, [.. bots])))
            .GroupBy(suspect => suspect.Vm)
            .Select(same => same.First() with { Bots = [.. same.SelectMany(suspect => suspect.Bots)] })
            .ToList();
        if (suspects.Count > StartsMax)
        {
            log.LogWarning("{Suspects} machines do not look well; {Now} are looked at now", suspects.Count, StartsMax);
        }

        // Not always the same ones first.
        foreach (var suspect in suspects.OrderBy(_ => Random.Shared.Next()).Take(StartsMax))
        {
            await ScheduleAsync(
                client, $"recover-{suspect.Vm}", nameof(Recover),
                new RecoverInput(suspect.Tier, suspect.Vm, [.. suspect.Bots.Select(bot => new SweptBot(bot.Account, bot.Deployment))]),
                Going, ct);
        }
    }

    /// <summary>Makes sure that a bot which is being moved off a lost machine has the row of its operation and
    /// its saga.</summary>
    public async Task ResumeAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        var id = deployment.Operation!.Id;
        if (await client.GetInstanceAsync(id, ct) is { IsCompleted: true })
        {
            log.LogWarning("The tables lost the end of {Operation}: its saga runs again", id);
            await client.PurgeInstanceAsync(id, ct);
        }

        var lost = (await operations.FindAsync(deployment.Account, id, ct))?.Request ?? deployment.Vm!;
        var input = ReplaceActivities.Input(deployment, lost);
        await operations.AddAsync(ReplaceActivities.Operation(deployment, lost), ct);
        await ScheduleAsync(
            client, id, nameof(Replace), input, [.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses], ct);
    }

    private static async Task ScheduleAsync(
        DurableTaskClient client, string id, string saga, object input, OrchestrationRuntimeStatus[] unless, CancellationToken ct)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                saga, input, new StartOrchestrationOptions(id).WithDedupeStatuses(unless), ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // It is at it.
        }
    }
}
