using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Launchpad.Local.Demo;

/// <summary>A bot at its own HTTPS address, as a client on this machine reaches it: names under localhost are loopback, and the one
/// authority that is trusted is the pocket cloud's.</summary>
public sealed class BotDoor(Uri address, string caPath) : IDisposable
{
    private readonly HttpClient http = new(Handler(caPath)) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(3) };

    public HttpClient Http => http;

    /// <summary>What the bot says to one message, over the chat-completions protocol.</summary>
    public async Task<string> AskAsync(string text, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "openclaw", messages = new[] { new { role = "user", content = text } } }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, ct);
        var body = await answer.Content.ReadAsStringAsync(ct);
        answer.EnsureSuccessStatusCode();
        using var completion = JsonDocument.Parse(body);
        return completion.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }

    public void Dispose() => http.Dispose();

    private static SocketsHttpHandler Handler(string caPath)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(caPath);
        return new()
        {
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { authority },
                },
            },
        };
    }
}
