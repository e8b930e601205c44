using Launchpad.Shared.Billing;
using Launchpad.Shared.Health;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Abuse;

/// <summary>Looks at how accounts pay, and has a person look where it is not how people pay. Bots that run are never touched.</summary>
public sealed class PaymentGuard(CardWatch watch, ReviewStore reviews, OpenPages pages, Pager pager)
{
    /// <summary>Why nothing can be paid, or begun, for the account; null when it can.</summary>
    public async Task<Review?> HoldAsync(string account, CancellationToken ct) =>
        (await reviews.OfAsync(account, ct)).Where(review => review.Holds).OrderByDescending(review => review.State).FirstOrDefault();

    /// <summary>Takes in more tries with cards. Whoever hears of them again does the same again.</summary>
    public async Task HearAsync(IEnumerable<CardAttempt> attempts, CancellationToken ct)
    {
        foreach (var attempt in attempts)
        {
            await SuspectAsync(attempt.Account, await watch.JudgeAsync(attempt, await ReleasedAsync(attempt.Account, ct), ct), ct);
        }
    }

    /// <summary>The same for what a paying customer tried of late, which nobody may have told us of.</summary>
    /// <param name="paid">What was paid for, and is to be begun.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Why it is not to be begun; null when it is.</returns>
    public async Task<Review?> JudgeAsync(Subscription paid, CancellationToken ct)
    {
        var attempts = await watch.AskAsync(paid, ct);
        await HearAsync(attempts, ct);
        if (paid.IsTrial)
        {
            await SuspectAsync(paid.Account, await watch.JudgeTrialAsync(paid.Account, attempts, await ReleasedAsync(paid.Account, ct), ct), ct);
        }

        return await HoldAsync(paid.Account, ct);
    }

    /// <summary>What an operator decided. Null when there is no such review.</summary>
    public async Task<Review?> DecideAsync(string account, Suspicion suspicion, ReviewState state, string by, CancellationToken ct)
    {
        var decided = await reviews.DecideAsync(account, suspicion, state, by, ct);
        if (decided is not null && (await reviews.OfAsync(account, ct)).All(review => review.State is not ReviewState.Open))
        {
            await pager.ResolveAsync(PageKind.PaymentReview, account, ct);
        }

        return decided;
    }

    private async Task SuspectAsync(string account, Suspect? seen, CancellationToken ct)
    {
        if (seen is null)
        {
            return;
        }

        var review = await reviews.SuspectAsync(account, seen, ct);
        if (review.State is ReviewState.Open)
        {
            await pager.RaiseAsync(PageKind.PaymentReview, review.Account, seen.Reason, ct);
        }

        if (review.Holds)
        {
            await pages.CloseAsync(review.Account, ct);
        }
    }

    /// <summary>The ids of what a person has looked at and found to be nothing.</summary>
    private async Task<HashSet<string>> ReleasedAsync(string account, CancellationToken ct) =>
        [.. (await reviews.OfAsync(account, ct)).Where(known => !known.Holds).SelectMany(known => known.Evidence)];
}

/// <summary>Tells how people pay from how cards are tried out.</summary>
public sealed class CardWatch(CardAttempts known, StripeCards cards, IOptions<AbuseOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    public async Task<IReadOnlyList<CardAttempt>> AskAsync(Subscription paid, CancellationToken ct) => paid.Customer is { } customer
        ? await cards.OfAsync(customer, paid.Account, clock.GetUtcNow() - CardAttempts.Kept, ct)
        : [];

    /// <param name="attempt">One more.</param>
    /// <param name="released">The ids of what a person has looked at and found to be nothing.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>What is suspicious about it, seen with what was tried before; null for nothing.</returns>
    public async Task<Suspect?> JudgeAsync(CardAttempt attempt, IReadOnlySet<string> released, CancellationToken ct)
    {
        await known.KeepAsync(attempt, ct);
        var id = attempt.IsWarnedOf ? $"warning {attempt.Id}" : attempt.Id;
        return released.Contains(id) ? null
            : attempt.IsWarnedOf ? new(Suspicion.FraudWarning, $"The bank warns that the card of {attempt.Id} was used without its owner.", [id])
            : attempt.IsRisky
                ? new(Suspicion.PaymentRisk, $"The payment provider took {attempt.Id} and finds it risky.", [id])
            : (attempt.WasRefused ? await TestedAsync(attempt, released, ct) : null)
                ?? (attempt.Card is { } card && !released.Contains(card) ? await SharedAsync(card, attempt.At, ct) : null);
    }

    /// <summary>Whether a trial was begun with a card that another account had one with.</summary>
    public async Task<Suspect?> JudgeTrialAsync(
        string account, IEnumerable<CardAttempt> attempts, IReadOnlySet<string> released, CancellationToken ct)
    {
        foreach (var card in attempts.Where(one => !one.WasRefused).Select(one => one.Card).OfType<string>().Distinct())
        {
            if (!released.Contains(Trial(card)) && await known.TrialsBeforeAsync(card, account, ct) >= options.Value.TrialsOfCard)
            {
                return new(Suspicion.RepeatedTrial, "The card that a trial was begun with had one in another account.", [Trial(card)]);
            }
        }

        return null;

        static string Trial(string card) => $"trial {card}";
    }

    private async Task<Suspect?> TestedAsync(CardAttempt attempt, IReadOnlySet<string> released, CancellationToken ct)
    {
        var refused = (await known.OfAccountAsync(attempt.Account, attempt.At - Lately, ct))
            .Where(one => one.WasRefused && !released.Contains(one.Id)).ToList();
        var cards = refused.Select(one => one.Card).OfType<string>().Distinct().Count();
        // Many bots of one customer are renewed at once, and one card that has expired is refused for each of them.
        var again = refused.GroupBy(one => one.Intent).Select(tries => tries.Count()).DefaultIfEmpty().Max();
        return again >= options.Value.Refusals || cards >= options.Value.RefusedCards
            ? new(Suspicion.CardTesting, $"{refused.Count} payments with {cards} cards were refused within an hour.", [.. refused.Select(one => one.Id)])
            : null;
    }

    private async Task<Suspect?> SharedAsync(string card, DateTimeOffset at, CancellationToken ct)
    {
        var accounts = (await known.OfCardAsync(card, at - CardAttempts.Kept, ct)).Select(one => one.Account).Distinct().Count();
        return accounts >= options.Value.AccountsOfCard
            ? new(Suspicion.SharedCard, $"{accounts} accounts tried the same card within a day.", [card])
            : null;
    }
}

/// <summary>The payment pages of an account, whatever they are for.</summary>
public sealed class OpenPages(BillingWatches watches, Checkouts checkouts)
{
    /// <summary>Nobody can pay on them any more. What was sold on one is found by its watch.</summary>
    public async Task CloseAsync(string account, CancellationToken ct)
    {
        foreach (var deployment in await watches.OfAsync(account, ct))
        {
            await checkouts.CloseAsync(account, deployment, ct);
        }
    }
}
