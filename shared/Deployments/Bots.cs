using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Deployments;

/// <summary>Turns a config version into the document that launchpad-vm converges a machine to.</summary>
public sealed class Bots(BotSecrets secrets, SecretVault vault, IOptions<RoutingOptions> routing, IOptions<ModelOptions> models)
{
    private static readonly TimeSpan KeepPlatformKey = TimeSpan.FromMinutes(5);
    private static readonly Uri Telegram = new("https://api.telegram.org");

    /// <summary>What the bot may reach, and nothing else: its model provider, and Telegram where it listens there.</summary>
    public IReadOnlyList<string> Egress(BotSettings settings) =>
        settings.Telegram ? [Authority(models.Value.BaseUrl), Authority(Telegram)] : [Authority(models.Value.BaseUrl)];

    public async Task<ApplyRequest> SpecAsync(Deployment deployment, ConfigVersion version, CancellationToken ct)
    {
        return new(
            deployment.Id,
            version.State.Image,
            Limits(version.State),
            BotRuntimeProfile.Runtime,
            BotConfig.Files(Input(Url(deployment), version.State)),
            await SecretsAsync(deployment.Id, version.State, ct),
            version.State.Egress,
            new(routing.Value.Host(deployment.Slug), routing.Value.Issuer, routing.Value.AcmeEmail),
            ApplyStage.Route);
    }

    /// <summary>The version as it proves itself beside the bot that runs: nothing of it is public, it reaches its model and nobody else,
    /// and its channels and schedules stay still, for what they do cannot be done twice.</summary>
    public async Task<ApplyRequest> CandidateAsync(Deployment deployment, ConfigVersion version, CancellationToken ct)
    {
        var spec = await SpecAsync(deployment, version, ct);
        return spec with
        {
            Deployment = CandidateOf(deployment.Id),
            Limits = spec.Limits with { MemoryMb = CandidateMemoryMb },
            Runtime = BotRuntimeProfile.Candidate,
            Egress = [Authority(models.Value.BaseUrl)],
            Route = null,
            Through = ApplyStage.Start,
        };
    }

    /// <summary>What a bot needs to start and to answer once, whatever its plan grants it for the long run; mebibytes.</summary>
    public const int CandidateMemoryMb = 2048;

    /// <summary>The name under which a machine knows a deployment's candidate.</summary>
    public static string CandidateOf(string deployment) => string.Concat("can", deployment.AsSpan(deployment.IndexOf('_', StringComparison.Ordinal)));

    public static string DeploymentOf(string candidate) =>
        string.Concat(Ids.Deployment, candidate.AsSpan(candidate.IndexOf('_', StringComparison.Ordinal)));

    public static bool IsCandidate(string name) => name.StartsWith("can_", StringComparison.Ordinal);

    public static VmLimits Limits(DesiredState state)
    {
        var plan = Plan.Get(state.Plan);
        return new(plan.MemoryMb, plan.Cpus, plan.StorageMb, plan.Pids);
    }

    /// <summary>The files that the bot reads secrets from. A key for the language model is always among them: without one of its owner's
    /// it is the operator's.</summary>
    public static IReadOnlyList<string> SecretNames(DesiredState state) =>
        [.. state.Secrets.Select(secret => secret.Name).Append(BotSecretNames.ModelKey).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>openclaw.json as the version has it.</summary>
    public string Config(Deployment deployment, DesiredState state) => Config(Url(deployment), state);

    /// <inheritdoc cref="Config(Deployment, DesiredState)"/>
    /// <param name="url">The origin that browsers see.</param>
    /// <param name="state">The version's.</param>
    public string Config(string url, DesiredState state) => BotConfig.Render(Input(url, state));

    private BotConfigInput Input(string url, DesiredState state) => new(
        url, models.Value.BaseUrl.ToString(), state.Settings.Model ?? models.Value.Model,
        HasModelKey: true, state.Settings.Telegram, state.Settings.Instructions, state.Settings.Config);

    private async Task<IReadOnlyList<VmSecret>> SecretsAsync(string deployment, DesiredState state, CancellationToken ct)
    {
        var values = await secrets.ReadAsync(deployment, state.Secrets, ct);
        return
        [
            .. await Task.WhenAll(SecretNames(state).Select(async name =>
                new VmSecret(name, values.GetValueOrDefault(name) ?? await PlatformKeyAsync(ct)))),
        ];
    }

    private async Task<string> PlatformKeyAsync(CancellationToken ct) =>
        await vault.RecallAsync(models.Value.ApiKeySecret, KeepPlatformKey, ct)
        ?? throw new PermanentException(
            "model-key-missing", "No key for the language model is set. Bring your own, or tell the operator.");

    public string Url(Deployment deployment) => routing.Value.Url(deployment.Slug);

    private static string Authority(Uri url) => $"{url.Host}:{url.Port}";
}
