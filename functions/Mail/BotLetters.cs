using System.Globalization;
using Launchpad.Shared.Mail;

namespace Launchpad.Functions.Mail;

/// <summary>The words of letters about what happened to a bot.</summary>
internal static class BotLetters
{
    /// <param name="notice">What is to be told.</param>
    /// <param name="page">Makes the address of a page.</param>
    /// <returns>Null for another kind.</returns>
    public static Letter? Of(Notice notice, Func<string, Uri> page)
    {
        var (bot, deployment) = (notice.Values.GetValueOrDefault("bot", "your bot"), notice.Values.GetValueOrDefault("deployment", ""));
        var here = page($"bots/{deployment}");
        return notice.Kind switch
        {
            LetterKinds.OperationFailed => About(
                page, $"{What(notice)} did not work: {bot}",
                $"{What(notice)} of {bot} did not work. What had been begun was taken back as far as that is possible; the page says what happened, what was undone, and what you can do now.",
                "See what happened", notice.Values.TryGetValue("operation", out var operation) ? page($"bots/{deployment}/operations/{operation}") : here),
            LetterKinds.RolledBack => About(
                page, $"Taken back by itself: {bot}",
                $"{bot} did not stay up with its newest version, so it went back to the one before, which runs. Look at what the new one said before you try it again.",
                "See the versions", page($"bots/{deployment}/versions")),
            LetterKinds.BotDown => About(
                page, $"Your bot is down: {bot}",
                $"{bot} does not run any more, and did not come back by itself. Somebody of ours was called. Its data and backups are as they were.",
                "Look at it", here),
            LetterKinds.BackupMissing => About(
                page, $"No backup: {bot}",
                $"{bot} has had no good backup since {Day(notice)}. The older ones are kept, and we try again every night; somebody of ours was called. You can make one yourself at any time.",
                "See its backups", page($"bots/{deployment}/backups")),
            LetterKinds.WebhookDisabled => About(
                page, $"A webhook was switched off: {notice.Values.GetValueOrDefault("host", "your server")}",
                notice.Values.GetValueOrDefault("why") == "gone"
                    ? "Its server said that it is gone for good (410), so nothing is sent there any more. Switch it on again when that is not so, and have what was missed sent anew."
                    : "Its server has taken nothing for three days, so nothing is sent there any more. Switch it on again when it is back, and have what was missed sent anew.",
                "See its deliveries", page("account/notifications")),
            _ => null,
        };
    }

    private static Letter About(Func<string, Uri> page, string subject, string text, string action, Uri link) =>
        new(subject, [text, $"What we write to you about is up to you: {page("account/notifications")}"], action, link, page("account/notifications"));

    private static string What(Notice notice) => notice.Values.GetValueOrDefault("kind") switch
    {
        "provision" => "The build",
        "terminate" => "The deletion",
        "drill" => "The proof of the backup",
        "update" => "The change",
        "replace" or "move" => "The move to another machine",
        "rollback" => "Going back",
        { Length: > 0 } kind => $"The {kind}",
        _ => "Something",
    };

    private static string Day(Notice notice) =>
        DateTimeOffset.TryParse(notice.Values.GetValueOrDefault("since"), CultureInfo.InvariantCulture, out var since)
            ? since.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture)
            : "a while";
}
