using System.Text.Json;
using System.Text.RegularExpressions;
using Launchpad.Functions.Mail;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Push;

namespace Launchpad.Functions.Notifications;

/// <summary>What a device shows.</summary>
/// <param name="Url">The page of the app that it leads to, from its root.</param>
/// <param name="Tag">What takes the place of another of the same.</param>
public sealed record PushPayload(string Title, string Body, string Url, string Tag);

/// <summary>Puts what somebody is written to about on its way to his devices as well, once for each, however often the letter is tried.</summary>
public sealed partial class PushNotices(DeviceStore devices, PushDeliveries deliveries, Letters letters, TimeProvider clock)
{
    /// <summary>Stands for the name of a bot, which may look like the end of a sentence.</summary>
    private const string Bot = "\uFFFC";

    /// <summary>They are nothing without their link, and who follows that shows that he reads the mail.</summary>
    private static readonly HashSet<string> OnlyByMail =
        [LetterKinds.ConfirmAddress, LetterKinds.ChangeAddress, LetterKinds.AddressChanged, LetterKinds.ResetPassword];

    public async Task TellAsync(Notice notice, CancellationToken ct)
    {
        if (OnlyByMail.Contains(notice.Kind) || clock.GetUtcNow() - notice.CreatedAt >= PushRetries.Lifetime)
        {
            return;
        }

        foreach (var device in (await devices.ListAsync(notice.Account, ct)).Where(device => device.CreatedAt < notice.CreatedAt))
        {
            var (name, letter) = (Outbox.Name(notice.Account, notice.Key), letters.Of(notice, token: null));
            await AddAsync(device, PushRetries.EventOf(notice.CreatedAt, name), notice.Kind, new(letter.Subject, Sentence(notice), Path(letter), name), ct);
        }
    }

    /// <summary>Shows that it arrives: at most once a minute.</summary>
    public Task TestAsync(Device device, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var name = Outbox.Name(device.Person, $"{device.Id}-{now.UtcDateTime:yyyyMMddHHmm}");
        var minute = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        return AddAsync(
            device, PushRetries.EventOf(minute, name), LetterKinds.DeviceAdded,
            new("This device gets your notifications", "What we write to you about is shown here too.", "/account/notifications", name), ct);
    }

    private Task AddAsync(Device device, string @event, string type, PushPayload payload, CancellationToken ct) =>
        deliveries.AddAsync(device.Person, device.Id, @event, type, JsonSerializer.Serialize(payload, JsonSerializerOptions.Web), ct);

    /// <summary>The first of the letter.</summary>
    private string Sentence(Notice notice)
    {
        var name = notice.Values.GetValueOrDefault("bot", "");
        var values = name.Length == 0 ? notice.Values : new Dictionary<string, string>(notice.Values) { ["bot"] = Bot };
        var letter = letters.Of(notice with { Values = values }, token: null);
        return FirstSentence().Match(letter.Paragraphs[0]).Value.Replace(Bot, name, StringComparison.Ordinal);
    }

    private static string Path(Letter letter) => letter.Link?.PathAndQuery ?? "/";

    [GeneratedRegex(@"\A.*?(?:[.!?](?=\s|\z)|\z)", RegexOptions.Singleline)]
    private static partial Regex FirstSentence();
}
