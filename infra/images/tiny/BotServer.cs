using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.TinyBot;

/// <summary>Answers on the gateway's port what the real bot answers there, as far as provisioning, routing and tests look at it.
/// Kestrel alone, without a host around it: there is nothing to inject, to configure or to log.</summary>
internal sealed class BotServer(BotSettings settings, BotConfigFile? config, BotState state)
{
    private const int BodyBytesMax = 1024 * 1024;
    private readonly DateTime _readyAt = DateTime.UtcNow + settings.StartDelay;

    public async Task<int> RunAsync(CancellationToken stop)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(IPAddress.Any, settings.Port);
        // The bot itself refuses a large body, and waits for a slow peer.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;

        var logs = NullLoggerFactory.Instance;
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), logs);
        var webSockets = new WebSocketOptions { KeepAliveInterval = WebSocket.DefaultKeepAliveInterval };
        var answers = new WebSocketMiddleware(context => AnswerAsync(context, stop), Options.Create(webSockets), logs);
        // Disposing of the server breaks its connections off; stopping it first would wait for them.
        using var server = new KestrelServer(Options.Create(options), sockets, logs);
        await server.StartAsync(new Application(answers.Invoke), CancellationToken.None);
        try
        {
            await Task.Delay(settings.Failure is "later" ? settings.StartDelay + TimeSpan.FromSeconds(2) : Timeout.InfiniteTimeSpan, stop);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }

        Console.Error.WriteLine("tinybot: told to fail later");
        return 1;
    }

    private async Task AnswerAsync(HttpContext context, CancellationToken stop)
    {
        try
        {
            if (context.WebSockets.IsWebSocketRequest)
            {
                await EchoAsync(context, stop);
                return;
            }

            await ((context.Request.Method, context.Request.Path.Value) switch
            {
                ("GET" or "HEAD", "/healthz" or "/health") => BotAnswer.LiveAsync(context),
                ("GET" or "HEAD", "/readyz" or "/ready") => BotAnswer.ReadyAsync(context, IsReady),
                ("GET", "/about") => BotAnswer.AboutAsync(context, state, config),
                ("POST", "/v1/chat/completions") => ChatAsync(context),
                ("GET" or "HEAD", "/") => BotAnswer.PageAsync(context),
                _ => BotAnswer.ErrorAsync(context, HttpStatusCode.NotFound, "not_found"),
            });
        }
        catch (Exception exception) when (exception is IOException or WebSocketException or OperationCanceledException)
        {
            // The peer went away in the middle of an exchange: nobody is left to tell.
            Console.Error.WriteLine($"tinybot: {context.Request.Method} broken off: {exception.Message}");
            context.Abort();
        }
    }

    private bool IsReady => settings.Failure is not "ready" && DateTime.UtcNow >= _readyAt;

    private async Task ChatAsync(HttpContext context)
    {
        if (!IsAuthorized(context.Request.Headers.Authorization))
        {
            await BotAnswer.ErrorAsync(context, HttpStatusCode.Unauthorized, "unauthorized");
            return;
        }

        var body = await ReadBodyAsync(context.Request.Body);
        if (body is null)
        {
            await BotAnswer.ErrorAsync(context, HttpStatusCode.RequestEntityTooLarge, "too_large");
            return;
        }

        if (ChatRequest.Parse(body) is not { } request)
        {
            await BotAnswer.ErrorAsync(context, HttpStatusCode.BadRequest, "invalid_request_error");
            return;
        }

        var number = state.Hear(request.LastUserMessage);
        await (request.Stream ? BotAnswer.StreamAsync(context, request, number) : BotAnswer.ChatAsync(context, request, number));
    }

    // Read at every request, so that a rotated token counts at once.
    private bool IsAuthorized(string? header) =>
        header is not null && File.Exists(settings.TokenPath)
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes("Bearer " + File.ReadAllText(settings.TokenPath).Trim()));

    private static async Task<byte[]?> ReadBodyAsync(Stream input)
    {
        var body = new byte[BodyBytesMax + 1];
        var length = await input.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false);
        return length > BodyBytesMax ? null : body[..length];
    }

    private static async Task EchoAsync(HttpContext context, CancellationToken stop)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        while (socket.State is WebSocketState.Open)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (received.MessageType is WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, stop);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, stop);
        }
    }

    private sealed class Application(RequestDelegate answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => answer(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
