using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Abuse;
using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <param name="Reason">What was seen last.</param>
/// <param name="Held">The ids of what was paid for and is not begun.</param>
public sealed record StaffReviewView(
    string Account, [property: Wire(typeof(Suspicion))] string Suspicion, string Reason, DateTimeOffset Since,
    [property: Wire(typeof(ReviewState))] string State, IReadOnlyList<string> Held, string? DecidedBy, DateTimeOffset? DecidedAt)
{
    internal static StaffReviewView Of(Review review, IEnumerable<string> held) => new(
        review.Account, review.Suspicion.Wire(), review.Reason, review.Since, review.State.Wire(), [.. held], review.DecidedBy, review.DecidedAt);
}

public sealed record StaffReviewsView(IReadOnlyList<StaffReviewView> Reviews, string? Cursor);

/// <param name="Release">True: it was nothing, and what was paid for begins. False: nothing can be paid any more, and what never ran is deleted
/// and its money given back.</param>
/// <param name="Reason">For the record of operators.</param>
public sealed record StaffReviewDecision([property: Required] bool? Release, [property: Required] string? Reason);

/// <summary>Accounts whose payments wait for a person.</summary>
public sealed class StaffReviews(StaffCallers callers, ReviewStore reviews, HeldOrders held, StaffReviewActs acts)
{
    private const int PageMax = 100;
    private const int CursorMax = 100;

    /// <summary>What waits, by account.</summary>
    [Function("StaffListReviews")]
    [Query("cursor")]
    [OperatorsOnly, Answers(200, typeof(StaffReviewsView))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/reviews")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var cursor = request.Query["cursor"].FirstOrDefault() ?? "";
        if (cursor.Length > CursorMax || cursor.Any(char.IsControl))
        {
            throw Problems.Invalid("cursor", "is what the page before answered.");
        }

        var open = await reviews.OpenAsync(cursor, PageMax, ct);
        var views = new List<StaffReviewView>();
        foreach (var review in open)
        {
            views.Add(StaffReviewView.Of(review, (await held.OfAsync(review.Account, ct)).Select(one => one.Id)));
        }

        return new OkObjectResult(new StaffReviewsView(views, open.Count == PageMax ? ReviewStore.KeyOf(open[^1]) : null));
    }

    /// <summary>Decides. Asked again it does what was left undone; decided otherwise later, what was given back stays so.</summary>
    [Function("StaffDecideReview")]
    [OperatorsOnly, StepUp, Takes(typeof(StaffReviewDecision)), Answers(200, typeof(StaffReviewView))]
    public async Task<IActionResult> Decide(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/reviews/{account}/{suspicion}")] HttpRequest request, string account,
        string suspicion, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        if (!Ids.IsValid(account, Ids.Account) || !ReviewStore.TryParse(suspicion, out var about))
        {
            throw Problems.NoneOfThatId();
        }

        return new OkObjectResult(await acts.DecideAsync(client, who, (account, about), await Bodies.ReadAsync<StaffReviewDecision>(request, ct), ct));
    }
}

/// <summary>What operators decide about payments.</summary>
public sealed class StaffReviewActs(PaymentGuard guard, HeldOrders held, Payments payments, StaffLog log)
{
    public async Task<StaffReviewView> DecideAsync(
        DurableTaskClient client, Operator who, (string Account, Suspicion Suspicion) about, StaffReviewDecision decision, CancellationToken ct)
    {
        var reason = Rules.Reason(decision.Reason);
        var isNothing = decision.Release ?? throw Problems.Invalid("release", "is true, or false.");
        var state = isNothing ? ReviewState.Released : ReviewState.Refused;
        var review = await guard.DecideAsync(about.Account, about.Suspicion, state, who.Actor, ct) ?? throw Problems.NoneOfThatId();
        await log.ActAsync(who, "review", new { about.Account, suspicion = about.Suspicion.Wire(), state = state.Wire(), reason }, ct);
        foreach (var order in await held.OfAsync(about.Account, ct))
        {
            await payments.SettleAsync(client, order.Account, order.Id, order.Subscription!, ct);
        }

        return StaffReviewView.Of(review, (await held.OfAsync(about.Account, ct)).Select(one => one.Id));
    }
}
