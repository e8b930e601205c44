using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>What a bot is called. Its address stays as it was.</summary>
public sealed class Names(Ownership ownership, DeploymentStore deployments, DeploymentViews views, Recorder recorder)
{
    /// <summary>Calls the bot something else. Its address stays.</summary>
    [Function("RenameDeployment")]
    [Needs(Permission.Change)]
    [Takes(typeof(Rename)), Answers(200, typeof(DeploymentView))]
    public async Task<IActionResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "deployments/{id}")] HttpRequest request, string id, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var name = Rules.Name((await Bodies.ReadAsync<Rename>(request, ct)).Name);
        if (deployment.Status is DeploymentStatus.Terminated)
        {
            throw Problems.WrongState(deployment, "It has been deleted.");
        }

        await recorder.ActAsync(id, Caller.Of(request).Actor, "rename", null, $"{deployment.Name} → {name}", ct);
        var renamed = await deployments.ChangeAsync(deployment.Account, id, current => current with { Name = name }, ct);
        return new OkObjectResult(await views.OfAsync(renamed, ct));
    }
}
