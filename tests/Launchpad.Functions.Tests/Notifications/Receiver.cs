using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

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
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<Received> All { get; } = [];

    public string Url { get; private set; } = "";

    /// <summary>By how many there were before.</summary>
    public Func<int, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<Receiver> StartAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var receiver = new Receiver(builder.Build());
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync();
        receiver.Url = new UriBuilder(receiver.app.Urls.Single()) { Host = "127.0.0.1", Path = "/hook" }.Uri.AbsoluteUri;
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

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(hurry.Token);
        await app.DisposeAsync();
    }

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
