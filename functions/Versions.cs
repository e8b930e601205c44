using System.Globalization;
using System.Text.Json.Nodes;
using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

public sealed record VersionView(
    int Version, [property: Wire(typeof(ConfigVersionStatus))] string Status, string Hash, string Image, string Plan, DateTimeOffset CreatedAt, string By, string Why, string? Failure,
    long? BootMs);

/// <param name="Total">How many there are in all.</param>
/// <param name="Cursor">Leads to older ones; null when there are none.</param>
public sealed record VersionList(IReadOnlyList<VersionView> Versions, int Total, string? Cursor);

/// <param name="Config">The bot's own configuration beyond ours; null for none.</param>
/// <param name="Secrets">Their names and versions, never a value.</param>
/// <param name="Egress">The hosts that it may reach.</param>
public sealed record VersionState(
    string Image, string Plan, string? Model, string? Instructions, JsonNode? Config, bool Telegram, IEnumerable<string> Secrets,
    IReadOnlyList<string> Egress);

public sealed record VersionDetail(VersionView Version, VersionState State);

/// <param name="Path">Of what changed, in the config or beside it.</param>
public sealed record ChangeView(string Path, string? From, string? To, [property: Wire(typeof(Risk))] string Risk)
{
    public static ChangeView Of(Change change) => new(change.Path, change.From, change.To, change.Risk.Wire());
}

/// <param name="DowntimeMs">How long the bot is or was away for it; null while that is not known.</param>
public sealed record DiffView(
    int From, int To, [property: Wire(typeof(Risk))] string Risk, bool Restarts, long? DowntimeMs, IEnumerable<ChangeView> Changes);

/// <param name="Version">The active one; null before there is one.</param>
/// <param name="Config">The bot's own configuration beyond ours; null for none.</param>
/// <param name="Secrets">Their names and versions, never a value.</param>
/// <param name="Egress">The hosts that it may reach.</param>
public sealed record ConfigView(
    int? Version, string? Image, string? Model, string? Instructions, JsonNode? Config, bool Telegram, IEnumerable<string> Secrets,
    IReadOnlyList<string> Egress, UpdatesView Updates);

/// <summary>What a bot's config is and was. Versions never change; only what became of them does.</summary>
public sealed class Versions(ConfigVersionStore versions, Ownership ownership, IOptions<ImageOptions> images)
{
    /// <summary>The ETag is what a change has to name.</summary>
    [Function("GetConfig")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(ConfigView))]
    public async Task<IActionResult> GetConfig(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/config")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        request.HttpContext.Response.Headers.ETag = Preconditions.ETag(deployment);
        var active = deployment.ActiveVersion is { } number ? await versions.FindAsync(id, number, ct) : null;
        return new OkObjectResult(new ConfigView(
            deployment.ActiveVersion, active?.State.Image, deployment.Settings.Model, deployment.Settings.Instructions,
            Own(deployment.Settings), deployment.Settings.Telegram, Names(active?.State.Secrets ?? []), active?.State.Egress ?? [],
            UpdatesView.Of(deployment, images.Value.Tag)));
    }

    /// <summary>Newest first, a hundred at a time. `before` is the last number that was seen, and another name of `cursor`.</summary>
    [Function("ListVersions")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(VersionList))]
    [Query("cursor"), Query("before")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/versions")] HttpRequest request, string id,
        CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        var asked = request.Query.ContainsKey("cursor") ? "cursor" : request.Query.ContainsKey("before") ? "before" : null;
        var before = asked is null ? int.MaxValue : Number(asked, request.Query[asked].ToString());
        var found = await versions.ListAsync(id, before, ct);
        // They are numbered from 1 on, and none is ever removed.
        var total = asked is null && found is [var newest, ..] ? newest.Number : (await versions.NewestAsync(id, ct))?.Number ?? 0;
        var next = found is [.., { Number: > 1 } last] ? last.Number.ToString(CultureInfo.InvariantCulture) : null;
        return new OkObjectResult(new VersionList([.. found.Select(View)], total, next));
    }

    /// <summary>One version with all that it consists of.</summary>
    [Function("GetVersion")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(VersionDetail))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/versions/{number}")] HttpRequest request,
        string id, string number, CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        var version = await GetAsync(id, number, ct);
        var state = version.State;
        return new OkObjectResult(new VersionDetail(
            View(version),
            new(
                state.Image, state.Plan, state.Settings.Model, state.Settings.Instructions, Own(state.Settings), state.Settings.Telegram,
                Names(state.Secrets), state.Egress)));
    }

    /// <summary>What changed from the version that `from` names, or the one before.</summary>
    [Function("DiffVersion")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(DiffView))]
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
        return new OkObjectResult(new DiffView(
            from.Number, to.Number, diff.Risk.Wire(), diff.Restarts, diff.Restarts ? to.BootMs ?? active?.BootMs : 0,
            diff.Changes.Select(ChangeView.Of)));
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
