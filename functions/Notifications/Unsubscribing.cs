using System.Text;
using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Notifications;

/// <summary>What mail programs press for their reader.</summary>
public sealed class Unsubscriptions(Unsubscribing unsubscribing)
{
    /// <summary>Turns letters of one kind off for whom one of them was written to: what `List-Unsubscribe` of the letter names (RFC 8058). No session
    /// is needed, and what is sent is not looked at.</summary>
    [Function("Unsubscribe")]
    [Open, Query("token"), Answers(204)]
    public async Task<IActionResult> Unsubscribe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "notifications/off")] HttpRequest request, CancellationToken ct)
    {
        await unsubscribing.TakeAsync(request.Query["token"].FirstOrDefault(), ct);
        return new NoContentResult();
    }

    /// <summary>Leads a person to the page where each kind is turned off and on. It changes nothing: programs look at every link of a letter.</summary>
    [Function("SeeUnsubscribe")]
    [Open, Query("token"), Answers(302)]
    public IActionResult See([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "notifications/off")] HttpRequest request) =>
        new RedirectResult(unsubscribing.Settings.ToString());
}

/// <summary>Turns letters of a kind off for whoever holds one of them: the link in it opens nothing else and says nothing of him.</summary>
public sealed class Unsubscribing(Lazy<Seal> seal, NotificationSettings settings, AccountLog log, IOptions<SiteOptions> site)
{
    private const string Purpose = "unsubscribe";
    private static readonly Dictionary<string, NotificationKind> Kinds =
        Enum.GetValues<NotificationKind>().Where(NotificationSettings.CanBeOff).ToDictionary(kind => kind.Wire());

    public Uri Settings => site.Value.Page("account/notifications");

    /// <summary>Null for a letter that is always written.</summary>
    public async Task<Uri?> LinkAsync(Notice notice, CancellationToken ct)
    {
        if (!notice.Values.TryGetValue(CustomerLetters.About, out var kind) || !Kinds.ContainsKey(kind))
        {
            return null;
        }

        var token = await seal.Value.CloseAsync(Purpose, Encoding.UTF8.GetBytes($"{notice.Account} {kind}"), ct);
        return site.Value.Page($"api/notifications/off?token={token}");
    }

    /// <exception cref="ProblemException">For a token that was never in a letter.</exception>
    public async Task TakeAsync(string? token, CancellationToken ct)
    {
        if (await seal.Value.OpenAsync(Purpose, token, ct) is not { } opened
            || Encoding.UTF8.GetString(opened).Split(' ') is not [var person, var kind] || !Kinds.TryGetValue(kind, out var known))
        {
            throw Problems.Invalid("token", "is what stands in the link of a letter. What you are written to about is chosen under Notifications.");
        }

        if (!(await settings.OffAsync(person, ct)).Contains(known))
        {
            await log.ActAsync(person, "unsubscribe", new { kind }, ct);
            await settings.TurnOffAsync(person, known, ct);
        }
    }
}
