using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Launchpad.Shared.Webhooks;
using Lib.Net.Http.WebPush;
using Lib.Net.Http.WebPush.Authentication;

namespace Launchpad.Shared.Push;

/// <summary>What a push service answered.</summary>
/// <param name="RetryAfter">How long it wants to be left alone; null where it does not say.</param>
public sealed record PushAnswer(Attempt Attempt, TimeSpan? RetryAfter);

/// <summary>Hands messages to push services, which a browser names and anybody can pretend to be one: what is sent goes the way of webhooks.</summary>
public sealed class PushGateway(OutboundHttp outbound, VapidKeys keys, TimeProvider clock)
{
    public async Task<PushAnswer> SendAsync(PushTarget to, PushMessage message, CancellationToken ct)
    {
        using var authentication = await keys.AuthenticationAsync(ct);
        var (at, watch, call) = (clock.GetUtcNow(), Stopwatch.StartNew(), new Call(outbound.Handler, authentication, clock));
        using var http = new HttpClient(call, disposeHandler: false) { Timeout = OutboundHttp.Timeout };
        var subscription = new PushSubscription { Endpoint = to.Endpoint };
        subscription.SetKey(PushEncryptionKeyName.P256DH, to.P256dh);
        subscription.SetKey(PushEncryptionKeyName.Auth, to.Auth);
        try
        {
            await new PushServiceClient(http).RequestPushMessageDeliveryAsync(subscription, message, authentication, VapidAuthenticationScheme.Vapid, ct);
            return new(new(at, call.Status, watch.ElapsedMilliseconds, null), call.RetryAfter);
        }
        catch (Exception silence) when (OutboundHttp.IsSilence(silence, ct))
        {
            return new(new(at, null, watch.ElapsedMilliseconds, OutboundHttp.Tell(silence)), null);
        }
    }

    /// <summary>The request as the package makes it, but for whom the token is meant: that is the whole origin, its port too. Of the answer only
    /// the status and the wait are kept, for the package would read and repeat what stands in a refusal, and wait by itself.</summary>
    private sealed class Call(HttpMessageHandler inner, VapidAuthentication authentication, TimeProvider clock) : DelegatingHandler(inner)
    {
        public int Status { get; private set; }

        public TimeSpan? RetryAfter { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var origin = request.RequestUri!.GetLeftPart(UriPartial.Authority);
            request.Headers.Authorization = new AuthenticationHeaderValue("vapid", authentication.GetVapidSchemeAuthenticationHeaderValueParameter(origin));
            using var answer = await base.SendAsync(request, cancellationToken);
            Status = (int)answer.StatusCode;
            RetryAfter = answer.Headers.RetryAfter is { } wait ? wait.Delta ?? wait.Date - clock.GetUtcNow() : null;
            return new(HttpStatusCode.Created) { RequestMessage = request };
        }
    }
}
