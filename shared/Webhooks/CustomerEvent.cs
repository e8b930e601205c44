using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;

namespace Launchpad.Shared.Webhooks;

/// <summary>What a customer can have sent to a program of his.</summary>
public static class EventTypes
{
    public const string OperationSucceeded = "operation.succeeded";
    public const string OperationFailed = "operation.failed";
    public const string StatusChanged = "bot.status-changed";
    public const string BackupMissing = "backup.missing";
    public const string BillingChanged = "billing.changed";
    public const string BillingStep = "billing.step";
    public const string BillingDispute = "billing.dispute";
    public const string BillingCredited = "billing.credited";

    /// <summary>Asked for on the page: it goes to one endpoint, whatever that has chosen.</summary>
    public const string Test = "webhook.test";

    public static readonly IReadOnlyList<string> All =
        [OperationSucceeded, OperationFailed, StatusChanged, BackupMissing, BillingChanged, BillingStep, BillingDispute, BillingCredited];
}

/// <summary>Something that happened to a bot: a row of its record, in the form that others read.</summary>
/// <param name="Id">The same however often it is sent: receivers tell by it that they have it already. It begins with the time.</param>
/// <param name="Data">In our words and numbers only, as the record has it.</param>
public sealed record CustomerEvent(string Id, string Type, DateTimeOffset At, string Account, string Deployment, JsonObject Data)
{
    public const string Prefix = "evt_";

    /// <summary>What is sent and signed.</summary>
    public string Body => new JsonObject { ["type"] = Type, ["timestamp"] = At.UtcDateTime.ToString("O"), ["data"] = Data.DeepClone() }.ToJsonString();

    /// <summary>Null for a row that nobody is told of.</summary>
    public static CustomerEvent? Of(string account, string deployment, RecordRow row)
    {
        var data = JsonNode.Parse(row.Data)!.AsObject();
        if (TypeOf(row.Kind, data) is not { } type)
        {
            return null;
        }

        var at = DateTimeOffset.Parse(row.At, CultureInfo.InvariantCulture);
        data.Remove("action");
        data["deployment"] = deployment;
        data["sequence"] = row.Sequence;
        return new(IdOf(at, deployment, row.Sequence), type, at, account, deployment, data);
    }

    public static CustomerEvent Test(string account, string endpoint, DateTimeOffset now) => new(
        IdOf(now, endpoint, 0), EventTypes.Test, now, account, "", new JsonObject { ["endpoint"] = endpoint });

    /// <summary>When it was; null for what is no id of an event.</summary>
    public static DateTimeOffset? TimeOf(string? id) =>
        id is { Length: > 18 and < 80 } && id.StartsWith(Prefix, StringComparison.Ordinal) && id[17] == '_'
        && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
        && long.TryParse(id.AsSpan(4, 13), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    private static string IdOf(DateTimeOffset at, string of, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{at.ToUnixTimeMilliseconds():D13}_{of[(of.IndexOf('_', StringComparison.Ordinal) + 1)..]}_{sequence}");

    private static string? TypeOf(string kind, JsonObject data) => (kind, (string?)data["action"]) switch
    {
        (RecordKinds.Status, _) => EventTypes.StatusChanged,
        (RecordKinds.Action, OperationEntries.EndedAction) =>
            (string?)data["outcome"] == OperationStatus.Succeeded.Wire() ? EventTypes.OperationSucceeded : EventTypes.OperationFailed,
        (RecordKinds.Action, "backup-missing") => EventTypes.BackupMissing,
        (RecordKinds.Action, "billing") => EventTypes.BillingChanged,
        (RecordKinds.Action, Notices.Action) => EventTypes.BillingStep,
        (RecordKinds.Action, "dispute") => EventTypes.BillingDispute,
        (RecordKinds.Action, CreditNotices.Action) => EventTypes.BillingCredited,
        _ => null,
    };
}
