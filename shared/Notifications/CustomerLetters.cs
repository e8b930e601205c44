using Launchpad.Shared.Access;
using Launchpad.Shared.Mail;

namespace Launchpad.Shared.Notifications;

/// <summary>Letters about an account's bots and what they cost: to its owner, and to every member whose part it is, unless he wants none.</summary>
public sealed class CustomerLetters(Outbox outbox, NotificationSettings settings, MemberStore members)
{
    /// <summary>A value that says of which kind it is.</summary>
    public const string About = "about";

    /// <summary>A value that says in whose account it happened, where that is not the reader's own.</summary>
    public const string Workplace = "account";

    /// <param name="account">In which it happened.</param>
    /// <param name="kind">What it is about.</param>
    /// <inheritdoc cref="Outbox.SendAsync"/>
    public async Task SendAsync(
        string account, NotificationKind kind, string letter, string key, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        var told = new Dictionary<string, string>(values) { [About] = kind.Wire() };
        await SendToAsync(account, kind, letter, key, told, ct);
        foreach (var member in await members.ListAsync(account, ct))
        {
            if (Concerns(member.Role, kind))
            {
                await SendToAsync(member.Person, kind, letter, key, new Dictionary<string, string>(told) { [Workplace] = account }, ct);
            }
        }
    }

    /// <summary>Whoever could do something about it hears of it; of somebody's own sign-in nobody else does.</summary>
    public static bool Concerns(Role role, NotificationKind kind) => kind switch
    {
        NotificationKind.Billing => RolePermissions.Of(role).Contains(Permission.Pay),
        NotificationKind.Operations or NotificationKind.Health or NotificationKind.Backups => RolePermissions.Of(role).Contains(Permission.Operate),
        NotificationKind.Webhooks => RolePermissions.Of(role).Contains(Permission.Manage),
        _ => false,
    };

    private async Task SendToAsync(
        string person, NotificationKind kind, string letter, string key, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        if (!(await settings.OffAsync(person, ct)).Contains(kind))
        {
            await outbox.SendAsync(person, letter, key, values, ct);
        }
    }
}
