using Launchpad.Shared.Records;
using Launchpad.Shared.Webhooks;

namespace Launchpad.Functions.Notifications;

/// <summary>Sends what the records of an account tell once more: the records themselves, so that what was never put on its way is found too.</summary>
public sealed class Replays(RecordSearch search, Deliveries deliveries, TimeProvider clock)
{
    private const int EventsMax = 1_000;
    private const int DaysMax = 30;

    /// <returns>How many events are on their way.</returns>
    /// <exception cref="ProblemException">For what is no id of an event, or one of too long ago.</exception>
    public async Task<int> RunAsync(WebhookEndpoint to, string? from, CancellationToken ct)
    {
        if (CustomerEvent.TimeOf(from) is not { } begin || clock.GetUtcNow() - begin > TimeSpan.FromDays(DaysMax))
        {
            throw Problems.Invalid("from", $"is the id of an event of the last {DaysMax} days.");
        }

        try
        {
            // An endpoint that is off takes nothing, and one may want to have what was before it.
            var hears = to with { CreatedAt = DateTimeOffset.MinValue, DisabledWhy = null };
            var events = await search.AllAsync(to.Account, new(null, null, HasOwn: false), after: null, ct)
                .Select(found => (found.Row, Event: CustomerEvent.Of(to.Account, found.Chain, found.Row)))
                .TakeWhile(one => string.CompareOrdinal(one.Row.At, At(begin)) >= 0)
                .Where(one => one.Event is { } told && hears.Hears(told))
                .Take(EventsMax + 1).Select(one => one.Event!).ToListAsync(ct);
            return events.Count > EventsMax
                ? throw Problems.Invalid("from", $"has more than {EventsMax} events after it: begin with a later one.")
                : await SendAsync(to, events, ct);
        }
        catch (TooManyChainsException)
        {
            throw Problems.Invalid("from", "cannot be found here: this account has too many bots to look through all of them at once.");
        }
    }

    public async Task<Delivery> TestAsync(WebhookEndpoint to, CancellationToken ct)
    {
        var test = CustomerEvent.Test(to.Account, to.Id, clock.GetUtcNow());
        await deliveries.AddAsync(to.Id, test, ct);
        return (await deliveries.FindAsync(to.Account, to.Id, test.Id, ct))!;
    }

    private async Task<int> SendAsync(WebhookEndpoint to, List<CustomerEvent> events, CancellationToken ct)
    {
        foreach (var one in events.AsEnumerable().Reverse())
        {
            if (await deliveries.AgainAsync(to.Account, to.Id, one.Id, ct) is null)
            {
                await deliveries.AddAsync(to.Id, one, ct);
            }
        }

        return events.Count;
    }

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null);
}
