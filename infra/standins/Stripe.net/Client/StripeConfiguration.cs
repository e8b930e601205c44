namespace Stripe;

/// <summary>The versions that this package speaks.</summary>
public static class StripeConfiguration
{
    public static string ApiVersion => "2026-05-27.dahlia";

    public static string StripeNetVersion { get; } = "52.0.0";
}
