using System.ComponentModel.DataAnnotations;

namespace Launchpad.Functions;

/// <summary>Where people reach this API. Section "Site".</summary>
public sealed record SiteOptions
{
    public const string Section = "Site";

    [Required]
    public Uri BaseUrl { get; init; } = new("http://localhost:7071");
}
