using System.Globalization;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Subject">The deployment or account in whose record it stands; staff for the record of what operators did.</param>
public sealed record StaffAuditRowView(string Subject, RecordRowView Row);

/// <param name="Cursor">Leads on, also where this page has found nothing yet; null when all was looked at.</param>
public sealed record StaffAuditView(IReadOnlyList<StaffAuditRowView> Rows, string? Cursor);

/// <summary>Search over what was done, by whom: in the record of one deployment, of all deployments of an account, or of what operators
/// did.</summary>
public sealed class StaffAudit(StaffCallers callers, StaffAuditSearch search)
{
    /// <summary>Newest first. The query has an id of a deployment or an account, or none for what operators did, and may have kind:…,
    /// actor:… and action:… beside it.</summary>
    [Function("StaffSearchAudit")]
    [Query("q")]
    [Query("cursor")]
    [OperatorsOnly, Answers(200, typeof(StaffAuditView))]
    public async Task<IActionResult> Search(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/audit")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var query = AuditQuery.Parse(Rules.Search(request.Query["q"].FirstOrDefault() is { Length: > 0 } typed ? typed : null) ?? "");
        return new OkObjectResult(await search.RunAsync(query, AuditPlace.Parse(request.Query["cursor"].FirstOrDefault()), ct));
    }
}

/// <summary>What is searched for.</summary>
/// <param name="Subject">A deployment, an account, or <see cref="StaffLog.Chain"/>.</param>
public sealed record AuditQuery(string Subject, string? Kind, string? Actor, string? Action)
{
    /// <exception cref="ProblemException">When it asks for what nobody can look for.</exception>
    public static AuditQuery Parse(string typed)
    {
        var query = new AuditQuery(StaffLog.Chain, null, null, null);
        foreach (var word in typed.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            query = word.Split(':', 2) switch
            {
                ["kind", { Length: > 0 } kind] => query with { Kind = kind },
                ["actor", { Length: > 0 } actor] => query with { Actor = actor },
                ["action", { Length: > 0 } action] => query with { Action = action },
                [var id] when Ids.IsValid(id, Ids.Deployment) || Ids.IsValid(id, Ids.Account) => query with { Subject = id },
                _ => throw Problems.Invalid(
                    "q", "is an id of a deployment or an account, or none, with kind:…, actor:… or action:… beside it."),
            };
        }

        return query;
    }

    public bool Has(RecordRow row) =>
        (Kind is null || row.Kind == Kind) && (Actor is null || row.Actor == Actor)
        && (Action is null || (RecordRowView.Of(row).Data.TryGetProperty("action", out var action) && action.GetString() == Action));
}

/// <summary>How far a search has come.</summary>
/// <param name="Chain">Whose record.</param>
/// <param name="Before">The sequence number before which it goes on; null for the newest.</param>
public sealed record AuditPlace(string Chain, long? Before)
{
    public static AuditPlace? Parse(string? cursor) =>
        cursor is null ? null
        : cursor.Split(':') is [var chain, var before] && (chain == StaffLog.Chain || Ids.IsValid(chain, Ids.Deployment) || Ids.IsValid(chain, Ids.Account))
            ? before.Length == 0 ? new(chain, null)
                : long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? new(chain, at)
                : throw Wrong()
            : throw Wrong();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Chain}:{Before}");

    private static ProblemException Wrong() => Problems.Invalid("cursor", "is what the page before answered.");
}

/// <summary>Looks through records from their ends, a bounded number of rows at a time.</summary>
public sealed class StaffAuditSearch(RecordStore records, DeploymentStore deployments)
{
    private const int PageMax = 100;
    private const int WindowsMax = 8;
    private const int ChainsMax = 1_000;

    public async Task<StaffAuditView> RunAsync(AuditQuery query, AuditPlace? from, CancellationToken ct)
    {
        var chains = await ChainsAsync(query.Subject, ct);
        var at = from is null ? 0 : chains.ToList().IndexOf(from.Chain);
        if (at < 0)
        {
            throw Problems.Invalid("cursor", "is of another search.");
        }

        var (found, place) = (new List<StaffAuditRowView>(), from ?? new(chains.Count == 0 ? "" : chains[0], null));
        for (var window = 0; at < chains.Count && found.Count < PageMax; window++)
        {
            if (window == WindowsMax)
            {
                return new(found, place.ToString());
            }

            place = await LookAsync(query, place, found, ct);
            if (place.Before is 0)
            {
                at++;
                place = new(at < chains.Count ? chains[at] : "", null);
            }
        }

        return new(found, at < chains.Count ? place.ToString() : null);
    }

    /// <summary>Adds what fits, up to a page, of the rows before a place.</summary>
    /// <returns>Where to go on; before 0 when the chain is at its beginning.</returns>
    private async Task<AuditPlace> LookAsync(AuditQuery query, AuditPlace place, List<StaffAuditRowView> found, CancellationToken ct)
    {
        var through = (place.Before ?? ((await records.HeadAsync(place.Chain, ct)).Sequence + 1)) - 1;
        var rows = await records.ReadAsync(place.Chain, Math.Max(-1, through - RecordStore.PageMax), through, ct);
        foreach (var row in rows.Reverse().Where(query.Has))
        {
            found.Add(new(place.Chain, RecordRowView.Of(row)));
            if (found.Count == PageMax)
            {
                return place with { Before = row.Sequence };
            }
        }

        return place with { Before = Math.Max(0, through - RecordStore.PageMax + 1) };
    }

    /// <summary>What was done with the account itself, then its deployments, the newest first.</summary>
    private async Task<IReadOnlyList<string>> ChainsAsync(string subject, CancellationToken ct)
    {
        if (!Ids.IsValid(subject, Ids.Account))
        {
            return [subject];
        }

        var (all, next) = (new List<string>(), (string?)null);
        do
        {
            (var some, next) = await deployments.ListAsync(subject, next, ct);
            all.AddRange(some.Select(one => one.Id));
        }
        while (next is not null && all.Count < ChainsMax);

        all.Add(subject);
        all.Reverse();
        return all;
    }
}
