using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Request">What it is let in by: `POST …/browsers`.</param>
/// <param name="Name">As the browser calls itself, which anybody could; null where it does not.</param>
public sealed record BrowserView(string Request, string? Name, string? Platform, DateTimeOffset Since);

/// <param name="Waiting">Newest first; null where the bot's release keeps it in a way that is not known here.</param>
public sealed record BrowserList(IEnumerable<BrowserView>? Waiting);

/// <summary>Which browsers opened a bot and wait for its owner's word.</summary>
public sealed class WaitingBrowsers(Ownership ownership, MachineQuestions machines)
{
    /// <summary>The browsers that showed the bot's token in the last five minutes and wait to be let in. The bot's machine is asked, which
    /// takes up to a second.</summary>
    [Function("ListWaitingBrowsers")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(BrowserList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/browsers")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var answer = deployment.Status is DeploymentStatus.Running
            ? await machines.AskAsync<BrowsersRequest, BrowsersResult>(deployment, VmVerb.Browsers, new(id), ct)
            : new([]);
        return new OkObjectResult(new BrowserList(
            answer.Waiting?.Select(one => new BrowserView(one.Request, one.Name, one.Platform, one.Since))));
    }
}

/// <summary>What the machine of a bot can say at once. Everything that takes longer, or changes something, is an operation.</summary>
public sealed class MachineQuestions(VmStore vms, VmAccess access)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <exception cref="ProblemException">503 when the machine does not answer.</exception>
    public async Task<TResult> AskAsync<TRequest, TResult>(Deployment deployment, VmVerb verb, TRequest request, CancellationToken ct)
        where TRequest : IQuestion
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return deployment.Vm is { } id && await vms.FindAsync(id, limit.Token) is { } vm
                ? await access.RunAsync<TRequest, TResult>(vm, verb, request, limit.Token)
                : throw Problems.Unavailable("The bot has no machine at the moment.");
        }
        catch (Exception silent) when (silent is VmFailedException or PermanentException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw Problems.Unavailable("The bot's machine does not answer at the moment.");
        }
    }
}
