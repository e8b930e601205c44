using System.Text;
using System.Text.Json;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>A row of one of the account's records.</summary>
/// <param name="Deployment">The bot that it is about; the account's own id where it is about that.</param>
/// <param name="DeploymentName">Null where it is about the account.</param>
public sealed record AccountRecordRow(
    string Deployment, string? DeploymentName, long Sequence, string At, string Kind, string Actor, JsonElement Data, string Previous,
    string Hash, string? Words)
{
    public static AccountRecordRow Of(FoundRow found) => new(
        found.Chain, found.Name, found.Row.Sequence, found.Row.At, found.Row.Kind, found.Row.Actor,
        JsonElement.Parse(found.Row.Data), found.Row.Previous, found.Row.Hash, found.Row.Words);
}

/// <param name="Cursor">Leads to older rows; null when there are none. A page may be short, or empty, and still have one: so much was
/// looked through.</param>
public sealed record AccountRecordPage(IEnumerable<AccountRecordRow> Rows, string? Cursor);

/// <summary>What was done with all bots of an account, as one list.</summary>
public sealed class AccountRecords(Ownership ownership, RecordSearch search)
{
    private const int PageMax = 100;
    private const int TextMax = 200;
    private const string Lines = "application/x-ndjson";

    /// <summary>Rows of your bots' records, and of the account's own for whoever may manage it, newest first. `q` has to stand in a row,
    /// `deployment` narrows it to one bot, or by the account's id to what was done with itself; with `format=ndjson` all of them come, each on
    /// a line.</summary>
    [Function("SearchRecords")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(AccountRecordPage))]
    [Query("q"), Query("deployment"), Query("cursor"), Query("format", "json", "ndjson")]
    public async Task<IActionResult> Search(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "record")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        var query = new RecordQuery(
            Text(request.Query["q"].FirstOrDefault()), Chain(request.Query["deployment"].FirstOrDefault()),
            Caller.Of(request).May.Contains(Permission.Manage));
        var cursor = request.Query["cursor"].FirstOrDefault() is { } typed ? Place(typed) : null;
        try
        {
            if (request.Query["format"] == "ndjson" && !HttpMethods.IsHead(request.Method))
            {
                await WriteAllAsync(request.HttpContext.Response, account.Id, query, cursor, ct);
                return new EmptyResult();
            }

            var (rows, next) = await search.FindAsync(account.Id, query, cursor, PageMax, ct);
            return new OkObjectResult(new AccountRecordPage(
                rows.Select(AccountRecordRow.Of), next is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes($"{next}"))));
        }
        catch (TooManyChainsException)
        {
            throw Problems.Invalid("deployment", "is needed here: this account has too many bots to look through all of them at once.");
        }
    }

    private async Task WriteAllAsync(HttpResponse response, string account, RecordQuery query, RecordPlace? cursor, CancellationToken ct)
    {
        await using var pages = search.AllAsync(account, query, cursor, ct).Chunk(PageMax).GetAsyncEnumerator(ct);
        // What is refused is refused before the answer begins.
        var isMore = await pages.MoveNextAsync();
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        response.ContentType = Lines;
        response.Headers.ContentDisposition = "attachment; filename=\"record.ndjson\"";
        for (; isMore; isMore = await pages.MoveNextAsync())
        {
            await response.WriteAsync(
                string.Concat(pages.Current.Select(row => JsonSerializer.Serialize(AccountRecordRow.Of(row), JsonSerializerOptions.Web) + "\n")),
                ct);
        }
    }

    private static string? Text(string? typed) => typed is not { Length: > TextMax }
        ? typed is { Length: > 0 } ? typed : null
        : throw Problems.Invalid("q", $"has at most {TextMax} letters.");

    private static string? Chain(string? typed) =>
        typed is null || Shared.Ids.IsValid(typed, Shared.Ids.Deployment) || Shared.Ids.IsValid(typed, Shared.Ids.Account)
            ? typed
            : throw Problems.Invalid("deployment", "is the id of one of your bots, or of the account.");

    private static RecordPlace Place(string typed)
    {
        var bytes = new byte[128];
        return typed.Length < bytes.Length && Convert.TryFromBase64String(typed, bytes, out var length)
            && RecordPlace.Parse(Encoding.UTF8.GetString(bytes, 0, length)) is { } place
            ? place
            : throw Problems.Invalid("cursor", "is what the page before answered.");
    }
}
