using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Launchpad.Functions;

/// <summary>Where people reach this API and its web app. Section "Site".</summary>
public sealed record SiteOptions : IValidatableObject
{
    public const string Section = "Site";

    /// <summary>Browsers call from nowhere else: what brings a cookie along and comes from another origin is refused.</summary>
    [Required]
    public Uri BaseUrl { get; init; } = new("http://localhost:7071");

    /// <summary>Where the web app's pages are, with a slash at the end; without it, at the root of the address above.</summary>
    public Uri? AppUrl { get; init; }

    /// <summary>Networks (10.1.0.0/16, 2001:db8::/32) of the proxies before the functions host, separated by commas: what they say in
    /// X-Forwarded-For is believed. Without any it is whoever calls the host.</summary>
    public string TrustedProxies { get; init; } = "";

    public Uri Page(string path) => new(AppUrl ?? new Uri(BaseUrl, "/"), path);

    public IEnumerable<string> Networks =>
        TrustedProxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AppUrl is { } app && !(app.IsAbsoluteUri && app.AbsoluteUri.EndsWith('/')))
        {
            yield return new("Site__AppUrl: a whole address with a slash at its end is needed.", [nameof(AppUrl)]);
        }

        if (Networks.FirstOrDefault(network => !IPNetwork.TryParse(network, out _)) is { } wrong)
        {
            yield return new($"Site__TrustedProxies: '{wrong}' is no network like 10.1.0.0/16.", [nameof(TrustedProxies)]);
        }
    }
}
