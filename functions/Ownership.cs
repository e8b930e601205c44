using Launchpad.Functions.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions;

/// <summary>Finds what is the caller's own. For an id of someone else, of nothing, and for what is no id, the answer is the same.</summary>
public sealed class Ownership(Callers callers, DeploymentStore deployments, OperationStore operations)
{
    public Task<Account> CallerAsync(HttpRequest request, CancellationToken ct) => callers.RequireAsync(request, ct);

    /// <inheritdoc cref="Callers.IsLetInAsync"/>
    public Task<bool> IsLetInAsync(HttpRequest request, CancellationToken ct) => callers.IsLetInAsync(request, ct);

    /// <exception cref="ProblemException">When the caller has no such deployment.</exception>
    public async Task<Deployment> FindAsync(HttpRequest request, string id, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        return Shared.Ids.IsValid(id, Shared.Ids.Deployment) && Caller.Of(request).Reaches(id)
            && await deployments.FindAsync(account.Id, id, ct) is { } found
            ? found
            : throw Problems.NotFound();
    }

    /// <exception cref="ProblemException">When the caller has no such operation.</exception>
    public async Task<Operation> FindOperationAsync(HttpRequest request, string id, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        return Shared.Ids.IsValid(id, Shared.Ids.Operation) && await operations.FindAsync(account.Id, id, ct) is { } found
            && Caller.Of(request).Reaches(found.Deployment)
            ? found
            : throw Problems.NotFound();
    }
}
