using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>Starts what looks after machines that do not look well: one saga a machine, so that a bot that takes long to come back keeps
/// no other waiting.</summary>
public sealed class Recoveries(Lookout lookout, FailedSagas failed, Pager pager, ILogger<Recoveries> log)
{
    /// <summary>In one sweep; the others are found again by the next.</summary>
    private const int StartsMax = 64;

    public async Task StartAsync(DurableTaskClient client, CancellationToken ct)
    {
        var suspects = await lookout.SuspectsAsync(ct);
        if (suspects.Count > StartsMax)
        {
            log.LogWarning("{Suspects} machines do not look well; {Now} are looked at now", suspects.Count, StartsMax);
        }

        // Not always the same ones first.
        foreach (var suspect in suspects.OrderBy(_ => Random.Shared.Next()).Take(StartsMax))
        {
            await log.AloneAsync(suspect.Vm, () => StartAsync(client, suspect, ct));
        }
    }

    /// <summary>A machine that has just told something new is looked at at once. Where that fails the next sweep does it.</summary>
    public Task LookAsync(DurableTaskClient client, string vm, CancellationToken ct) =>
        log.AloneAsync(vm, async () =>
        {
            if (await lookout.SuspectAsync(vm, ct) is { } suspect)
            {
                await StartAsync(client, suspect, ct);
            }
        });

    /// <summary>Whether the saga that took a deployment is still at it and will begin the operation itself. A second start would take the
    /// id from under it, and it would wait for a child that is none of its own for good.</summary>
    public static async Task<bool> WillBeginAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct) =>
        deployment is { Operation.By: Endings.Sweep, Vm: { } vm }
            && await client.GetInstanceAsync(Instance(vm), ct) is { } saga && Starting.Going.Contains(saga.RuntimeStatus);

    private async Task StartAsync(DurableTaskClient client, Suspect suspect, CancellationToken ct)
    {
        await TellAsync(client, suspect.Vm, ct);
        await client.StartOnceAsync(
            Instance(suspect.Vm), nameof(Recover),
            new RecoverInput(suspect.Tier, suspect.Vm, [.. suspect.Bots.Select(bot => new SweptBot(bot.Account, bot.Deployment))]),
            Starting.Going, ct);
    }

    private static string Instance(string vm) => $"recover-{vm}";

    /// <summary>A machine is looked after all the same, but somebody has to know that the one before did not come to an end.</summary>
    private async Task TellAsync(DurableTaskClient client, string vm, CancellationToken ct)
    {
        if (await client.GetInstanceAsync(Instance(vm), getInputsAndOutputs: true, ct) is not { IsCompleted: true } before)
        {
            return;
        }

        await (FailedSagas.IsOne(before) ? failed.TellAsync(vm, before, ct) : pager.ResolveAsync(PageKind.SagaFailed, vm, ct));
    }
}
