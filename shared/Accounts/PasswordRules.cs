using System.Text;

namespace Launchpad.Shared.Accounts;

/// <summary>Which passwords are too easily guessed: those that were in leaks, also with a few digits or signs behind them, those that are
/// the address again, and those of hardly any letters. Nothing is asked of how one is composed (ADR 36).</summary>
public static class PasswordRules
{
    public const int Min = 8;
    public const int Max = 1_024;
    private const int TailMax = 4;
    private const int DifferentMin = 5;
    private const int OwnMin = 4;
    private const string Product = "launchpad";

    private static readonly DigestList Leaked = new("accounts/leaked-passwords.bin");

    /// <summary>The same for what looks the same, however a keyboard makes it.</summary>
    public static string Normalize(string typed) => typed.Normalize(NormalizationForm.FormC);

    /// <summary>Why it is refused, as a sentence for people; null when it is not.</summary>
    /// <param name="password">In its one form.</param>
    /// <param name="email">Of whose it is to be.</param>
    public static string? Weakness(string password, string email)
    {
        var lower = password.ToLowerInvariant();
        return Forms(lower).Any(Leaked.Contains) ? "is in lists of leaked passwords, which are tried first. Take another; a few words that do not belong together are easy to keep."
            : lower.EnumerateRunes().Distinct().Count() < DifferentMin ? "has too few different letters."
            : IsOwn(lower, email) ? "is mostly your address or our name, which is tried first."
            : null;
    }

    private static IEnumerable<string> Forms(string lower)
    {
        yield return lower;
        for (var end = lower.Length - 1; end >= Min && lower.Length - end <= TailMax && !char.IsLetter(lower[end]); end--)
        {
            yield return lower[..end];
        }
    }

    private static bool IsOwn(string lower, string email) => email.ToLowerInvariant().Split('@', '.', '+', '-', '_').Append(Product)
        .Any(word => word.Length >= OwnMin && lower.Contains(word, StringComparison.Ordinal) && lower.Length - word.Length < OwnMin);
}
