using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Plans;

/// <summary>What one account may have. Section "Quota".</summary>
public sealed record QuotaOptions
{
    public const string Section = "Quota";

    [Range(1, 10_000)]
    public int DeploymentsMax { get; init; } = 20;
}
