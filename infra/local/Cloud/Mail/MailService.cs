using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Storage;

namespace Launchpad.Local.Mail;

/// <summary>An SMTP server that delivers nothing: it keeps what was sent and shows it. Mail is taken from anybody on this machine, with
/// TLS and a password or without.</summary>
public sealed class MailService(CloudContext cloud) : CloudService
{
    public const string User = "launchpad";
    public const string PasswordName = "smtp-password";
    public const int MessageBytesMax = 10 * 1024 * 1024;
    private const int ListMax = 200;

    private readonly Mailbox _mailbox = new(Path.Combine(cloud.Home.State, "mail"), cloud.Time);
    private SmtpServer.SmtpServer? _server;
    private Task _running = Task.CompletedTask;

    public override string Name => "mail";

    public override bool Listens => true;

    public override int Port(Ports ports) => ports.Mail;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        cloud.Vault.Seed(PasswordName, () => RandomNumberGenerator.GetHexString(40, lowercase: true));
        var options = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .MaxMessageSize(MessageBytesMax, MaxMessageSizeHandling.Strict)
            .Endpoint(at => at.Endpoint(new IPEndPoint(IPAddress.Loopback, Port(cloud.Ports)))
                .Certificate(cloud.Certificates.For("localhost"))
                .SupportedSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13))
            .Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(new MailStore(_mailbox));
        services.Add((IUserAuthenticatorFactory)new DelegatingUserAuthenticatorFactory(
            _ => new DelegatingUserAuthenticator((user, password) => user == User && password == cloud.Vault.Value(PasswordName))));
        _server = new SmtpServer.SmtpServer(options, services);
        _running = _server.StartAsync(CancellationToken.None);
        return Task.CompletedTask;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _server?.Shutdown();
        await Task.WhenAny(_running, Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None));
    }

    /// <summary>The mailbox as the admin port shows it.</summary>
    public void MapMailbox(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mail", (string? to) => Results.Json(_mailbox.List(to, ListMax)));
        routes.MapGet("/mail/{id}", (string id) =>
            _mailbox.Text(id) is { } text ? Results.Text(text, "text/plain; charset=utf-8") : Results.NotFound());
        routes.MapDelete("/mail", () =>
        {
            _mailbox.Clear();
            return Results.NoContent();
        });
    }
}
