using Microsoft.AspNetCore.Connections;

namespace Launchpad.Local.Mail;

/// <summary>An SMTP server that delivers nothing: it keeps what was sent and shows it.</summary>
public sealed class MailService(CloudContext cloud) : CloudService
{
    private const int ListMax = 200;

    private readonly Mailbox _mailbox = new(Path.Combine(cloud.Home.State, "mail"), cloud.Time);

    public override string Name => "mail";

    public override int Port(Ports ports) => ports.Mail;

    public override ConnectionDelegate? Connection => async connection =>
    {
        try
        {
            await new SmtpSession(connection.Transport, _mailbox).RunAsync(connection.ConnectionClosed);
        }
        catch (Exception gone) when (gone is ConnectionResetException or OperationCanceledException)
        {
            // The sender left or fell silent; an unfinished message was never accepted.
        }
    };

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
