using System.Globalization;
using System.Text;

namespace Launchpad.Functions;

/// <summary>Text of one line that people tell apart by looking at it: what nobody sees is not in it, and what looks the same is the
/// same.</summary>
public static class VisibleText
{
    private const int Joiner = 0x200D;
    private const int EmojiStyle = 0xFE0F;
    private const int KeycapFrame = 0x20E3;

    // Default_Ignorable_Code_Point where the general category does not tell, and the braille pattern without a dot.
    private static readonly (int First, int Last)[] Unseen =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
    ];

    /// <summary>A name as RFC 8266 prepares nicknames: compatibility forms become usual ones, and any spaces one plain space.</summary>
    public static string Nickname(string text) =>
        string.Join(' ', text.Normalize(NormalizationForm.FormKC).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether something is in it that is not shown: zero-width characters, controls of direction, fillers, what Unicode has not
    /// assigned. Joiners and style selectors are shown where they make an emoji.</summary>
    public static bool HasUnseen(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        return Enumerable.Range(0, runes.Length).Any(at => IsUnseen(runes[at]) && !MakesEmoji(runes, at));
    }

    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
        || Unseen.Any(range => range.First <= rune.Value && rune.Value <= range.Last);

    private static bool MakesEmoji(Rune[] runes, int at)
    {
        var next = at + 1 < runes.Length ? runes[at + 1] : default;
        return at > 0 && runes[at].Value switch
        {
            Joiner => IsPicture(next) && (IsPicture(runes[at - 1]) || runes[at - 1].Value == EmojiStyle),
            EmojiStyle => IsPicture(runes[at - 1]) || next.Value == KeycapFrame,
            _ => false,
        };
    }

    // Skin tones are modifiers, arrows are mathematical.
    private static bool IsPicture(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol
        or UnicodeCategory.ModifierSymbol or UnicodeCategory.MathSymbol;
}
