using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.TinyBot;

/// <summary>Answers on the gateway's port what the real bot answers there, as far as provisioning, routing and tests look at it.</summary>
internal sealed class BotServer(BotSettings settings, BotConfigFile? config, BotState state)
{
    private const int BodyBytesMax = 1024 * 1024;
    private readonly DateTime _readyAt = DateTime.UtcNow + settings.StartDelay;

    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var listener = new HttpListener { Prefixes = { $"http://*:{settings.Port}/" } };
        listener.Start();
        using var closing = stop.Register(listener.Close);
        var breaksDown = settings.Failure is "later" ? Task.Delay(settings.StartDelay + TimeSpan.FromSeconds(2), stop) : null;
        while (true)
        {
            var next = listener.GetContextAsync();
            if (breaksDown is not null && await Task.WhenAny(next, breaksDown) == breaksDown && !stop.IsCancellationRequested)
            {
                Console.Error.WriteLine("tinybot: told to fail later");
                return 1;
            }

            try
            {
                _ = AnswerAsync(await next, stop);
            }
            catch (Exception exception) when (stop.IsCancellationRequested && exception is HttpListenerException or ObjectDisposedException)
            {
                return 0;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context, CancellationToken stop)
    {
        try
        {
            if (context.Request.IsWebSocketRequest)
            {
                await EchoAsync(context, stop);
                return;
            }

            await ((context.Request.HttpMethod, context.Request.Url?.AbsolutePath) switch
            {
                ("GET" or "HEAD", "/healthz" or "/health") => BotAnswer.LiveAsync(context),
                ("GET" or "HEAD", "/readyz" or "/ready") => BotAnswer.ReadyAsync(context, IsReady),
                ("GET", "/about") => BotAnswer.AboutAsync(context, state, config),
                ("POST", "/v1/chat/completions") => ChatAsync(context),
                ("GET" or "HEAD", "/") => BotAnswer.PageAsync(context),
                _ => BotAnswer.ErrorAsync(context, HttpStatusCode.NotFound, "not_found"),
            });
        }
        catch (Exception exception)
            when (exception is HttpListenerException or IOException or WebSocketException or OperationCanceledException)
        {
            // The peer went away in the middle of an exchange: nobody is left to tell.
            Console.Error.WriteLine($"tinybot: {context.Request.HttpMethod} broken off: {exception.Message}");
            context.Response.Abort();
        }
    }

    private bool IsReady => settings.Failure is not "ready" && DateTime.UtcNow >= _readyAt;

    private async Task ChatAsync(HttpListenerContext context)
    {
        if (!IsAuthorized(context.Request.Headers["Authorization"]))
        {
            await BotAnswer.ErrorAsync(context, HttpStatusCode.Unauthorized, "unauthorized");
            return;
        }

        var body = await ReadBodyAsync(context.Request.InputStream);
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

        var number = state.CountMessage();
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

    private static async Task EchoAsync(HttpListenerContext context, CancellationToken stop)
    {
        var accepted = await context.AcceptWebSocketAsync(subProtocol: null);
        using var socket = accepted.WebSocket;
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
}
