using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>What opens a bot at its address; the owner alone can read it, and that it was read is in the record.</summary>
public sealed class GatewayTokens(Ownership ownership, BotSecrets secrets, Recorder recorder)
{
    [Function("GetGatewayToken")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/gateway-token")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        if (deployment.Status is not DeploymentStatus.Running)
        {
            throw Problems.WrongState(deployment, "There is a token while the bot runs.");
        }

        await recorder.ActAsync(id, deployment.Account, "read-gateway-token", null, ct);
        return new OkObjectResult(new { token = await secrets.GetAsync(id, BotSecretNames.GatewayToken, ct) });
    }
}
