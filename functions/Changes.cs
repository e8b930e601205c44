using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="Tag">The image tag to take; null for that of the deployment's channel.</param>
/// <param name="Data">What the bot finds if it has to go back: "as-now" (usual) or "as-at-switch".</param>
public sealed record UpgradeTo(string? Tag, string? Why, string? Data);

/// <param name="Version">null for the one that ran before the active one.</param>
/// <param name="Data">What that version finds: "as-now" (usual), or "as-at-switch" for what it left behind.</param>
public sealed record RollBackTo(int? Version, string? Why, string? Data);

/// <param name="Preview">The token that the preview's result holds.</param>
/// <param name="Plan">What <paramref name="Preview"/> was called before.</param>
public sealed record ApplyPreview(string? Preview, string? Plan);

/// <param name="Channel">An image tag that upgrades follow; null for the operator's.</param>
/// <param name="ResumeUpgrades">True to allow upgrades again after several failed in a row.</param>
public sealed record UpdatePolicy(string? Channel, bool Pinned, bool ResumeUpgrades);

/// <summary>Changes to a bot that runs: each asks for a new version, and each can be looked at first with `?preview=true`.</summary>
public sealed class Changes(
    DeploymentStore deployments, ConfigVersionStore versions, OperationStore operations, OperationStarter starter, BotSecrets secrets,
    Recorder recorder, Ownership ownership, TimeProvider clock, IOptions<ImageOptions> images)
{
    private const string PreviewOnly = "preview";

    /// <summary>What <see cref="PreviewOnly"/> was called before.</summary>
    private const string PlanOnly = "plan";

    // A row holds 32,000 characters of text, and that of the version has image, hosts and secrets beside the settings.
    private const int ChangeMax = 29_000;

    /// <summary>An RFC 7396 merge patch of model, instructions, config, channels and plan: what is absent stays, what is null
    /// goes.</summary>
    [Function("UpdateConfig")]
    [Query(PreviewOnly, "true", "false")]
    [Query(PlanOnly, "true", "false")]
    public async Task<IActionResult> Update(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "deployments/{id}/config")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var patch = await Bodies.ReadAsync<JsonObject>(request, ct);
        Preconditions.Require(request, deployment);
        if (IsPreview(request) && patch.ContainsKey("telegramToken"))
        {
            throw Problems.Invalid("telegramToken", "cannot be part of a preview: that keeps nothing, and this would have to be kept.");
        }

        var inUse = deployment.LastKnownGood is { } good ? (await versions.FindAsync(id, good, ct))?.State.Secrets ?? [] : [];
        var (settings, typed) = Patch(deployment, patch, inUse);
        var brought = typed
            .Select(secret => (Reference: BotSecrets.Refer(id, secret.Key, secret.Value, inUse), secret.Value))
            .Where(secret => !inUse.Contains(secret.Reference))
            .ToDictionary(secret => secret.Reference, secret => secret.Value);
        var change = new ChangeRequest(
            settings, null, null, Rules.Data(Text(patch, "data")), Rules.Why(Text(patch, "why")),
            Plan: Rules.Plan(deployment, Text(patch, "plan")), Secrets: brought.Count > 0 ? [.. brought.Keys] : null);
        if (change.ToJson().Length > ChangeMax)
        {
            throw Problems.Invalid("config", "and instructions are too long together.");
        }

        return brought.Count == 0 || IsPreview(request)
            ? await BeginAsync(request, client, deployment, OperationKind.Update, change, ct)
            : await BeginWithSecretsAsync(client, deployment, change, brought, inUse, ct);
    }

    [Function("UpgradeDeployment")]
    [Query(PreviewOnly, "true", "false")]
    [Query(PlanOnly, "true", "false")]
    public async Task<IActionResult> Upgrade(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/upgrade")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<UpgradeTo>(request, ct);
        Preconditions.Require(request, deployment);
        if (deployment.Pinned && body.Tag is null)
        {
            throw Problems.WrongState(deployment, "It is pinned to its image. Name a 'tag', or PUT …/updates with \"pinned\": false.");
        }

        if (deployment.FailedRollouts >= Deployment.FailedRolloutsMax)
        {
            throw Problems.UpgradesPaused(deployment.FailedRollouts);
        }

        var tag = Rules.Tag("tag", body.Tag) ?? deployment.Channel ?? images.Value.Tag;
        var change = new ChangeRequest(null, tag, null, Rules.Data(body.Data), Rules.Why(body.Why));
        return await BeginAsync(request, client, deployment, OperationKind.Upgrade, change, ct);
    }

    [Function("RollBackDeployment")]
    [Query(PreviewOnly, "true", "false")]
    [Query(PlanOnly, "true", "false")]
    public async Task<IActionResult> RollBack(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/rollback")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<RollBackTo>(request, ct);
        Preconditions.Require(request, deployment);
        var number = body.Version ?? deployment.PreviousGood ?? throw Problems.WrongState(deployment, "No version ran before this one.");
        var version = await versions.FindAsync(deployment.Id, number, ct);
        if (version is not { Status: ConfigVersionStatus.Superseded })
        {
            throw Problems.Invalid("version", version is null
                ? "is not a version of this deployment. GET …/versions lists them."
                : $"is {version.Status.ToString().ToLowerInvariant()}: only a version that ran well before can be gone back to.");
        }

        var data = Rules.Data(body.Data);
        if (data is DataChoice.AsAtSwitch && number != deployment.PreviousGood)
        {
            throw Problems.Invalid("data", deployment.PreviousGood is { } kept
                ? $"as-at-switch is possible for version {kept} only: of older ones no data is kept."
                : "as-at-switch is not possible: no version ran before this one.");
        }

        var change = new ChangeRequest(null, null, number, data, Rules.Why(body.Why));
        return await BeginAsync(request, client, deployment, OperationKind.Rollback, change, ct);
    }

    /// <summary>Does what a preview said, and nothing else.</summary>
    [Function("ApplyPreview")]
    public async Task<IActionResult> Apply(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/apply")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<ApplyPreview>(request, ct);
        var token = body.Preview ?? body.Plan;
        var previewed = Shared.Ids.IsValid(token, Shared.Ids.Operation) ? await operations.FindAsync(deployment.Account, token, ct) : null;
        if (previewed is not { Kind: OperationKind.Preview, Status: OperationStatus.Succeeded } || previewed.Deployment != id)
        {
            throw Problems.Invalid("preview", "is not the token of a preview for this deployment. Ask with '?preview=true' first.");
        }

        var preview = ChangePreview.Parse(previewed.Result!);
        if (preview.Expires < clock.GetUtcNow() || preview.From != deployment.ActiveVersion)
        {
            throw Problems.PreviewVoid(preview.Expires < clock.GetUtcNow()
                ? $"It was good until {preview.Expires:u}."
                : $"It was made for version {preview.From}, and {deployment.ActiveVersion} is active now.");
        }

        if (preview.Blocked is { Count: > 0 })
        {
            throw Problems.CannotWorkHere(preview.Blocked);
        }

        var change = ChangeRequest.Parse(previewed.Request!) with { Previewed = preview.StateHash };
        if (change.Secrets is { Count: > 0 })
        {
            throw Problems.PreviewVoid("It names secrets, whose values a preview does not keep. Send the change itself.");
        }

        var kind = change switch
        {
            { Version: not null } => OperationKind.Rollback,
            { Tag: not null } => OperationKind.Upgrade,
            _ => OperationKind.Update,
        };
        return await BeginAsync(client, deployment, kind, change, ct);
    }

    [Function("SetUpdatePolicy")]
    public async Task<IActionResult> SetPolicy(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "deployments/{id}/updates")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<UpdatePolicy>(request, ct);
        Preconditions.Check(request, deployment);
        var channel = Rules.Tag("channel", body.Channel);
        await recorder.ActAsync(id, deployment.Account, "set-update-policy", new { body.Pinned, body.ResumeUpgrades }, ct);
        var changed = await deployments.ChangeAsync(
            deployment.Account, id,
            current => current with
            {
                Channel = channel,
                Pinned = body.Pinned,
                FailedRollouts = body.ResumeUpgrades ? 0 : current.FailedRollouts,
            },
            ct);
        return new OkObjectResult(new
        {
            channel = changed.Channel ?? images.Value.Tag,
            changed.Pinned,
            paused = changed.FailedRollouts >= Deployment.FailedRolloutsMax,
        });
    }

    private Task<IActionResult> BeginAsync(
        HttpRequest request, DurableTaskClient client, Deployment deployment, OperationKind kind, ChangeRequest change, CancellationToken ct) =>
        BeginAsync(client, deployment, IsPreview(request) ? OperationKind.Preview : kind, change, ct);

    private static bool IsPreview(HttpRequest request) => request.Query[PreviewOnly] == "true" || request.Query[PlanOnly] == "true";

    private async Task<IActionResult> BeginAsync(
        DurableTaskClient client, Deployment deployment, OperationKind kind, ChangeRequest change, CancellationToken ct) =>
        Answers.Accepted(await StartAsync(client, deployment, kind, change, ct));

    /// <summary>The values are in the vault before anything refers to them, beside those in use, and leave it again when the change is
    /// refused. After any other fault it may have been taken all the same: whoever makes or fails it knows what becomes of them.</summary>
    private async Task<IActionResult> BeginWithSecretsAsync(
        DurableTaskClient client, Deployment deployment, ChangeRequest change, IReadOnlyDictionary<SecretRef, string> brought,
        IReadOnlyCollection<SecretRef> inUse, CancellationToken ct)
    {
        await secrets.StageAsync(deployment.Id, brought, inUse, ct);
        try
        {
            var operation = await StartAsync(client, deployment, OperationKind.Update, change, ct);
            foreach (var name in brought.Keys.Select(reference => reference.Name))
            {
                await recorder.ActOnceAsync(
                    $"set-{name}-{operation.Id}", deployment.Id, deployment.Account, "set-secret", new { secret = name }, ct);
            }

            return Answers.Accepted(operation);
        }
        catch (ProblemException)
        {
            await secrets.UnstageAsync(deployment.Id, [.. brought.Keys], CancellationToken.None);
            throw;
        }
    }

    private Task<Operation> StartAsync(
        DurableTaskClient client, Deployment deployment, OperationKind kind, ChangeRequest change, CancellationToken ct) =>
        starter.BeginAsync(client, deployment, kind, deployment.Account, change.ToJson(), ct);

    /// <summary>The settings as they shall be, and the secrets that were typed, by name.</summary>
    private static (BotSettings, IReadOnlyDictionary<string, string>) Patch(
        Deployment deployment, JsonObject patch, IReadOnlyList<SecretRef> inUse)
    {
        foreach (var (name, _) in patch)
        {
            if (name is not ("model" or "instructions" or "config" or "telegram" or "telegramToken" or "plan" or "why" or "data"))
            {
                throw Problems.Invalid(
                    SecretShapes.IsLikely(name) ? "…" : name,
                    "cannot be changed here: model, instructions, config, telegram, telegramToken and plan can.");
            }
        }

        var settings = deployment.Settings;
        IReadOnlyDictionary<string, string> typed = new Dictionary<string, string>();
        settings = patch.ContainsKey("model") ? settings with { Model = Rules.Model(Text(patch, "model")) } : settings;
        settings = patch.ContainsKey("instructions")
            ? settings with { Instructions = Rules.Instructions(Text(patch, "instructions")) }
            : settings;
        if (patch.TryGetPropertyValue("config", out var own))
        {
            var known = inUse.Select(secret => secret.Name).Where(ConfigSecrets.IsOwn);
            settings = settings with { Config = Rules.OwnConfig(settings.Config, own, known, out typed) };
        }

        if (Rules.TelegramToken(Text(patch, "telegramToken")) is { } token)
        {
            typed = new Dictionary<string, string>(typed) { [BotSecretNames.TelegramToken] = token };
            settings = settings with { Telegram = true };
        }

        settings = patch.ContainsKey("telegram") ? settings with { Telegram = Rules.Flag("telegram", patch["telegram"]) } : settings;
        return (settings, typed);
    }

    private static string? Text(JsonObject patch, string name) => patch[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw Problems.Invalid(name, "has to be text."),
    };
}
