using System.Reflection;
using Launchpad.Functions.Mail;
using Launchpad.Shared.Mail;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Launchpad.Functions.Tests.Mail;

public sealed class LetterTests
{
    private static readonly Letters Letters = new(Options.Create(new SiteOptions { BaseUrl = new("https://launchpad.example") }));

    private static readonly Dictionary<string, string> Values = new()
    {
        ["bot"] = "Ada <script>",
        ["left"] = "9",
        ["next"] = "suspended",
        ["nextAt"] = "2026-03-01T00:00:00Z",
    };

    public static TheoryData<string> Kinds => new(typeof(LetterKinds).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(kind => (string)kind.GetRawConstantValue()!));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_letter_has_words_as_text_and_as_html(string kind)
    {
        var message = Message(kind);
        Assert.NotEmpty(message.Subject!);
        Assert.DoesNotContain('\n', message.Subject!);
        Assert.DoesNotContain("<p>", message.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("https://launchpad.example/", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://launchpad.example/", message.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_stands_behind_the_fragment_where_no_server_sees_it() => Assert.Contains(
        "https://launchpad.example/reset#token=acc.secret", Message(LetterKinds.ResetPassword).TextBody, StringComparison.Ordinal);

    [Fact]
    public void The_same_letter_is_the_same_message_however_often_it_is_sent()
    {
        Assert.Equal(Message(LetterKinds.PasswordChanged).MessageId, Message(LetterKinds.PasswordChanged).MessageId);
        Assert.NotEqual(Message(LetterKinds.PasswordChanged).MessageId, Message(LetterKinds.PasskeyAdded).MessageId);
    }

    [Theory]
    [InlineData(LetterKinds.BotDown, "<https://launchpad.example/account/notifications>")]
    [InlineData(LetterKinds.PasswordChanged, null)]
    public void A_letter_says_where_its_kind_is_turned_off_if_it_can_be(string kind, string? where) =>
        Assert.Equal(where, Message(kind).Headers[HeaderId.ListUnsubscribe]);

    [Fact]
    public void What_turns_its_kind_off_with_one_press_is_named_as_mail_programs_look_for_it()
    {
        var message = Message(LetterKinds.BotDown, new("https://launchpad.example/api/notifications/off?token=t"));
        Assert.Equal("<https://launchpad.example/api/notifications/off?token=t>", message.Headers[HeaderId.ListUnsubscribe]);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers[HeaderId.ListUnsubscribePost]);
    }

    [Fact]
    public void What_has_no_words_is_not_sent() => Assert.Throws<InvalidOperationException>(() => Message("nonsense"));

    private static MimeMessage Message(string kind, Uri? off = null)
    {
        var notice = new Notice("acc_1", kind, $"{kind}-1", Values, new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero), 0);
        return Letters.Of(notice, "acc.secret").Message(new MailboxAddress("Launchpad", "launchpad@example.com"), "ada@example.com", notice, off);
    }
}
