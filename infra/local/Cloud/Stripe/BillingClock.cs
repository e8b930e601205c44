using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What happens because time passes: sessions expire, periods are renewed, unpaid invoices are tried again.</summary>
internal sealed class BillingClock(StripeBooks books, TimeProvider time)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var changed = books.Changed;
            if (Next(books.Read()) is { } due && due <= time.GetUtcNow())
            {
                books.Change(draft => Tick(draft));
                continue;
            }

            await Waiting.ForAsync(Next(books.Read()) - time.GetUtcNow(), [changed], time, ct);
        }
    }

    private static DateTimeOffset? Next(StripeState state)
    {
        var draft = new Draft(state, default);
        var moments = OpenSessions(draft).Select(session => session.Number("expires_at"))
            .Concat(Running(draft).Select(Subscriptions.Due))
            .Concat(Unpaid(draft).Select(invoice => invoice.Number("next_payment_attempt")))
            .ToList();
        return moments.Count == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(moments.Min());
    }

    private static void Tick(Draft draft)
    {
        foreach (var session in OpenSessions(draft).Where(session => session.Number("expires_at") <= draft.Seconds).ToList())
        {
            Sessions.Expire(draft, session);
        }

        foreach (var subscription in Running(draft).Where(subscription => Subscriptions.Due(subscription) <= draft.Seconds).ToList())
        {
            Subscriptions.Renew(draft, subscription, Subscriptions.Due(subscription));
        }

        foreach (var invoice in Unpaid(draft).Where(invoice => invoice.Number("next_payment_attempt") <= draft.Seconds).ToList())
        {
            Invoices.Charge(draft, invoice);
        }

        draft.Forget();
    }

    private static IEnumerable<JsonObject> OpenSessions(Draft draft) =>
        draft.All(Sessions.Kind).Where(session => session.Text("status") == "open");

    private static IEnumerable<JsonObject> Running(Draft draft) =>
        draft.All(Subscriptions.Kind).Where(subscription => subscription.Text("status") is "trialing" or "active" or "past_due");

    private static IEnumerable<JsonObject> Unpaid(Draft draft) =>
        draft.All(Invoices.Kind).Where(invoice => invoice.Text("status") == "open" && invoice["next_payment_attempt"] is not null);
}
