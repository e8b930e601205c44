using System.Text.RegularExpressions;

namespace Launchpad.Shared.Secrets;

/// <summary>Tells secrets from other text by their look: the forms that issuers give their keys, randomness, and the names that people
/// keep them under.</summary>
public static partial class SecretShapes
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace;

    // How often a text goes on in another kind of letter, upper case, lower case or digits, but for a capital that begins a word. Of a
    // thousand random texts of forty letters, one does so less often; names made of words do at most of their beginnings.
    private const double RandomTurns = 0.18;

    /// <summary>Nothing else looks so: a key in its issuer's form, a private key, a password in an address.</summary>
    public static bool IsUnmistakable(string text) => IssuedKey().IsMatch(text);

    /// <summary>Also what has to be expected to be one: long and random, or handed over as a credential.</summary>
    public static bool IsLikely(string text) =>
        IsUnmistakable(text) || HandedOver().IsMatch(text) || Long().Matches(text).Any(match => IsRandom(match.ValueSpan));

    /// <summary>What is kept under such a name is a credential, whatever it looks like.</summary>
    public static bool IsCredentialName(string name) => CredentialName().IsMatch(name) && !PlaceName().IsMatch(name);

    /// <summary>The word for a credential, and nothing else.</summary>
    public static bool IsCredential(string name) => Credential().IsMatch(name);

    private static bool IsRandom(ReadOnlySpan<char> text)
    {
        var (letters, digits, turns, last) = (0, 0, 0, Kind.Other);
        foreach (var letter in text)
        {
            var kind = char.IsAsciiLetterUpper(letter) ? Kind.Upper
                : char.IsAsciiLetterLower(letter) ? Kind.Lower
                : char.IsAsciiDigit(letter) ? Kind.Digit
                : Kind.Other;
            letters += kind is Kind.Upper or Kind.Lower ? 1 : 0;
            digits += kind is Kind.Digit ? 1 : 0;
            var turned = kind != last && kind is not Kind.Other && last is not Kind.Other;
            turns += turned && (last, kind) is not (Kind.Upper, Kind.Lower) ? 1 : 0;
            last = kind;
        }

        return letters > 0 && digits > 0 && turns >= text.Length * RandomTurns;
    }

    private enum Kind
    {
        Other,
        Upper,
        Lower,
        Digit,
    }

    [GeneratedRegex(
        """
        (?<![A-Za-z0-9])(?:
          (?:sk|rk)[-_] (?: (?=[\w-]*[0-9]) [\w-]{16,} | [\w-]*[A-Za-z]{20,} )
        | (?:xai|gsk|pplx|tvly|hf|npm|nvapi|dop_v1|shpat|shpss|whsec|glpat|dckr_pat|lin_api)[-_] [\w-]{20,}
        | xox[a-z]-[\w-]{10,} | xapp-[\w-]{10,}
        | gh[a-z]_[A-Za-z0-9]{20,} | github_pat_\w{20,}
        | A(?:KIA|SIA)[A-Z0-9]{16} | AIza[\w-]{30,} | ya29\.[\w-]{20,} | SG\.[\w-]{16,}\.[\w-]{16,}
        | eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*
        | [0-9]{6,20}:[\w-]{30,80}
        | [MNO][\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,}
        )
        | -----BEGIN\ [A-Z0-9\ ]*PRIVATE\ KEY
        | (?<![\w.+-])[A-Za-z][A-Za-z0-9.+-]*://[^\s/:@]*:[^\s/@]+@
        """, Options)]
    private static partial Regex IssuedKey();

    [GeneratedRegex(
        """
        (?:^|\s)bearer\s+[\w.~+/=-]{12,} | ^basic\s+(?=\S*[0-9=])[A-Za-z0-9+/=]{8,}$
        | [?&\#;][\w-]*(?:token|secret|password|passwd|api_?key|signature|sig|credential)=[^&\s]{4,}
        | --?[\w-]*(?:token|secret|password|passwd|passphrase|api-?key)[=\ ]\S{4,}
        | (?:accountkey|sharedaccesskey|pwd|password)\s*=\s*[^;\s]{4,}
        """, Options | RegexOptions.IgnoreCase)]
    private static partial Regex HandedOver();

    /// <summary>Not a digest, which says what it is.</summary>
    [GeneratedRegex("(?<![A-Za-z0-9+/_-]|sha256[:-]|sha512[:-])[A-Za-z0-9+/_-]{40,}", RegexOptions.CultureInvariant)]
    private static partial Regex Long();

    [GeneratedRegex(
        """
        tokens?$ | passw(?:or)?d | passphrase | pwd$ | secret | api.?key | (?:encrypt|private|access|signing|account).?key
        | credentials?$ | authorization | cookie | bearer | service.?account
        """, Options | RegexOptions.IgnoreCase)]
    private static partial Regex CredentialName();

    [GeneratedRegex(
        "^(?:token|password|passwd|passphrase|pwd|pin|secret|api.?key|private.?key|credential)s?$", Options | RegexOptions.IgnoreCase)]
    private static partial Regex Credential();

    /// <summary>Says where a credential is, not what it is.</summary>
    [GeneratedRegex("(?:file|path|dir|env|envvar)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex PlaceName();
}
