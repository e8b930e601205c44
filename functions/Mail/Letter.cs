using System.Net;
using Launchpad.Shared.Mail;
using MimeKit;

namespace Launchpad.Functions.Mail;

/// <summary>What is written to somebody: a few sentences, and one thing to do at most.</summary>
/// <param name="Action">What the link is called; null for no link.</param>
/// <param name="Settings">Where letters of its kind can be turned off; null where they cannot.</param>
public sealed record Letter(string Subject, IReadOnlyList<string> Paragraphs, string? Action = null, Uri? Link = null, Uri? Settings = null)
{
    /// <param name="from">Who writes.</param>
    /// <param name="to">The address that it goes to.</param>
    /// <param name="notice">What it tells of.</param>
    /// <param name="off">What a mail program calls to turn its kind off with one press; null where there is no such thing.</param>
    public MimeMessage Message(MailboxAddress from, string to, Notice notice, Uri? off = null)
    {
        var message = new MimeMessage
        {
            // A server that gets it twice can tell by this that it is one.
            MessageId = $"{Outbox.Name(notice.Account, notice.Key)}@{from.Domain}",
            Date = notice.CreatedAt,
            Subject = Subject,
            Body = new BodyBuilder { TextBody = Text(), HtmlBody = Html() }.ToMessageBody(),
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(null, to));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        if (off is not null)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{off.AbsoluteUri}>");
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
        else if (Settings is not null)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{Settings}>");
        }

        return message;
    }

    private string Text()
    {
        var text = string.Join("\n\n", Paragraphs) + "\n";
        return Link is null ? text : $"{text}\n{Action}:\n{Link}\n";
    }

    private string Html()
    {
        var paragraphs = string.Concat(Paragraphs.Select(paragraph => $"<p>{WebUtility.HtmlEncode(paragraph)}</p>"));
        var link = Link is null ? "" : $"<p><a href=\"{WebUtility.HtmlEncode(Link.ToString())}\">{WebUtility.HtmlEncode(Action)}</a></p>";
        return $"<!doctype html><html lang=\"en\"><body style=\"font:16px/1.5 sans-serif;max-width:36em\">{paragraphs}{link}</body></html>";
    }
}
