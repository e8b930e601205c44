using Launchpad.Shared.Secrets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Launchpad.Shared.Mail;

/// <summary>Hands mail to the operator's SMTP server.</summary>
public sealed class SmtpGateway(IOptions<MailOptions> options, SecretVault vault)
{
    private static readonly TimeSpan KeepPassword = TimeSpan.FromMinutes(5);

    public MailboxAddress Sender => new(options.Value.FromName, options.Value.From);

    /// <summary>One connection for as many letters as there are.</summary>
    public async Task<SmtpConnection> OpenAsync(CancellationToken ct)
    {
        var (mail, client) = (options.Value, new SmtpClient());
        try
        {
            client.Timeout = (int)mail.Timeout.TotalMilliseconds;
            // As every other connection of the product: many authorities tell of no revocations any more.
            client.CheckCertificateRevocation = false;
            await client.ConnectAsync(mail.Server, mail.Port, Security(mail.Tls), ct);
            if (!string.IsNullOrEmpty(mail.User))
            {
                await client.AuthenticateAsync(mail.User, await PasswordAsync(mail.PasswordSecret!, ct), ct);
            }

            return new(client);
        }
        catch (AuthenticationException)
        {
            vault.Forget(mail.PasswordSecret!);
            client.Dispose();
            throw;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static SecureSocketOptions Security(MailTls tls) => tls switch
    {
        MailTls.None => SecureSocketOptions.None,
        MailTls.StartTls => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.SslOnConnect,
    };

    private async Task<string> PasswordAsync(string name, CancellationToken ct) =>
        await vault.RecallAsync(name, KeepPassword, ct) ?? throw new InvalidOperationException($"The vault has no secret '{name}' for the mail server.");
}

/// <summary>A connection to the server.</summary>
public sealed class SmtpConnection(SmtpClient client) : IAsyncDisposable
{
    private const int PermanentFrom = 500;

    /// <summary>False when the server says that there is no such mailbox, and never will be.</summary>
    public async Task<bool> SendAsync(MimeMessage message, CancellationToken ct)
    {
        try
        {
            await client.SendAsync(message, ct);
            return true;
        }
        catch (SmtpCommandException refused) when (
            refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted && (int)refused.StatusCode >= PermanentFrom)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await client.DisconnectAsync(quit: client.IsConnected);
        }
        catch (Exception gone) when (gone is IOException or MailKit.ProtocolException)
        {
            // It has everything, or says so never: what it did not confirm is sent again.
        }

        client.Dispose();
    }
}
