using System.Buffers;
using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Launchpad.Shared.Accounts;

/// <summary>One form for all spellings of an e-mail address, so that two of them are never two accounts.</summary>
public static class EmailAddress
{
    private static readonly IdnMapping Idna = new() { UseStd3AsciiRules = true };

    // IDNA 2003, which the mapping follows, turns these into others. Since 2008 they are letters of other people's domains.
    private static readonly SearchValues<char> Ambiguous = SearchValues.Create("ßẞς\u200c\u200d");

    /// <summary>The local part in NFC with its capitals, the domain as UTS 46 spells it for the DNS; null for what is no address.</summary>
    public static string? Normalize(string typed)
    {
        var text = typed.Normalize(NormalizationForm.FormC);
        if (text.AsSpan().ContainsAny(' ', '"') || !MailAddress.TryCreate(text, out var parsed) || parsed.Address != text
            || parsed.Host.AsSpan().ContainsAny(Ambiguous))
        {
            return null;
        }

        try
        {
            var domain = Idna.GetAscii(parsed.Host).ToLowerInvariant();
            return domain.EndsWith('.') ? null : $"{parsed.User}@{domain}";
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What makes an address unique.</summary>
    public static string Key(string email) => email.ToLowerInvariant();

    /// <summary>How the same address may have been kept when it was kept as it was typed, its own form first.</summary>
    internal static IEnumerable<string> Spellings(string email)
    {
        var at = email.LastIndexOf('@');
        var (local, domain) = (email[..at], email[(at + 1)..]);
        var unicode = Idna.GetUnicode(domain);
        return new[] { NormalizationForm.FormC, NormalizationForm.FormD }
            .SelectMany(form => new[] { domain, unicode, unicode.Normalize(NormalizationForm.FormD) }
                .Select(host => Key($"{local.Normalize(form)}@{host}")))
            .Distinct();
    }
}
