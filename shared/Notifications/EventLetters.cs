using Launchpad.Shared.Deployments;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Webhooks;

namespace Launchpad.Shared.Notifications;

/// <summary>Which of what happens is worth a letter.</summary>
public sealed class EventLetters(CustomerLetters letters, DeploymentStore deployments, TimeProvider clock)
{
    private const string Nobody = "sweep";

    /// <summary>What is older is no news any more: it is found again where rows were lost.</summary>
    private static readonly TimeSpan News = TimeSpan.FromDays(1);

    /// <summary>What a person waits for, or looks for the reason of, on the page.</summary>
    private static readonly HashSet<string> Watched =
    [
        .. new[]
        {
            OperationKind.Preview, OperationKind.Rehearsal, OperationKind.TestMessage, OperationKind.PairBrowser, OperationKind.Backup, OperationKind.Drill,
        }.Select(kind => kind.Wire()),
    ];

    public async Task TellAsync(CustomerEvent one, CancellationToken ct)
    {
        if (clock.GetUtcNow() - one.At > News || LetterOf(one) is not (var kind, var letter)
            || await deployments.FindAsync(one.Account, one.Deployment, ct) is not { } deployment)
        {
            return;
        }

        var values = new Dictionary<string, string> { ["bot"] = deployment.Name, ["deployment"] = deployment.Id };
        foreach (var name in (string[])["operation", "kind", "since"])
        {
            if (one.Data[name] is { } value)
            {
                values[name] = value.ToString();
            }
        }

        await letters.SendAsync(one.Account, kind, letter, one.Id, values, ct);
    }

    /// <summary>Null for what nobody is written to about.</summary>
    public static (NotificationKind Kind, string Letter)? LetterOf(CustomerEvent one) => one.Type switch
    {
        EventTypes.BackupMissing => (NotificationKind.Backups, LetterKinds.BackupMissing),
        EventTypes.StatusChanged when Is(one, "from", "running") && Is(one, "to", "failed") => (NotificationKind.Health, LetterKinds.BotDown),
        EventTypes.OperationSucceeded when Is(one, "kind", OperationKind.Rollback.Wire()) && Is(one, "by", Nobody) =>
            (NotificationKind.Operations, LetterKinds.RolledBack),
        EventTypes.OperationFailed when Is(one, "code", "cancelled") => null,
        EventTypes.OperationFailed when Is(one, "kind", OperationKind.Drill.Wire()) => (NotificationKind.Backups, LetterKinds.OperationFailed),
        EventTypes.OperationFailed when !Watched.Contains((string)one.Data["kind"]!) => (NotificationKind.Operations, LetterKinds.OperationFailed),
        _ => null,
    };

    private static bool Is(CustomerEvent one, string name, string value) => (string?)one.Data[name] == value;
}
