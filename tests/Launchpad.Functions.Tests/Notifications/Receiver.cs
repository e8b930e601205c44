using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>What arrived.</summary>
internal sealed record Received(string Id, long Timestamp, IReadOnlyList<string> Signatures, string Body)
{
    /// <summary>By the specification of Standard Webhooks, and not by what signed it.</summary>
    public bool IsSignedBy(string secret) => Signatures.Contains("v1," + Convert.ToBase64String(HMACSHA256.HashData(
        Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}"))));
}

/// <summary>A customer's server, on loopback, over TLS; what it answers is decided for each request.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private LoopbackTls server = null!;

    private Receiver()
    {
    }

    public ConcurrentQueue<Received> All { get; } = [];

    public string Url => new Uri(server.Url, "hook").AbsoluteUri;

    /// <summary>By how many there were before.</summary>
    public Func<int, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<Receiver> StartAsync(X509Certificate2 certificate)
    {
        var receiver = new Receiver();
        receiver.server = await LoopbackTls.StartAsync(certificate, receiver.TakeAsync);
        return receiver;
    }

    public async Task<IReadOnlyList<Received>> UntilAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (All.Count < count)
        {
            await Task.Delay(100, patience.Token);
        }

        return [.. All];
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers;
        var before = All.Count;
        All.Enqueue(new(
            headers["webhook-id"].ToString(), long.Parse(headers["webhook-timestamp"].ToString(), CultureInfo.InvariantCulture), headers["webhook-signature"].ToString().Split(' '), body));
        Assert.Equal("application/json; charset=utf-8", context.Request.ContentType);
        Assert.False(headers.ContainsKey("traceparent"));
        await Answer(before, context);
    }
}
