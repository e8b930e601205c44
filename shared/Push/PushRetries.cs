using Launchpad.Shared.Mail;
using Launchpad.Shared.Webhooks;

namespace Launchpad.Shared.Push;

/// <summary>What is told to devices, as a delivery: its id, how urgent it is, and when it is tried again. Pure.</summary>
public static class PushRetries
{
    /// <summary>What is older is no news any more.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>However long a push service wants to be left alone.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)];

    private static readonly HashSet<string> Unhurried =
        [LetterKinds.OperationFailed, LetterKinds.RolledBack, LetterKinds.BackupMissing, LetterKinds.WebhookDisabled];

    /// <summary>Of security, money and health.</summary>
    public static bool IsUrgent(string kind) => !Unhurried.Contains(kind);

    /// <param name="at">When it was.</param>
    /// <param name="name">What makes it one however often it is told: <see cref="Outbox.Name"/>.</param>
    public static string EventOf(DateTimeOffset at, string name) => $"{CustomerEvent.Prefix}{at.ToUnixTimeMilliseconds():D13}_{name}_0";

    /// <summary>A device that was off shows the same thing once, and a newer one of another kind beside it.</summary>
    public static string TopicOf(string @event) => @event.Split('_')[2];

    /// <param name="tries">That were in vain.</param>
    /// <param name="now">When the last was.</param>
    /// <param name="retryAfter">What the push service asked for.</param>
    public static DateTimeOffset Next(int tries, DateTimeOffset now, TimeSpan? retryAfter)
    {
        var pause = tries <= Pauses.Length ? Pauses[tries - 1] : PauseMax;
        var asked = retryAfter > PauseMax ? PauseMax : retryAfter ?? TimeSpan.Zero;
        return now + (asked > pause ? asked : pause);
    }
}
