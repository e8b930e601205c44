using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Launchpad.Functions;

/// <summary>Where people reach this API. Section "Site".</summary>
public sealed record SiteOptions : IValidatableObject
{
    public const string Section = "Site";

    [Required]
    public Uri BaseUrl { get; init; } = new("http://localhost:7071");

    /// <summary>Networks (10.1.0.0/16, 2001:db8::/32) of the proxies before the functions host, separated by commas: what they say in
    /// X-Forwarded-For is believed. Without any it is whoever calls the host.</summary>
    public string TrustedProxies { get; init; } = "";

    public IEnumerable<string> Networks =>
        TrustedProxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Networks.FirstOrDefault(network => !IPNetwork.TryParse(network, out _)) is { } wrong)
        {
            yield return new($"Site__TrustedProxies: '{wrong}' is no network like 10.1.0.0/16.", [nameof(TrustedProxies)]);
        }
    }
}
