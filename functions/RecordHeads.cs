using System.Globalization;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Next">The day to ask for documents after; null when these were the last.</param>
public sealed record SignedHeadsPage(IReadOnlyList<SignedHeads> Documents, string? Next);

/// <summary>How far records had come on each day, signed.</summary>
public sealed class RecordHeads(Callers callers, SignedHeadsStore documents)
{
    private const string DayForm = "yyyy-MM-dd";

    /// <summary>The signed heads of the account's records, oldest first: a document for each day on which one of them changed. With them
    /// `tools/verify-record` sees whether rows were taken away or rewritten since.</summary>
    [Function("ListRecordHeads")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(SignedHeadsPage))]
    [Query("after")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "record/heads")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var after = request.Query["after"].FirstOrDefault() ?? "";
        if (after.Length > 0 && !DateOnly.TryParseExact(after, DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            throw Problems.Invalid("after", "is the day of the last document that you have, as 2026-01-31; leave it out for all of them.");
        }

        var page = await documents.ListAsync(account.Id, after, ct);
        return new OkObjectResult(new SignedHeadsPage(page, page.Count == SignedHeadsStore.PageMax ? page[^1].Heads.Day : null));
    }
}

/// <summary>Signs what each day has brought.</summary>
public sealed class RecordSchedules(HeadRounds rounds, TimeProvider clock)
{
    /// <summary>Every hour, so that a day which could not be signed is signed later.</summary>
    [Function("SignRecordHeads")]
    public Task Sign([TimerTrigger("0 20 * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct) => rounds.RunAsync(clock.GetUtcNow(), ct);
}
