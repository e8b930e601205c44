using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>A server on loopback, over TLS.</summary>
internal sealed class LoopbackTls : IAsyncDisposable
{
    private readonly WebApplication app;

    private LoopbackTls(WebApplication app) => this.app = app;

    public Uri Url => new UriBuilder(app.Urls.Single()) { Host = "127.0.0.1", Path = "/" }.Uri;

    public static async Task<LoopbackTls> StartAsync(X509Certificate2 certificate, RequestDelegate take)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = new LoopbackTls(builder.Build());
        server.app.Run(take);
        await server.app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(hurry.Token);
        await app.DisposeAsync();
    }
}
