using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Deployments;

/// <summary>Turns a config version into the document that launchpad-vm converges a machine to.</summary>
public sealed class Bots(BotSecrets secrets, SecretVault vault, IOptions<RoutingOptions> routing, IOptions<ModelOptions> models)
{
    private static readonly Uri Telegram = new("https://api.telegram.org");

    /// <summary>What the bot may reach, and nothing else: its model provider, and Telegram where it listens there.</summary>
    public IReadOnlyList<string> Egress(BotSettings settings) =>
        settings.Telegram ? [Authority(models.Value.BaseUrl), Authority(Telegram)] : [Authority(models.Value.BaseUrl)];

    public async Task<ApplyRequest> SpecAsync(Deployment deployment, ConfigVersion version, CancellationToken ct)
    {
        var plan = Plan.Get(version.State.Plan);
        return new(
            deployment.Id,
            version.State.Image,
            new(plan.MemoryMb, plan.Cpus, plan.StorageMb, plan.Pids),
            BotRuntimeProfile.Runtime,
            BotConfig.Files(Input(deployment, version.State)),
            await SecretsAsync(deployment.Id, version.State.Secrets, ct),
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

    /// <summary>openclaw.json as the version has it.</summary>
    public string Config(Deployment deployment, DesiredState state) => BotConfig.Render(Input(deployment, state));

    private BotConfigInput Input(Deployment deployment, DesiredState state) => new(
        routing.Value.Url(deployment.Slug), models.Value.BaseUrl.ToString(), state.Settings.Model ?? models.Value.Model,
        HasModelKey: true, state.Settings.Telegram, state.Settings.Instructions, state.Settings.Config);

    private async Task<IReadOnlyList<VmSecret>> SecretsAsync(string deployment, IReadOnlyList<SecretRef> references, CancellationToken ct)
    {
        var values = await secrets.ReadAsync(deployment, references, ct);
        IEnumerable<VmSecret> own = values.Select(pair => new VmSecret(pair.Key, pair.Value));
        if (!values.ContainsKey(BotSecretNames.ModelKey))
        {
            own = own.Append(new(BotSecretNames.ModelKey, await PlatformKeyAsync(ct)));
        }

        return [.. own.OrderBy(secret => secret.Name, StringComparer.Ordinal)];
    }

    private async Task<string> PlatformKeyAsync(CancellationToken ct) =>
        await vault.GetAsync(models.Value.ApiKeySecret, ct)
        ?? throw new PermanentException(
            "model-key-missing", "No key for the language model is set. Bring your own, or tell the operator.");

    public string Url(Deployment deployment) => routing.Value.Url(deployment.Slug);

    private static string Authority(Uri url) => $"{url.Host}:{url.Port}";
}
