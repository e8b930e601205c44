using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Tests.Notifications;

/// <param name="Path">Of whose subscription.</param>
/// <param name="Subject">Whom the sender says to be.</param>
/// <param name="Key">By which the sender proved it.</param>
internal sealed record Pushed(string Path, byte[] Body, int Ttl, string? Urgency, string Topic, string Subject, string Key);

/// <summary>A push service, on loopback, over TLS (RFC 8030): it takes what is sent as it should be, by who proves who he is (RFC 8292).</summary>
internal sealed class PushService : IAsyncDisposable
{
    private LoopbackTls server = null!;

    private PushService()
    {
    }

    public ConcurrentQueue<Pushed> All { get; } = [];

    /// <summary>What did not look as it should.</summary>
    public ConcurrentQueue<Exception> Wrong { get; } = [];

    public Uri Url => server.Url;

    /// <summary>By how many there were before.</summary>
    public Func<int, HttpContext, int> Answer { get; set; } = (_, _) => StatusCodes.Status201Created;

    public static async Task<PushService> StartAsync(X509Certificate2 certificate)
    {
        var service = new PushService();
        service.server = await LoopbackTls.StartAsync(certificate, service.TakeAsync);
        return service;
    }

    public Subscriber Subscribe() => new(new Uri(Url, $"push/{Guid.NewGuid():N}").AbsoluteUri);

    /// <summary>What was sent to one.</summary>
    public IReadOnlyList<JsonElement> Of(Subscriber to) => [.. All
        .Where(one => one.Path == new Uri(to.Endpoint).AbsolutePath).Select(one => JsonElement.Parse(to.Open(one.Body)))];

    public async Task<IReadOnlyList<JsonElement>> UntilAsync(Subscriber to, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Of(to).Count < count)
        {
            await Task.Delay(100, patience.Token);
        }

        return Of(to);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        try
        {
            var before = All.Count;
            All.Enqueue(Look(context.Request.Headers, context.Request.Path, body.ToArray()));
            context.Response.StatusCode = Answer(before, context);
            await context.Response.WriteAsync("what nobody reads");
        }
        catch (Exception wrong)
        {
            Wrong.Enqueue(wrong);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private Pushed Look(IHeaderDictionary headers, string path, byte[] body)
    {
        Assert.Equal("aes128gcm", headers.ContentEncoding.ToString());
        Assert.False(headers.ContainsKey("traceparent"));
        var (ttl, topic) = (int.Parse(headers["TTL"].ToString(), null), headers["Topic"].ToString());
        Assert.InRange(ttl, 1, 24 * 60 * 60);
        Assert.InRange(topic.Length, 1, 32);
        Assert.InRange(body.Length, 1, 4096);

        var authorization = headers.Authorization.ToString();
        Assert.StartsWith("vapid ", authorization, StringComparison.Ordinal);
        var parts = authorization["vapid ".Length..].Split(',', StringSplitOptions.TrimEntries).ToDictionary(part => part[..1], part => part[2..]);
        var token = parts["t"].Split('.');
        var point = Base64Url.DecodeFromChars(parts["k"]);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = point[1..33], Y = point[33..] } });
        Assert.True(key.VerifyData(
            System.Text.Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        Assert.Equal("ES256", Json(token[0]).GetProperty("alg").GetString());
        var claims = Json(token[1]);
        Assert.Equal(Url.GetLeftPart(UriPartial.Authority), claims.GetProperty("aud").GetString());
        var left = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()) - DateTimeOffset.UtcNow;
        Assert.InRange(left, TimeSpan.Zero, TimeSpan.FromHours(24));
        return new(path, body, ttl, headers["Urgency"].FirstOrDefault(), topic, claims.GetProperty("sub").GetString()!, parts["k"]);
    }

    private static JsonElement Json(string part) => JsonElement.Parse(Base64Url.DecodeFromChars(part));
}
