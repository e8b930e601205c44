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
        var input = new BotConfigInput(
            routing.Value.Url(deployment.Slug), models.Value.BaseUrl.ToString(), version.State.Settings.Model ?? models.Value.Model,
            HasModelKey: true, version.State.Settings.Telegram, version.State.Settings.Instructions);
        return new(
            deployment.Id,
            version.State.Image,
            new(plan.MemoryMb, plan.Cpus, plan.StorageMb, plan.Pids),
            BotRuntimeProfile.Runtime,
            BotConfig.Files(input),
            await SecretsAsync(deployment.Id, version.State.Secrets, ct),
            version.State.Egress,
            new(routing.Value.Host(deployment.Slug), routing.Value.Issuer, routing.Value.AcmeEmail),
            ApplyStage.Route);
    }

    private async Task<IReadOnlyList<VmSecret>> SecretsAsync(string deployment, IReadOnlyList<string> names, CancellationToken ct)
    {
        var values = await secrets.ReadAsync(deployment, names, ct);
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
