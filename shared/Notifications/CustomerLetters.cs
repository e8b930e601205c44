using Launchpad.Shared.Mail;

namespace Launchpad.Shared.Notifications;

/// <summary>Letters that their reader may not want.</summary>
public sealed class CustomerLetters(Outbox outbox, NotificationSettings settings)
{
    /// <param name="kind">What it is about.</param>
    /// <inheritdoc cref="Outbox.SendAsync"/>
    public async Task SendAsync(
        string account, NotificationKind kind, string letter, string key, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        if (!(await settings.OffAsync(account, ct)).Contains(kind))
        {
            await outbox.SendAsync(account, letter, key, values, ct);
        }
    }
}
