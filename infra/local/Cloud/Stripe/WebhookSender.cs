using System.Collections.Concurrent;
using System.Net.Http.Headers;

namespace Launchpad.Local.Stripe;

/// <summary>Sends each event to each endpoint until it is accepted: at once, then ever less often for three days. What is still to
/// be sent is in the state, so a crash only repeats. Stripe's pauses grow to hours; here a person may be waiting, so to a minute.</summary>
internal sealed class WebhookSender : IDisposable
{
    private const int ConcurrentMax = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private readonly StripeBooks _books;
    private readonly StripeSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<string, Task> _running = new();

    public WebhookSender(StripeBooks books, StripeSettings settings, TimeProvider time, ILogger log)
    {
        (_books, _settings, _time, _log) = (books, settings, time, log);

        // Stripe does not follow redirects and does not wait long.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            Timeout = TimeSpan.FromSeconds(20),
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("Stripe/1.0 (+https://stripe.com/docs/webhooks)");
    }

    public async Task RunAsync(CancellationToken ct)
    {
        // What an earlier process left is sent now: whoever was waiting for it has waited long enough.
        _books.Change(draft => draft.SendAllNow());
        while (!ct.IsCancellationRequested)
        {
            var changed = _books.Changed;
            var now = _time.GetUtcNow();
            var idle = _books.Read().Deliveries
                .Where(delivery => !_running.ContainsKey(delivery.Id))
                .OrderBy(delivery => delivery.DueAt)
                .ToList();
            foreach (var delivery in idle.Where(delivery => delivery.DueAt <= now).Take(ConcurrentMax - _running.Count))
            {
                _running[delivery.Id] = AttemptAsync(delivery, ct);
            }

            var next = idle.Find(delivery => delivery.DueAt > now)?.DueAt - now;
            var finished = _running.Values.ToList();
            await Waiting.ForAsync(next, [changed, .. finished], _time, ct);
            foreach (var (id, _) in _running.Where(pair => pair.Value.IsCompleted))
            {
                _running.TryRemove(id, out _);
            }
        }

        await Task.WhenAll(_running.Values);
    }

    public void Dispose() => _client.Dispose();

    private async Task AttemptAsync(Delivery delivery, CancellationToken ct)
    {
        try
        {
            if (await SendAsync(delivery, ct) is { } refusal)
            {
                Later(delivery, refusal);
            }
            else
            {
                _books.Change(draft => draft.Settle(delivery, accepted: true));
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping: the delivery stays in the state and is sent at the next start.
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Later(delivery, exception.Message);
        }
        catch (Exception exception)
        {
            // One event that cannot be sent must neither stop the others nor be tried without a pause.
            _log.LogError(exception, "Stripe could not send {Event}", delivery.Event);
            Later(delivery, exception.Message);
        }
    }

    /// <summary>Null when the endpoint accepted, or is no longer there to be told: what is due while it is deleted or disabled is never
    /// told.</summary>
    private async Task<string?> SendAsync(Delivery delivery, CancellationToken ct)
    {
        await Task.Yield();
        var draft = new Draft(_books.Read(), _time.GetUtcNow());
        if (draft.Find(delivery.Event, "event") is not { } entry
            || draft.Find(delivery.Endpoint, Webhooks.EndpointKind) is not { } endpoint || endpoint.Text("status") != "enabled")
        {
            return null;
        }

        entry["api_version"] = endpoint.Text("api_version") ?? entry.Text("api_version");
        var body = Webhooks.Body(entry);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Text("url")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var secret = endpoint.Text("_secret") ?? _settings.WebhookSecret();
        request.Headers.Add("Stripe-Signature", Webhooks.Signature(body, secret, _time.GetUtcNow()));
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return response.IsSuccessStatusCode ? null : $"answered {(int)response.StatusCode}";
    }

    private void Later(Delivery delivery, string reason)
    {
        var pause = TimeSpan.FromTicks((long)Math.Min(LongestPause.Ticks, FirstPause.Ticks * Math.Pow(2, delivery.Attempts)));
        _books.Change(draft =>
        {
            var created = draft.Find(delivery.Event, "event")?.Number("created") ?? 0;
            if (draft.Now - DateTimeOffset.FromUnixTimeSeconds(created) > Patience)
            {
                _log.LogWarning("Stripe gave up telling {Endpoint} of {Event}: {Reason}", delivery.Endpoint, delivery.Event, reason);
                draft.Settle(delivery, accepted: false);
            }
            else
            {
                _log.LogInformation(
                    "Stripe will tell {Endpoint} of {Event} again in {Pause}: {Reason}", delivery.Endpoint, delivery.Event, pause, reason);
                draft.Reschedule(delivery, draft.Now + pause);
            }
        });
    }
}
