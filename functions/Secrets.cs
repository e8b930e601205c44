using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record SecretList(IReadOnlyList<SecretInfo> Secrets);

/// <summary>Which secrets a bot has. They are written with the order and with changes of the config, and read by the bot alone.</summary>
public sealed class Secrets(Ownership ownership, BotSecrets secrets)
{
    /// <summary>Names, fingerprints and times: never a value.</summary>
    [Function("ListSecrets")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(SecretList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/secrets")] HttpRequest request, string id,
        CancellationToken ct) =>
        new OkObjectResult(new SecretList(await secrets.ListAsync((await ownership.FindAsync(request, id, ct)).Id, ct)));
}
