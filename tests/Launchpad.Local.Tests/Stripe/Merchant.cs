using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>One webhook as it arrived.</summary>
public sealed record Heard(string Body, string Signature)
{
    public string Type => JsonDocument.Parse(Body).RootElement.GetProperty("type").GetString()!;

    public string Id => JsonDocument.Parse(Body).RootElement.GetProperty("id").GetString()!;
}

/// <summary>A web server where the control plane would be: it keeps what it is told and answers what the test wants.</summary>
public sealed class Merchant(int port) : IAsyncDisposable
{
    private readonly ConcurrentQueue<Heard> _all = new();
    private Channel<Heard> _unread = Channel.CreateUnbounded<Heard>();
    private WebApplication? _server;

    public int Answer { get; set; } = StatusCodes.Status200OK;

    public IReadOnlyCollection<Heard> All => _all;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _server = builder.Build();
        _server.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var heard = new Heard(await reader.ReadToEndAsync(), http.Request.Headers["Stripe-Signature"].ToString());
            _all.Enqueue(heard);
            await _unread.Writer.WriteAsync(heard);
            http.Response.StatusCode = Answer;
        });
        await _server.StartAsync();
    }

    /// <summary>The next of its type that mentions what the test is about; what came before it is passed over.</summary>
    public async Task<Heard> NextAsync(string type, string about = "")
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            var heard = await _unread.Reader.ReadAsync(patience.Token);
            if (heard.Type == type && heard.Body.Contains(about, StringComparison.Ordinal))
            {
                return heard;
            }
        }
    }

    public void Forget()
    {
        _all.Clear();
        _unread = Channel.CreateUnbounded<Heard>();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }
}
