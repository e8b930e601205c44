using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Token">Opens the bot at its address; it is kept nowhere else.</param>
public sealed record GatewayToken(string? Token);

/// <summary>What opens a bot at its address; the owner alone can read it, and that it was read is in the record.</summary>
public sealed class GatewayTokens(Ownership ownership, BotSecrets secrets, Recorder recorder)
{
    /// <summary>What opens the bot at its address. That it was read is in the record.</summary>
    [Function("GetGatewayToken")]
    [Needs(Permission.Reveal)]
    [StepUp, Answers(200, typeof(GatewayToken))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/gateway-token")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        if (deployment.Status is not DeploymentStatus.Running)
        {
            throw Problems.WrongState(deployment, "There is a token while the bot runs.");
        }

        await recorder.ActAsync(id, Caller.Of(request).Actor, "read-gateway-token", null, ct);
        return new OkObjectResult(new GatewayToken(await secrets.GetAsync(id, BotSecretNames.GatewayToken, ct)));
    }
}
