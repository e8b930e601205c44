using System.ComponentModel.DataAnnotations;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Deployments;

/// <summary>Where bots are reached. Section "Routing".</summary>
public sealed record RoutingOptions
{
    public const string Section = "Routing";

    /// <summary>The DNS zone that bots get their names in.</summary>
    [Required]
    public string Domain { get; init; } = "";

    [Range(1, 65_535)]
    public int PublicPort { get; init; } = 443;

    public TlsIssuer Issuer { get; init; } = TlsIssuer.Acme;

    /// <summary>Whom the certificate authority may write to.</summary>
    public string? AcmeEmail { get; init; }

    public string Host(string slug) => $"{slug}.{Domain}";

    public string Url(string slug) => PublicPort == 443 ? $"https://{Host(slug)}" : $"https://{Host(slug)}:{PublicPort}";
}

/// <summary>The language models that bots use when the customer brings no key. Section "Models".</summary>
public sealed record ModelOptions
{
    public const string Section = "Models";

    /// <summary>An endpoint of the OpenAI protocol, as a bot reaches it.</summary>
    [Required]
    public Uri BaseUrl { get; init; } = new("https://api.openai.com/v1");

    /// <summary>The same endpoint as the control plane reaches it, which asks there for the names of models; null for the same address.
    /// </summary>
    public Uri? CatalogUrl { get; init; }

    [Required]
    public string Model { get; init; } = "gpt-5-mini";

    /// <summary>Name of the Key Vault secret that holds the operator's key.</summary>
    [Required]
    public string ApiKeySecret { get; init; } = "platform-model-key";
}
