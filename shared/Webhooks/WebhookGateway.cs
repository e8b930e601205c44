using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Serialization;
using StandardWebhooks;

namespace Launchpad.Shared.Webhooks;

/// <summary>What came of one try.</summary>
/// <param name="Status">What was answered; null for no answer.</param>
/// <param name="Error">Why there was none, in a word of ours; null where there was.</param>
public sealed record Attempt(DateTimeOffset At, int? Status, long DurationMs, string? Error)
{
    [JsonIgnore]
    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>Calls the endpoints of customers, over TLS. No answer is read.</summary>
public sealed class WebhookGateway : IDisposable
{
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    public WebhookGateway(OutboundHttp outbound, TimeProvider clock)
    {
        this.clock = clock;
        http = new(outbound.Handler, disposeHandler: false) { Timeout = OutboundHttp.Timeout };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Launchpad-Webhooks", "1"));
    }

    /// <param name="url">Of the endpoint.</param>
    /// <param name="id">Of the event.</param>
    /// <param name="body">As it is signed.</param>
    /// <param name="keys">Each signs it: while one replaces another, both do.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Attempt> SendAsync(Uri url, string id, string body, IEnumerable<string> keys, CancellationToken ct)
    {
        var (at, watch) = (clock.GetUtcNow(), Stopwatch.StartNew());
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", $"{at.ToUnixTimeSeconds()}");
        request.Headers.Add("webhook-signature", string.Join(' ', keys.Select(key => new StandardWebhook(key).Sign(id, at, body))));
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return new(at, (int)answer.StatusCode, watch.ElapsedMilliseconds, null);
        }
        catch (Exception silence) when (OutboundHttp.IsSilence(silence, ct))
        {
            return new(at, null, watch.ElapsedMilliseconds, OutboundHttp.Tell(silence));
        }
    }

    public void Dispose() => http.Dispose();
}
