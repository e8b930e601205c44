using System.Globalization;
using System.Text.Json.Nodes;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

public sealed record VersionView(
    int Version, string Status, string Hash, string Image, string Plan, DateTimeOffset CreatedAt, string By, string Why, string? Failure,
    long? BootMs);

/// <summary>What a bot's config is and was. Versions never change; only what became of them does.</summary>
public sealed class Versions(ConfigVersionStore versions, Ownership ownership, IOptions<ImageOptions> images)
{
    /// <summary>The ETag is what a change has to name.</summary>
    [Function("GetConfig")]
    public async Task<IActionResult> GetConfig(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/config")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        request.HttpContext.Response.Headers.ETag = Preconditions.ETag(deployment);
        var active = deployment.ActiveVersion is { } number ? await versions.FindAsync(id, number, ct) : null;
        return new OkObjectResult(new
        {
            version = deployment.ActiveVersion,
            image = active?.State.Image,
            model = deployment.Settings.Model,
            instructions = deployment.Settings.Instructions,
            config = Own(deployment.Settings),
            telegram = deployment.Settings.Telegram,
            secrets = Names(active?.State.Secrets ?? []),
            egress = active?.State.Egress ?? [],
            updates = new
            {
                channel = deployment.Channel ?? images.Value.Tag,
                deployment.Pinned,
                deployment.FailedRollouts,
                paused = deployment.AreUpgradesPaused,
            },
        });
    }

    /// <summary>Newest first, a hundred at a time: `before` is the last number that was seen.</summary>
    [Function("ListVersions")]
    [Query("before")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/versions")] HttpRequest request, string id,
        CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        var before = request.Query["before"].FirstOrDefault() is { } typed ? Number("before", typed) : int.MaxValue;
        return new OkObjectResult(new { versions = (await versions.ListAsync(id, before, ct)).Select(View) });
    }

    [Function("GetVersion")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/versions/{number}")] HttpRequest request,
        string id, string number, CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        var version = await GetAsync(id, number, ct);
        var state = version.State;
        return new OkObjectResult(new
        {
            version = View(version),
            state = new
            {
                state.Image,
                state.Plan,
                state.Settings.Model,
                state.Settings.Instructions,
                config = Own(state.Settings),
                state.Settings.Telegram,
                secrets = Names(state.Secrets),
                state.Egress,
            },
        });
    }

    /// <summary>From the version that `from` names, or the one before.</summary>
    [Function("DiffVersion")]
    [Query("from")]
    public async Task<IActionResult> Diff(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/versions/{number}/diff")] HttpRequest request,
        string id, string number, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var to = await GetAsync(id, number, ct);
        var typed = request.Query["from"].FirstOrDefault() ?? Math.Max(1, to.Number - 1).ToString(CultureInfo.InvariantCulture);
        var from = await GetAsync(id, typed, ct);
        var diff = ConfigDiff.Of(from.State, to.State);
        var active = deployment.ActiveVersion is { } running ? await versions.FindAsync(id, running, ct) : null;
        return new OkObjectResult(new
        {
            from = from.Number,
            to = to.Number,
            risk = diff.Risk.Wire(),
            diff.Restarts,
            downtimeMs = diff.Restarts ? to.BootMs ?? active?.BootMs : 0,
            changes = diff.Changes.Select(change => new { change.Path, change.From, change.To, risk = change.Risk.Wire() }),
        });
    }

    private async Task<ConfigVersion> GetAsync(string id, string number, CancellationToken ct) =>
        await versions.FindAsync(id, Number("version", number), ct) ?? throw Problems.NotFound();

    private static int Number(string field, string typed) =>
        int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw Problems.Invalid(field, "is the number of a version, from 1 on.");

    private static IEnumerable<string> Names(IReadOnlyList<SecretRef> secrets) => secrets.Select(secret => secret.ToString());

    private static JsonNode? Own(BotSettings settings) => settings.Config is { } own ? JsonNode.Parse(own) : null;

    private static VersionView View(ConfigVersion version) => new(
        version.Number, version.Status.Wire(), version.State.Hash(), version.State.Image, version.State.Plan, version.CreatedAt, version.By,
        version.Why, version.Failure, version.BootMs);
}
