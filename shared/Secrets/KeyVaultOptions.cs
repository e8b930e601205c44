using System.ComponentModel.DataAnnotations;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Secrets;

/// <summary>The vault that holds every secret value.</summary>
public sealed record KeyVaultOptions
{
    public const string Section = "KeyVault";

    [Required]
    public Uri? Uri { get; init; }

    /// <summary>True only for a vault whose name is not of Key Vault's own domains, because then nothing but the configuration
    /// says whose it is.</summary>
    public bool DisableChallengeResourceVerification { get; init; }

    /// <summary>For one attempt of one call.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Puts the vault, and the identity it is opened with, among the services.</summary>
public static class SecretVaultServices
{
    public static IServiceCollection AddSecretVault(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KeyVaultOptions>().Bind(configuration.GetSection(KeyVaultOptions.Section))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<IdentityOptions>().Bind(configuration.GetSection(IdentityOptions.Section)).ValidateOnStart();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<IdentityOptions>>().Value.Credential());
        services.AddSingleton(provider => Client(
            provider.GetRequiredService<IOptions<KeyVaultOptions>>().Value, provider.GetRequiredService<TokenCredential>()));
        return services.AddSingleton<SecretVault>();
    }

    private static SecretClient Client(KeyVaultOptions options, TokenCredential credential) =>
        new(options.Uri, credential, new SecretClientOptions
        {
            DisableChallengeResourceVerification = options.DisableChallengeResourceVerification,
            Retry = { MaxRetries = 5, Delay = TimeSpan.FromMilliseconds(200), NetworkTimeout = options.Timeout },
        });
}
