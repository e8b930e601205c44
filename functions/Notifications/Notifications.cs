using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Notifications;

/// <param name="Mail">Whether letters are written about it.</param>
/// <param name="CanBeOff">False for what is always told.</param>
public sealed record NotificationView([property: Wire(typeof(NotificationKind))] string Kind, bool Mail, bool CanBeOff);

/// <param name="Email">Where letters go.</param>
public sealed record NotificationList(string Email, IReadOnlyList<NotificationView> Notifications);

/// <param name="Off">Kinds that you want no letters about.</param>
public sealed record NotificationChoice([property: Required] IReadOnlyList<string>? Off);

/// <summary>What a person is written to about.</summary>
public sealed class Notifications(Callers callers, NotificationSettings settings, Outbox outbox, TimeProvider clock)
{
    private static readonly Dictionary<string, NotificationKind> Kinds = Enum.GetValues<NotificationKind>().ToDictionary(kind => kind.Wire());

    /// <summary>What you are written to about, and what of it can be switched off.</summary>
    [Function("GetNotifications")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(NotificationList))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "notifications")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        return await AnswerAsync(Caller.Of(request), ct);
    }

    /// <summary>Chooses what you want no letters about.</summary>
    [Function("SetNotifications")]
    [Needs(Permission.Self)]
    [Takes(typeof(NotificationChoice)), Answers(200, typeof(NotificationList))]
    public async Task<IActionResult> Set(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "notifications")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var body = await Bodies.ReadAsync<NotificationChoice>(request, ct);
        if (body.Off is null || !body.Off.All(name => name is not null && Kinds.TryGetValue(name, out var kind) && NotificationSettings.CanBeOff(kind)))
        {
            var can = Kinds.Where(pair => NotificationSettings.CanBeOff(pair.Value)).Select(pair => pair.Key);
            throw Problems.Invalid("off", $"is a list of some of {string.Join(", ", can)}: anything else is always told.");
        }

        await settings.SaveAsync(Caller.Of(request).Person.Id, body.Off.Select(name => Kinds[name]), ct);
        return await AnswerAsync(Caller.Of(request), ct);
    }

    /// <summary>Writes you a letter of that kind, the way that every other goes: at most one a minute.</summary>
    [Function("TestNotification")]
    [Unrecorded("A letter alone.")]
    [Needs(Permission.Self)]
    [Answers(202)]
    public async Task<IActionResult> Test(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "notifications/{kind}/test")] HttpRequest request, string kind, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        if (!Kinds.TryGetValue(kind, out var known))
        {
            throw Problems.NotFound();
        }

        var (now, values) = (clock.GetUtcNow(), new Dictionary<string, string> { [Mail.Letters.Test] = "yes", ["left"] = "9" });
        await outbox.SendAsync(Caller.Of(request).Person.Id, Sample(known), $"test-{kind}-{now.UtcDateTime:yyyyMMddHHmm}", values, ct);
        return new StatusCodeResult(StatusCodes.Status202Accepted);
    }

    private async Task<IActionResult> AnswerAsync(Caller caller, CancellationToken ct)
    {
        var off = await settings.OffAsync(caller.Person.Id, ct);
        return new OkObjectResult(new NotificationList(
            caller.Person.Email,
            [.. Kinds.Select(pair => new NotificationView(pair.Key, !off.Contains(pair.Value), NotificationSettings.CanBeOff(pair.Value)))]));
    }

    private static string Sample(NotificationKind kind) => kind switch
    {
        NotificationKind.Security => LetterKinds.RecoveryCodeUsed,
        NotificationKind.Billing => LetterKinds.BillingReminder,
        NotificationKind.Operations => LetterKinds.OperationFailed,
        NotificationKind.Health => LetterKinds.BotDown,
        NotificationKind.Backups => LetterKinds.BackupMissing,
        _ => LetterKinds.WebhookDisabled,
    };
}
