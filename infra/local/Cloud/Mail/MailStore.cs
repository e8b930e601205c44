using System.Buffers;
using SmtpServer;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Launchpad.Local.Mail;

/// <summary>What the server has taken goes to the mailbox.</summary>
internal sealed class MailStore(Mailbox mailbox) : MessageStore
{
    public override async Task<SmtpResponse> SaveAsync(
        ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        var id = await mailbox.KeepAsync(
            transaction.From.AsAddress(), transaction.To.Select(to => to.AsAddress()), buffer.ToArray(), cancellationToken);
        return new SmtpResponse(SmtpReplyCode.Ok, $"Kept as {id}");
    }
}
