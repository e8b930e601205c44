using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Billing;

/// <summary>Where the payment provider is, and under which names the vault keeps what is shared with it.</summary>
public sealed record StripeOptions
{
    public const string Section = "Stripe";

    [Required, Url]
    public string ApiBase { get; init; } = "https://api.stripe.com";

    /// <summary>Name of the secret in the vault, never the key itself.</summary>
    [Required, RegularExpression("[0-9A-Za-z-]{1,127}")]
    public string ApiKeySecret { get; init; } = "stripe-api-key";

    /// <summary>Name of the secret in the vault that webhooks are signed with.</summary>
    [Required, RegularExpression("[0-9A-Za-z-]{1,127}")]
    public string WebhookSecret { get; init; } = "stripe-webhook-secret";

    /// <summary>For one request; the client tries a failed one twice more.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:20")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);
}
