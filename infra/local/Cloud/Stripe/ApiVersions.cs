using System.Text.RegularExpressions;

namespace Launchpad.Local.Stripe;

/// <summary>Which version of the API is spoken: the one that a request asks for, else the account's own. Versions of one release, whose
/// name follows the date, differ in additions only; another release has other shapes, which are refused rather than faked.</summary>
internal static partial class ApiVersions
{
    private const string Release = ".endive";

    /// <summary>The account's own, in which events are written.</summary>
    public const string Account = "2026-10-28" + Release;

    public static string Spoken(HttpRequest request) =>
        request.Headers["Stripe-Version"].ToString() is { Length: > 0 } asked ? Checked(asked, null) : Account;

    public static string Checked(string asked, string? param)
    {
        if (!Version().IsMatch(asked))
        {
            throw StripeFailure.Invalid($"Invalid Stripe API version: {asked}", null, param);
        }

        return asked.EndsWith(Release, StringComparison.Ordinal)
            ? asked
            : throw StripeFailure.Invalid(
                $"Invalid Stripe API version: {asked}. The pocket Stripe speaks {Account} and no other release.", null, param);
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$")]
    private static partial Regex Version();
}
