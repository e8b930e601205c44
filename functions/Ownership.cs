using Launchpad.Shared.Deployments;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions;

/// <summary>Finds a deployment among the caller's own.</summary>
public sealed class Ownership(Callers callers, DeploymentStore deployments)
{
    /// <exception cref="ProblemException">The same for an id of someone else, of nothing, and for what is no id.</exception>
    public async Task<Deployment> FindAsync(HttpRequest request, string id, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        return Shared.Ids.IsValid(id, Shared.Ids.Deployment) && await deployments.FindAsync(account.Id, id, ct) is { } found
            ? found
            : throw Problems.NotFound();
    }
}
