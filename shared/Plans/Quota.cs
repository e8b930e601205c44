using System.ComponentModel.DataAnnotations;
using Launchpad.Shared.Deployments;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Plans;

/// <summary>What one account may have. Section "Quota".</summary>
public sealed record QuotaOptions
{
    public const string Section = "Quota";

    [Range(1, 10_000)]
    public int DeploymentsMax { get; init; } = 20;
}

/// <summary>How many deployments an account may have, and how many it has left.</summary>
public sealed class Quota(DeploymentStore deployments, IOptions<QuotaOptions> options)
{
    public int Max => options.Value.DeploymentsMax;

    /// <summary>Below nothing where several orders came at once.</summary>
    public async Task<int> LeftAsync(string account, CancellationToken ct) => Max - await deployments.CountLiveAsync(account, ct);
}
