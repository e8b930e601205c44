namespace Launchpad.Functions.Tests;

/// <summary>What looks the same is the same, and what nobody sees is not there.</summary>
public sealed class SpellingTests
{
    public static TheoryData<string> Unseen =>
    [
        "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2062", "\u2066", "\u2069", "\ufeff", "\u00ad",
        "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u180e", "\u180b", "\u2028", "\u2029", "\u2800", "\u3164", "\ufe00", "\ufe0f",
        "\uffa0", "\ufff9", "\ue000", "\uffff", "\U000e0001", "\U000e0041", "\U000e0100", "\U0001d173", "\U000f0000",
    ];

    [Theory]
    [MemberData(nameof(Unseen))]
    public void What_is_not_shown_is_refused_wherever_people_are_told_apart_by_what_they_read(string letter)
    {
        foreach (var text in new[] { $"Ada{letter}", $"{letter}Ada", $"A{letter}da" })
        {
            Refused(() => Rules.Name(text));
            Refused(() => Rules.Why(text));
            Refused(() => Rules.Email($"{text}@example.com"));
            Refused(() => Rules.Email($"ada@{text}.com"));
        }
    }

    [Theory]
    [MemberData(nameof(Unseen))]
    public void Free_text_stays_to_the_letter(string letter)
    {
        Assert.Equal($"a{letter}e\u0301", Rules.Message($"a{letter}e\u0301"));
        Assert.Equal($"a{letter}e\u0301", Rules.Instructions($"a{letter}e\u0301"));
    }

    [Theory]
    [InlineData("👩🏽‍💻 and ❤️‍🔥")]
    [InlineData("🏳️‍🌈 #️⃣ 1️⃣ ↔️")]
    [InlineData("👨‍👩‍👧‍👦")]
    [InlineData("שלום عَرَبِيّ हिन्दी ไทย 한국어")]
    [InlineData("Zoë O'Neill, 2nd")]
    public void What_is_shown_arrives(string name) => Assert.Equal(name, Rules.Name(name));

    [Theory]
    [InlineData("Zoe\u0308", "Zoë")]
    [InlineData("\u1112\u1161\u11ab", "한")]
    [InlineData("Ａｄａ", "Ada")]
    [InlineData("ﬁt", "fit")]
    [InlineData("Ada\u00a0Lovelace", "Ada Lovelace")]
    [InlineData(" Ada \u3000 Lovelace\u2009", "Ada Lovelace")]
    public void A_name_has_one_spelling(string typed, string name) => Assert.Equal(name, Rules.Name(typed));

    [Fact]
    public void A_name_that_grows_beyond_the_bound_when_it_is_spelled_out_is_refused() =>
        Refused(() => Rules.Name(new string('\ufdfa', 10)));

    [Theory]
    [InlineData("zoe\u0308@example.com", "zoë@example.com")]
    [InlineData("Ada.L@EXAMPLE.Com", "Ada.L@example.com")]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@BÜCHER.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@XN--Bcher-KVA.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@ｅxample。com", "ada@example.com")]
    [InlineData("ada@xn--fa-hia.de", "ada@xn--fa-hia.de")]
    [InlineData("ada@fass.de", "ada@fass.de")]
    public void An_address_has_one_spelling(string typed, string email) => Assert.Equal(email, Rules.Email(typed));

    /// <summary>faß.de and fass.de belong to two people, and the mapping of 2003 makes one of them.</summary>
    [Theory]
    [InlineData("ada@faß.de")]
    [InlineData("ada@FAẞ.de")]
    [InlineData("ada@βόλος.com")]
    [InlineData("ada@xn--zzzzzzzz99.example")]
    [InlineData("ada@a_b.example")]
    [InlineData("ada@-a.example")]
    [InlineData("ada@example.com.")]
    [InlineData("ada@[127.0.0.1]")]
    [InlineData("\"ada\"@example.com")]
    public void An_address_that_can_be_read_in_two_ways_is_refused(string typed) => Refused(() => Rules.Email(typed));

    private static void Refused(Action rule) => Assert.Equal(400, Assert.Throws<ProblemException>(rule).Status);
}
