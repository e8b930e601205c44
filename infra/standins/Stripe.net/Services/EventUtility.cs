using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stripe.Infrastructure;

namespace Stripe;

/// <summary>Checks that a webhook comes from Stripe and is recent, over the text exactly as it arrived.</summary>
public static class EventUtility
{
    public const int DefaultTimeTolerance = 300;

    // Text that is not well-formed has no one byte form, so it has no signature.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsCompatibleApiVersion(string sdkApiVersion, string eventApiVersion)
    {
        // Versions are date.train; those from before the trains are compatible with none.
        if (!eventApiVersion.Contains('.', StringComparison.Ordinal))
        {
            return false;
        }

        var train = sdkApiVersion.Split('.')[1];
        return train == "preview" ? eventApiVersion == sdkApiVersion : eventApiVersion.Split('.')[1] == train;
    }

    public static bool IsCompatibleApiVersion(string eventApiVersion) =>
        IsCompatibleApiVersion(StripeConfiguration.ApiVersion, eventApiVersion);

    public static Event ParseEvent(string json, bool throwOnApiVersionMismatch = true)
    {
        var stripeEvent = JsonSerializer.Deserialize<Event>(json, StripeJson.Options);
        if (stripeEvent.Object == "v2.core.event")
        {
            throw new ArgumentException("You passed a thin event notification to ConstructEvent, which expects a webhook payload.");
        }

        if (throwOnApiVersionMismatch && !IsCompatibleApiVersion(stripeEvent.ApiVersion))
        {
            throw new StripeException(
                $"Received event with API version {stripeEvent.ApiVersion}, but Stripe.net {StripeConfiguration.StripeNetVersion} "
                + $"expects API version {StripeConfiguration.ApiVersion}.");
        }

        return stripeEvent;
    }

    public static Event ConstructEvent(
        string json,
        string stripeSignatureHeader,
        string secret,
        long tolerance = DefaultTimeTolerance,
        bool throwOnApiVersionMismatch = true) =>
        ConstructEvent(
            json, stripeSignatureHeader, secret, tolerance, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), throwOnApiVersionMismatch);

    public static Event ConstructEvent(
        string json,
        string stripeSignatureHeader,
        string secret,
        long tolerance,
        long utcNow,
        bool throwOnApiVersionMismatch = true)
    {
        ValidateSignature(json, stripeSignatureHeader, secret, tolerance, utcNow);
        return ParseEvent(json, throwOnApiVersionMismatch);
    }

    public static void ValidateSignature(
        string json, string stripeSignatureHeader, string secret, long tolerance = DefaultTimeTolerance) =>
        ValidateSignature(json, stripeSignatureHeader, secret, tolerance, DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    public static void ValidateSignature(string json, string stripeSignatureHeader, string secret, long tolerance, long utcNow)
    {
        var items = stripeSignatureHeader.Trim().Split(',').Select(Item).ToLookup(item => item.Key, item => item.Value);
        var timestamp = items["t"].FirstOrDefault();

        string expected;
        try
        {
            expected = ComputeSignature(secret, timestamp, json);
        }
        catch (EncoderFallbackException exception)
        {
            throw new StripeException(
                "The webhook cannot be processed because the signature cannot be safely calculated.", exception);
        }

        // Several v1: while a secret is being rolled, each event is signed with the old one and the new one.
        if (!items["v1"].Any(signature => SecureEquals(signature, expected)))
        {
            throw new StripeException(
                "The expected signature was not found in the Stripe-Signature header. "
                + "Make sure you're using the correct webhook secret (whsec_) and confirm the incoming request came from Stripe.");
        }

        if (Math.Abs(utcNow - Convert.ToInt32(timestamp, CultureInfo.InvariantCulture)) > tolerance)
        {
            throw new StripeException(
                "The webhook cannot be processed because the current timestamp is outside of the allowed tolerance.");
        }
    }

    public static string ComputeSignature(string secret, string timestamp, string payload) => Convert.ToHexStringLower(
        HMACSHA256.HashData(StrictUtf8.GetBytes(secret), StrictUtf8.GetBytes($"{timestamp}.{payload}")));

    private static KeyValuePair<string, string> Item(string item) => item.Trim().Split('=', 2) is [var key, var value]
        ? new(key, value)
        : throw new StripeException("The signature header format is unexpected.");

    private static bool SecureEquals(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
