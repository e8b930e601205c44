using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Billing;

/// <summary>How often the payment provider is asked what it may have failed to tell. Section "Billing".</summary>
public sealed record BillingOptions
{
    public const string Section = "Billing";

    /// <summary>From a payment page's opening to the first look; the looks after it come ever less often.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FirstLook { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks at a subscription.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);
}
