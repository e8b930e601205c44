namespace Launchpad.Functions.Tests;

public sealed class RulesTests
{
    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("ada+bots@sub.example.co")]
    public void An_address_passes_to_the_letter(string email) => Assert.Equal(email, Rules.Email(email));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("Ada <ada@example.com>")]
    [InlineData("ada@example.com\nbcc: x@y.z")]
    [InlineData("ada@exa mple.com")]
    [InlineData("ada@example.com\0")]
    public void What_is_no_address_is_refused(string? email) => Refused(() => Rules.Email(email));

    [Theory]
    [InlineData("$(touch /tmp/canary)")]
    [InlineData("`id`; rm -rf / | & > < * ~")]
    [InlineData("-oProxyCommand=x --upload-pack=y")]
    [InlineData("../../etc/passwd %00 'quoted' \"twice\"")]
    [InlineData("Зоя 机器人 🤖")]
    public void Metacharacters_in_a_name_arrive_as_they_are(string name) => Assert.Equal(name, Rules.Name(name));

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("return\rhere")]
    [InlineData("nul\0here")]
    [InlineData("escape\u001b[31m")]
    [InlineData("   ")]
    [InlineData("")]
    public void Control_characters_in_a_name_are_refused(string name) => Refused(() => Rules.Name(name));

    [Fact]
    public void A_lone_surrogate_is_refused_everywhere()
    {
        Refused(() => Rules.Name("a\ud800b"));
        Refused(() => Rules.Message("a\udc00"));
        Refused(() => Rules.Instructions("\ud83d"));
        Refused(() => Rules.Password("0123456789\ud800"));
    }

    [Fact]
    public void Instructions_may_have_lines_and_tabs_and_nothing_else_that_controls()
    {
        Assert.Equal("a\n\tb", Rules.Instructions("a\n\tb"));
        Refused(() => Rules.Instructions("a\0b"));
        Refused(() => Rules.Instructions(new string('x', 16_385)));
        Assert.Null(Rules.Instructions(null));
    }

    [Theory]
    [InlineData("gpt-5-mini", true)]
    [InlineData("openai/gpt-5:free", true)]
    [InlineData("-rf", false)]
    [InlineData("a b", false)]
    [InlineData("x\n", false)]
    public void A_model_has_a_plain_name(string model, bool passes) => Check(passes, () => Rules.Model(model));

    [Theory]
    [InlineData("sk-live-0123456789", true)]
    [InlineData("$(id)$(id)`;|&<>\"'", true)]
    [InlineData("short", false)]
    [InlineData("with space in it", false)]
    [InlineData("sk-0123456789\n", false)]
    public void A_model_key_is_printable_and_has_no_space(string key, bool passes) => Check(passes, () => Rules.ModelKey(key));

    [Theory]
    [InlineData("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", true)]
    [InlineData("123456789:short", false)]
    [InlineData("not-a-token", false)]
    [InlineData("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa;id", false)]
    public void A_telegram_token_looks_like_one(string token, bool passes) => Check(passes, () => Rules.TelegramToken(token));

    [Theory]
    [InlineData("sk-proj-0123456789abcdefghij")]
    [InlineData("xoxb-1234567890-abcdefghij")]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl")]
    [InlineData("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----")]
    [InlineData("https://ada:hunter2@example.com/")]
    public void A_key_in_a_text_that_is_kept_and_shown_is_refused_and_not_repeated(string key)
    {
        foreach (var rule in new Action[]
        {
            () => Rules.Name($"Ada {key}"), () => Rules.Why(key), () => Rules.Message($"Is {key} yours?"),
            () => Rules.Instructions($"Line one.\nUse {key}."),
        })
        {
            var refused = Assert.Throws<ProblemException>(rule);
            Assert.Equal(400, refused.Status);
            Assert.DoesNotContain(key, refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(key, Rules.Search(key));
    }

    [Theory]
    [InlineData("Keep the sk-learn models and the ghp_ prefix out of it; call +49 170 1234567 at 12:30.")]
    [InlineData("The password is asked for at https://example.com/login?next=/a:b@c, the token never.")]
    [InlineData("Version 01890a5d-ac96-774b-bcce-b302099a8057 of 0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d")]
    public void A_text_about_keys_passes(string text) => Assert.Equal(text, Rules.Instructions(text));

    private static void Check(bool passes, Action rule)
    {
        if (passes)
        {
            rule();
        }
        else
        {
            Refused(rule);
        }
    }

    private static void Refused(Action rule) => Assert.Equal(400, Assert.Throws<ProblemException>(rule).Status);
}
