using System.Net;
using System.Net.Http.Json;
using System.Net.Mail;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Tests;

public sealed class MailTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task What_a_mail_client_sends_is_kept_and_shown()
    {
        var recipient = $"{Guid.NewGuid():n}@example.com";
        using var message = new MailMessage(
            "launchpad@example.com", recipient, "Grüße: your bot is running", "First line\r\n.dotted line\r\nlast");
        message.BodyTransferEncoding = TransferEncoding.SevenBit;
        using var client = new SmtpClient("127.0.0.1", cloud.Ports.Mail);
        await client.SendMailAsync(message);

        var list = await cloud.Client.GetFromJsonAsync<JsonArray>(TestCloud.Address(cloud.Ports.Admin, "/mail?to=" + recipient));
        var entry = Assert.Single(list!)!;
        Assert.Equal("Grüße: your bot is running", (string)entry["subject"]!);
        Assert.Equal("launchpad@example.com", (string)entry["from"]!);
        var text = await cloud.Client.GetStringAsync(TestCloud.Address(cloud.Ports.Admin, "/mail/" + entry["id"]));
        Assert.Contains("\r\n.dotted line\r\nlast", text, StringComparison.Ordinal);
        Assert.Contains("Delivered-To: " + recipient, text, StringComparison.Ordinal);
        using var outside = await cloud.Client.GetAsync(TestCloud.Address(cloud.Ports.Admin, "/mail/..%2Fkeyvault"));
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    [Fact]
    public async Task The_conversation_keeps_to_the_protocol()
    {
        using var talk = await Conversation.OpenAsync(cloud.Ports.Mail);
        Assert.StartsWith("220 ", await talk.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("503", await talk.SayAsync("MAIL FROM:<a@b>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("HELO here"), StringComparison.Ordinal);
        Assert.StartsWith("503", await talk.SayAsync("RCPT TO:<a@b>"), StringComparison.Ordinal);
        Assert.StartsWith("503", await talk.SayAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("501", await talk.SayAsync("MAIL FROM:a@b"), StringComparison.Ordinal);
        Assert.StartsWith("552", await talk.SayAsync("MAIL FROM:<a@b> SIZE=99999999999"), StringComparison.Ordinal);
        Assert.StartsWith("555", await talk.SayAsync("MAIL FROM:<a@b> RET=FULL"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("MAIL FROM:<> SIZE=10 BODY=8BITMIME"), StringComparison.Ordinal);
        Assert.StartsWith("501", await talk.SayAsync("RCPT TO:<>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("RCPT TO:<raw@example.com>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await talk.SayAsync("DATA"), StringComparison.Ordinal);
        // A lone LF around the dot does not end a message: that is how one message is smuggled into another.
        Assert.StartsWith("250", await talk.SayAsync("Subject: raw\r\n\r\na\n.\nMAIL FROM:<x@y>\r\n."), StringComparison.Ordinal);
        Assert.StartsWith("502", await talk.SayAsync("TURN"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("RSET"), StringComparison.Ordinal);
        Assert.StartsWith("221", await talk.SayAsync("QUIT"), StringComparison.Ordinal);

        var list = await cloud.Client.GetFromJsonAsync<JsonArray>(TestCloud.Address(cloud.Ports.Admin, "/mail?to=raw@example.com"));
        Assert.Single(list!);
    }

    [Fact]
    public async Task A_message_beyond_the_limit_is_refused_and_the_next_is_not()
    {
        using var talk = await Conversation.OpenAsync(cloud.Ports.Mail);
        await talk.ReadAsync();
        await talk.SayAsync("HELO here");
        await talk.SayAsync("MAIL FROM:<a@b>");
        await talk.SayAsync("RCPT TO:<large@example.com>");
        await talk.SayAsync("DATA");
        var line = new string('x', 998) + "\r\n";
        Assert.StartsWith("552", await talk.SayAsync(string.Concat(Enumerable.Repeat(line, 10_700)) + "."), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync("MAIL FROM:<a@b>"), StringComparison.Ordinal);
    }

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
