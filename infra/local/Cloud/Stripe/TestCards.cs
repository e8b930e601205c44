using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Local.Stripe;

/// <summary>A card as typed on the payment page, after its form was found to be right.</summary>
/// <param name="Refusal">Why the bank refuses it now; null when it pays.</param>
/// <param name="NeedsAuthentication">The bank asks its customer first.</param>
/// <param name="LaterCharges">"succeed" or "fail": what happens when it is charged without anybody present.</param>
/// <param name="Contests">Its owner contests every payment, as soon as it is made.</param>
/// <param name="Fingerprint">The same for the same number, whoever types it.</param>
/// <param name="Risk">How risky the provider finds it: elevated or highest; <see cref="TestCards.Warned"/> where the bank warns of it after it
/// was charged; null for normal.</param>
internal sealed record Card(
    string Brand, string Last4, int ExpiryMonth, int ExpiryYear, Refusal? Refusal, bool NeedsAuthentication, string LaterCharges,
    bool Contests, string Fingerprint, string? Risk);

/// <summary>What the bank says, for the program and for the person.</summary>
internal sealed record Refusal(string Code, string DeclineCode, string Message);

/// <summary>The published test cards and what each of them does.</summary>
internal static class TestCards
{
    public const string Warned = "warned";

    public static readonly Refusal Declined = new("card_declined", "generic_decline", "Your card was declined.");

    private static readonly Dictionary<string, TestCard> Known = new()
    {
        ["4242424242424242"] = new("visa"),
        ["4000056655665556"] = new("visa"),
        ["5555555555554444"] = new("mastercard"),
        ["378282246310005"] = new("amex"),
        ["6011111111111117"] = new("discover"),
        ["4000000000000002"] = new("visa", Declined),
        ["4000000000009995"] = new("visa", new("card_declined", "insufficient_funds", "Your card has insufficient funds.")),
        ["4000000000009987"] = new("visa", new("card_declined", "lost_card", "Your card was declined.")),
        ["4000000000009979"] = new("visa", new("card_declined", "stolen_card", "Your card was declined.")),
        ["4000000000000069"] = new("visa", new("expired_card", "expired_card", "Your card has expired.")),
        ["4000000000000127"] = new("visa", new("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")),
        ["4000000000000119"] = new("visa", new("processing_error", "processing_error",
            "An error occurred while processing your card. Try again in a little bit.")),
        ["4000000000000341"] = new("visa", Declined, LaterCharges: "fail"),
        ["4000000000009235"] = new("visa", Risk: "elevated"),
        ["4000000000004954"] = new("visa", Risk: "highest"),
        ["4100000000000019"] = new("visa", Declined, Risk: "highest"),
        ["4000000000005423"] = new("visa", Risk: Warned),
        ["4000000000000259"] = new("visa", Contests: true),
        ["4000002500003155"] = new("visa", NeedsAuthentication: true),
        ["4000002760003184"] = new("visa", NeedsAuthentication: true),
        ["4000008260003178"] = new("visa",
            new("card_declined", "insufficient_funds", "Your card has insufficient funds."), NeedsAuthentication: true),
    };

    // Cards that programs attach by name instead of typing a number.
    private static readonly Dictionary<string, string> Named = new()
    {
        ["pm_card_visa"] = "4242424242424242",
        ["pm_card_mastercard"] = "5555555555554444",
        ["pm_card_amex"] = "378282246310005",
        ["pm_card_chargeCustomerFail"] = "4000000000000341",
        ["pm_card_createDispute"] = "4000000000000259",
    };

    private static readonly Refusal NotATestCard = new("card_declined", "test_mode_live_card",
        "Your card was declined. Your request was in test mode, but used a non test card.");

    public static Card? ByName(string name, DateTimeOffset now) =>
        Named.TryGetValue(name, out var number) ? Of(number, now.Month, now.Year + 1) : null;

    /// <summary>What is wrong with the form, by field; empty when the card can be sent to the bank.</summary>
    public static Dictionary<string, string> Check(string number, string expiry, string cvc, DateTimeOffset now)
    {
        var wrong = new Dictionary<string, string>();
        var digits = Digits(number);
        if (digits is null || digits.Length < 13)
        {
            wrong["cardNumber"] = "Your card number is incomplete.";
        }
        else if (digits.Length > 19 || !PassesLuhn(digits))
        {
            wrong["cardNumber"] = "Your card number is invalid.";
        }

        if (Expiry(expiry) is not var (month, year))
        {
            wrong["cardExpiry"] = "Your card's expiration date is incomplete.";
        }
        else if (month is < 1 or > 12 || year > now.Year + 50)
        {
            wrong["cardExpiry"] = "Your card's expiration date is invalid.";
        }
        else if (year < now.Year || (year == now.Year && month < now.Month))
        {
            wrong["cardExpiry"] = "Your card's expiration date is in the past.";
        }

        var cvcLength = digits is not null && digits.StartsWith('3') ? 4 : 3;
        if (Digits(cvc) is not { } code || code.Length != cvcLength)
        {
            wrong["cardCvc"] = "Your card's security code is incomplete.";
        }

        return wrong;
    }

    /// <summary>Only after <see cref="Check"/> found nothing wrong.</summary>
    public static Card Read(string number, string expiry)
    {
        var (month, year) = Expiry(expiry)!.Value;
        return Of(Digits(number)!, month, year);
    }

    private static Card Of(string digits, int month, int year)
    {
        var known = Known.TryGetValue(digits, out var found) ? found : new TestCard("unknown", NotATestCard);
        return new Card(known.Brand, digits[^4..], month, year, known.Refusal, known.NeedsAuthentication, known.LaterCharges, known.Contests,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("card " + digits)))[..16], known.Risk);
    }

    private static string? Digits(string text)
    {
        var digits = text.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return digits.Length > 0 && digits.All(char.IsAsciiDigit) ? digits : null;
    }

    private static (int Month, int Year)? Expiry(string text)
    {
        var parts = text.Split('/', StringSplitOptions.TrimEntries);
        var (month, year) = parts switch
        {
            [{ Length: 4 } joined] => (joined[..2], joined[2..]),
            [{ Length: 1 or 2 } first, { Length: 2 or 4 } second] => (first, second),
            _ => ("", ""),
        };
        return int.TryParse(month, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
            && int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var y)
            ? (m, y < 100 ? 2000 + y : y)
            : null;
    }

    private static bool PassesLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            var weighted = i % 2 == 0 ? digit : digit * 2;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }

        return sum % 10 == 0;
    }

    private sealed record TestCard(
        string Brand, Refusal? Refusal = null, bool NeedsAuthentication = false, string LaterCharges = "succeed", bool Contests = false,
        string? Risk = null);
}
