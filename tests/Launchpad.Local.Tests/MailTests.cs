using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Launchpad.Local.Mail;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Launchpad.Local.Tests;

public sealed class MailTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private readonly string recipient = $"{Guid.NewGuid():n}@example.com";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_mail_client_sends_is_kept_and_shown(bool isSecure)
    {
        using var message = Letter("Grüße: your bot is running", "First line\r\n.dotted line\r\nlast");
        using var client = Client();
        await client.ConnectAsync("localhost", cloud.Ports.Mail, isSecure ? SecureSocketOptions.StartTls : SecureSocketOptions.None);
        if (isSecure)
        {
            await client.AuthenticateAsync(MailService.User, cloud.Context.Vault.Value(MailService.PasswordName)!);
        }

        await client.SendAsync(message);
        await client.DisconnectAsync(true);

        var entry = Assert.Single(await KeptAsync())!;
        Assert.Equal("Grüße: your bot is running", (string)entry["subject"]!);
        Assert.Equal("launchpad@example.com", (string)entry["from"]!);
        var text = await cloud.Client.GetStringAsync(TestCloud.Address(cloud.Ports.Admin, "/mail/" + entry["id"]));
        Assert.Contains("\r\n.dotted line\r\nlast", text, StringComparison.Ordinal);
        Assert.Contains("Delivered-To: " + recipient, text, StringComparison.Ordinal);
        using var outside = await cloud.Client.GetAsync(TestCloud.Address(cloud.Ports.Admin, "/mail/..%2Fkeyvault"));
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        using var client = Client();
        await client.ConnectAsync("localhost", cloud.Ports.Mail, SecureSocketOptions.StartTls);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(MailService.User, "not this one"));
    }

    /// <summary>A lone LF around the dot does not end a message: that is how one message is smuggled into another.</summary>
    [Fact]
    public async Task A_message_ends_where_the_protocol_says()
    {
        using var talk = await Conversation.OpenAsync(cloud.Ports.Mail);
        Assert.StartsWith("220 ", await talk.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("HELO here"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("MAIL FROM:<a@b.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await talk.SayAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("Subject: raw\r\n\r\na\n.\nMAIL FROM:<x@y.example>\r\n."), StringComparison.Ordinal);
        Assert.StartsWith("221", await talk.SayAsync("QUIT"), StringComparison.Ordinal);
        Assert.Single(await KeptAsync());
    }

    /// <summary>Trusts whom the pocket cloud's own authority has signed.</summary>
    private static SmtpClient Client() => new()
    {
        CheckCertificateRevocation = false,
        ServerCertificateValidationCallback = (_, certificate, _, _) => certificate!.Issuer == "CN=Launchpad pocket cloud",
    };

    private MimeMessage Letter(string subject, string body)
    {
        var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = body } };
        message.From.Add(new MailboxAddress(null, "launchpad@example.com"));
        message.To.Add(new MailboxAddress(null, recipient));
        return message;
    }

    private async Task<JsonArray> KeptAsync() =>
        (await cloud.Client.GetFromJsonAsync<JsonArray>(TestCloud.Address(cloud.Ports.Admin, "/mail?to=" + recipient)))!;

    private sealed class Conversation(TcpClient client) : IDisposable
    {
        private readonly StreamReader _reader = new(client.GetStream(), Encoding.UTF8);

        public static async Task<Conversation> OpenAsync(int port)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return new Conversation(client);
        }

        public async Task<string> SayAsync(string line)
        {
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
            return await ReadAsync();
        }

        public async Task<string> ReadAsync() => await _reader.ReadLineAsync() ?? "";

        public void Dispose()
        {
            _reader.Dispose();
            client.Dispose();
        }
    }
}
