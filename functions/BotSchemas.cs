using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>What a bot can be configured to.</summary>
public sealed class BotSchemas(Ownership ownership, BotReleases releases, ConfigSchemas schemas)
{
    private const string Gzip = "gzip";

    /// <summary>The JSON schema of the bot's config, as the release that it runs tells it: every place, what it means and what it takes. Of a
    /// bot that does not run yet, the schema of the release that it will run.</summary>
    [Function("GetConfigSchema")]
    [Needs(Permission.Read)]
    [Answers(200, MediaType = "application/schema+json")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/config-schema")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var (repository, digest) = await releases.OfAsync(await ownership.FindAsync(request, id, ct), ct);
        var schema = (digest is null ? null : await schemas.FindAsync(repository, digest, ct)) ?? throw Problems.NoConfigSchema();
        var isZipped = request.GetTypedHeaders().AcceptEncoding.Any(one => one.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase) && one.Quality != 0);
        var headers = request.HttpContext.Response.Headers;
        headers.Vary = "Accept-Encoding";
        // Zipped it is another thing than as it is.
        var tag = $"\"{schema.Digest[^16..]}{(isZipped ? $"-{Gzip}" : "")}\"";
        headers.ETag = tag;
        if (!Preconditions.IsMatch(request, tag))
        {
            throw Problems.PreconditionFailed();
        }

        if (Preconditions.IsKnown(request, tag))
        {
            return new StatusCodeResult(StatusCodes.Status304NotModified);
        }

        if (isZipped)
        {
            headers.ContentEncoding = Gzip;
        }

        return new FileContentResult(isZipped ? schema.Zipped : await schema.UnzipAsync(ct), "application/schema+json");
    }
}

/// <summary>Finds the image that a bot runs, or will.</summary>
public sealed class BotReleases(ConfigVersionStore versions, ReleaseCatalog catalog, IOptions<ImageOptions> images)
{
    /// <returns>No digest where no image can be trusted.</returns>
    public async Task<(string Repository, string? Digest)> OfAsync(Deployment deployment, CancellationToken ct)
    {
        if (deployment.ActiveVersion is not { } number)
        {
            return (images.Value.Repository, (await catalog.LookAsync(images.Value.Tag, ct)).Digest);
        }

        return ImageName.Split((await versions.GetAsync(deployment.Id, number, ct)).State.Image);
    }
}
