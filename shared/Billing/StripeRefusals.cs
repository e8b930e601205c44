using System.Net;
using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>Which answers of Stripe the same request would get again. All others may pass: no connection, 429, 5xx, a request under the
/// same key that still runs (409), and a key that is just being changed (401, 403).</summary>
public static class StripeRefusals
{
    public const string Code = "billing-refused";

    /// <summary>Stripe does not know, or not any more, what was asked about.</summary>
    public static bool IsMissing(this PermanentException refused) => Is(refused, "resource_missing");

    internal static bool Is(this PermanentException refused, string code) =>
        refused.InnerException is StripeException { StripeError.Code: { } given } && given == code;

    internal static bool IsForGood(StripeException exception) => exception.HttpStatusCode is
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
        and not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict
            or HttpStatusCode.TooManyRequests);

    internal static PermanentException Permanent(StripeException exception) => new(
        Code,
        $"The payment provider refuses this ({exception.StripeError?.Code ?? exception.StripeError?.Type ?? "no reason given"}), "
            + "and trying again does not change that.",
        exception);
}
