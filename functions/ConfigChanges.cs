using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>What a config can be patched with. What is absent stays, what is null goes.</summary>
/// <param name="Model">Name of the language model; null for the one the operator offers.</param>
/// <param name="Instructions">Markdown that tells the bot who it is.</param>
/// <param name="Config">The bot's own configuration beyond ours, itself a merge patch.</param>
/// <param name="Telegram">Whether the bot listens on Telegram.</param>
/// <param name="TelegramToken">Is kept as a secret, and switches Telegram on.</param>
/// <param name="ModelKey">Your own key for the model provider, kept as a secret in place of the one before.</param>
/// <param name="Why">For the list of versions.</param>
/// <param name="Data">What the bot finds if it has to go back: "as-now" (usual) or "as-at-switch".</param>
public sealed record ConfigPatch(
    string? Model, string? Instructions, JsonObject? Config, bool? Telegram, string? TelegramToken, string? ModelKey, string? Plan, string? Why,
    string? Data)
{
    public static readonly IReadOnlySet<string> Names = typeof(ConfigPatch).GetProperties()
        .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).ToHashSet();
}

/// <summary>Changes of a bot's own config, by patch.</summary>
public sealed class ConfigChanges(Ownership ownership, ConfigPatches changes)
{
    /// <summary>An RFC 7396 merge patch of model, instructions, config, channels and plan: what is absent stays, what is null
    /// goes.</summary>
    [Function("UpdateConfig")]
    [Needs(Permission.Change)]
    [IfMatch, Takes(typeof(ConfigPatch)), Answers(202, typeof(Begun))]
    [Query(ChangePreviews.Parameter, "true", "false")]
    [Query(ChangePreviews.FormerParameter, "true", "false")]
    public async Task<IActionResult> Update(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "deployments/{id}/config")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var patch = await Bodies.ReadAsync<JsonObject>(request, ct);
        Preconditions.Require(request, deployment);
        return Answers.Accepted(await changes.BeginAsync(client, deployment, Caller.Of(request), patch, ChangePreviews.IsAsked(request), ct));
    }
}

/// <summary>Begins changes of configs, or previews of them.</summary>
public sealed class ConfigPatches(PlanRoom room, OperationStarter starter, SecretStaging staging)
{
    // A row holds 32,000 characters of text, and that of the version has image, hosts and secrets beside the settings.
    private const int ChangeMax = 29_000;

    private static readonly string[] Kept = ["telegramToken", "modelKey"];

    /// <param name="client">Of the engine.</param>
    /// <param name="deployment">As it was seen.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="patch">Of the members of <see cref="ConfigPatch"/>.</param>
    /// <param name="isPreview">True when it is only to be looked at.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Operation> BeginAsync(
        DurableTaskClient client, Deployment deployment, IAsker by, JsonObject patch, bool isPreview, CancellationToken ct)
    {
        if (isPreview && Kept.FirstOrDefault(patch.ContainsKey) is { } kept)
        {
            throw Problems.Invalid(kept, "cannot be part of a preview: that keeps nothing, and this would have to be kept.");
        }

        var inUse = await staging.InUseAsync(deployment, ct);
        var (settings, typed) = Patch(deployment, patch, inUse);
        var brought = typed
            .Select(secret => (Reference: BotSecrets.Refer(deployment.Id, secret.Key, secret.Value, inUse), secret.Value))
            .Where(secret => !inUse.Contains(secret.Reference))
            .ToDictionary(secret => secret.Reference, secret => secret.Value);
        var change = new ChangeRequest(
            settings, null, null, Rules.Data(Text(patch, "data")), Rules.Why(Text(patch, "why")),
            Plan: Rules.Plan(Text(patch, "plan")), Secrets: brought.Count > 0 ? [.. brought.Keys] : null);
        if (change.ToJson().Length > ChangeMax)
        {
            throw Problems.Invalid("config", "and instructions are too long together.");
        }

        var kind = isPreview ? OperationKind.Preview : await KindAsync(deployment, change, ct);
        return isPreview || brought.Count == 0 ? await GoAsync() : await staging.BeginAsync(deployment, by.Actor, brought, inUse, GoAsync, ct);

        Task<Operation> GoAsync() => starter.BeginAsync(client, deployment, kind, by, change.ToJson(), ct);
    }

    /// <summary>A plan that the bot's machine cannot give it takes it to another one.</summary>
    private async Task<OperationKind> KindAsync(Deployment deployment, ChangeRequest change, CancellationToken ct) =>
        change.Plan is not { } plan || !await room.NeedsMoveAsync(deployment, Plan.Get(plan), ct) ? OperationKind.Update
        : deployment.Status is DeploymentStatus.Running || deployment.Operation is not null ? OperationKind.Move
        : throw Problems.WrongState(deployment, MoveDefinition.Refusal);

    /// <summary>The settings as they shall be, and the secrets that were typed, by name.</summary>
    private static (BotSettings, IReadOnlyDictionary<string, string>) Patch(
        Deployment deployment, JsonObject patch, IReadOnlyList<SecretRef> inUse)
    {
        foreach (var (name, _) in patch)
        {
            if (!ConfigPatch.Names.Contains(name))
            {
                throw Problems.Invalid(
                    SecretShapes.IsLikely(name) ? "…" : name,
                    "cannot be changed here: model, instructions, config, telegram, telegramToken, modelKey and plan can.");
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

        if (patch.ContainsKey("modelKey"))
        {
            var key = Rules.ModelKey(Text(patch, "modelKey"))
                ?? throw Problems.Invalid("modelKey", "cannot be taken away, only replaced: send the new one.");
            typed = new Dictionary<string, string>(typed) { [BotSecretNames.ModelKey] = key };
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

/// <summary>Keeps the values that a change brings for as long as it is not known whether there will be one.</summary>
public sealed class SecretStaging(BotSecrets secrets, ConfigVersionStore versions, Recorder recorder)
{
    /// <summary>Those of the version that is known to be good.</summary>
    public async Task<IReadOnlyList<SecretRef>> InUseAsync(Deployment deployment, CancellationToken ct) =>
        deployment.LastKnownGood is { } good ? (await versions.FindAsync(deployment.Id, good, ct))?.State.Secrets ?? [] : [];

    /// <summary>The values are in the vault before anything refers to them, beside those in use, and leave it again when the change is
    /// refused. After any other fault it may have been taken all the same: whoever makes or fails it knows what becomes of them.</summary>
    public async Task<Operation> BeginAsync(
        Deployment deployment, string by, IReadOnlyDictionary<SecretRef, string> brought, IReadOnlyCollection<SecretRef> inUse,
        Func<Task<Operation>> begin, CancellationToken ct)
    {
        await secrets.StageAsync(deployment.Id, brought, inUse, ct);
        try
        {
            var operation = await begin();
            foreach (var secret in brought.Keys)
            {
                var before = inUse.FirstOrDefault(used => used.Name == secret.Name)?.Fingerprint;
                await recorder.ActOnceAsync(
                    $"set-{secret.Name}-{operation.Id}", deployment.Id, by, "set-secret",
                    new { secret = secret.Name, before, after = secret.Fingerprint }, ct);
            }

            return operation;
        }
        catch (ProblemException)
        {
            await secrets.UnstageAsync(deployment.Id, [.. brought.Keys], CancellationToken.None);
            throw;
        }
    }
}
