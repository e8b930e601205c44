using Launchpad.Functions.Access;
using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Begins what people and payments ask for: <see cref="Taking"/> gets the operation its deployment, then the saga is scheduled under
/// the operation's id. A crash in between is healed by <see cref="Resumption"/>.</summary>
public sealed class OperationStarter(Taking taking, Resumption resumption, Pager pager, TimeProvider clock)
{
    /// <param name="client">Of the engine.</param>
    /// <param name="deployment">As whoever asks has seen it: what stands for something else by now is refused.</param>
    /// <param name="kind">Of the operation.</param>
    /// <param name="by">Who asks: held to what the definition needs for just this, whatever the way on which he asks.</param>
    /// <param name="typed">What was typed, where the kind takes something; null otherwise.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="ProblemException">When he may not, another operation holds the deployment, or the kind's definition refuses it.</exception>
    public async Task<Operation> BeginAsync(
        DurableTaskClient client, Deployment deployment, OperationKind kind, IAsker by, string? typed, CancellationToken ct)
    {
        by.RequireFor(kind, typed);
        var target = new OperationTarget(Shared.Ids.New(Shared.Ids.Operation, clock), deployment.Account, deployment.Id);
        Deployment? going = null;
        var taken = await taking.TakeAsync(target, kind, by.Actor, typed, now => May(now, deployment, (kind, by.Actor), out going), ct);
        if (taken is not { } begun)
        {
            return await resumption.ResumeAsync(client, going!, ct);
        }

        await client.StartSagaAsync(begun.Deployment, begun.Operation, ct);
        await pager.ResolveAsync(PageKind.SagaFailed, deployment.Id, ct);
        return begun.Operation;
    }

    /// <param name="going">The deployment, when just this goes on already; null otherwise.</param>
    private static bool May(Deployment now, Deployment seen, (OperationKind Kind, string By) asked, out Deployment? going)
    {
        var definition = asked.Kind.Definition();
        going = now.Operation?.Kind == asked.Kind && definition.IsOneForAll ? now : null;
        return going is null && (
            Abilities.Refusal(now, asked.Kind, asked.By) is { } refusal ? throw refusal
            : definition.IsOfVersion && now.ActiveVersion != seen.ActiveVersion ? throw Problems.Moved(now)
            : true);
    }
}
