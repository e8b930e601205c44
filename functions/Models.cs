using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Default">What bots use whose owner chose none.</param>
/// <param name="Models">Names that the operator's key opens, the default first. With a key of their own, customers may have others.</param>
/// <param name="Complete">False while the provider does not say which there are.</param>
public sealed record ModelList(string Default, IReadOnlyList<string> Models, bool Complete);

/// <summary>The language models that a bot can be given.</summary>
public sealed class Models(Ownership ownership, ModelCatalog catalog, ReleaseInfo release)
{
    /// <summary>The models that a bot can be given: the usual one first, then the others by name.</summary>
    [Function("ListModels")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(ModelList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "models")] HttpRequest request, CancellationToken ct)
    {
        await ownership.CallerAsync(request, ct);
        var named = await catalog.NamesAsync(ct);
        return new OkObjectResult(new ModelList(
            release.Model, [release.Model, .. (named ?? []).Where(name => name != release.Model && Rules.IsModel(name))], named is not null));
    }
}
