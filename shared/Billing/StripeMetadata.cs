using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>How what is at Stripe says what of ours it belongs to.</summary>
internal static class StripeMetadata
{
    public const string AccountKey = "account";
    public const string DeploymentKey = "deployment";
    public const string PlanKey = "plan";

    /// <summary>Of a payment page: for how many days what it sells is free. The page itself does not tell.</summary>
    public const string TrialKey = "trialDays";

    /// <summary>The address that the account had when it was told to the provider.</summary>
    public const string EmailKey = "email";

    public static Dictionary<string, string> Of(string account, string deployment, string plan) => new()
    {
        [AccountKey] = account,
        [DeploymentKey] = deployment,
        [PlanKey] = plan,
    };

    public static string? Account(IHasMetadata item) => Value(item, AccountKey);

    public static string? Deployment(IHasMetadata item) => Value(item, DeploymentKey);

    public static string? Value(IHasMetadata item, string key) => item.Metadata?.GetValueOrDefault(key);
}
