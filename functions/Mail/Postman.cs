using System.Diagnostics.Metrics;
using Launchpad.Functions.Notifications;
using Launchpad.Shared;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Health;
using Launchpad.Shared.Mail;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Launchpad.Functions.Mail;

/// <summary>Sends what waits in the outbox, as a letter and to its reader's devices. What the server does not take is tried again, longer and
/// longer, for a day and a half; then a person is called. Devices wait for no mail server.</summary>
public sealed class Postman(Outbox outbox, Envelopes envelopes, PushNotices pushes, MailAlarm alarm)
{
    private static readonly Counter<long> Letters =
        Shared.Telemetry.Meter.CreateCounter<long>("launchpad.mail.letters", "{letter}", "Letters by what became of them.");

    public async Task RunAsync(CancellationToken ct)
    {
        var due = await outbox.DueAsync(ct);
        SmtpConnection? connection = null;
        try
        {
            foreach (var waiting in due)
            {
                connection = await SendAsync(waiting, connection, ct);
            }
        }
        finally
        {
            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    /// <returns>The connection for the next one; null when it is of no use any more.</returns>
    private async Task<SmtpConnection?> SendAsync(Waiting waiting, SmtpConnection? connection, CancellationToken ct)
    {
        if (waiting.Notice is not { } notice)
        {
            await outbox.DropAsync(waiting, ct);
            return connection;
        }

        try
        {
            if (await envelopes.AddressAsync(notice, ct) is not { } to)
            {
                await CloseAsync(waiting, "nobody", ct);
                return connection;
            }

            await pushes.TellAsync(to.Notice, ct);
            var message = await envelopes.FillAsync(to, ct);
            connection ??= await envelopes.OpenAsync(ct);
            await CloseAsync(waiting, await connection.SendAsync(message, ct) ? "sent" : "refused", ct);
            await alarm.WentOutAsync(notice, ct);
            return connection;
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            // Servers repeat addresses in what they say: of that the kind is told, and no more.
            Letters.Add(1, new KeyValuePair<string, object?>("launchpad.outcome", "later"));
            await alarm.TellAsync(notice, trouble, ct);
            await (notice.Attempts + 1 < Outbox.AttemptsMax ? outbox.PostponeAsync(waiting, ct) : outbox.CloseAsync(waiting, "dead", ct));
            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
            return null;
        }
    }

    private async Task CloseAsync(Waiting waiting, string outcome, CancellationToken ct)
    {
        await outbox.CloseAsync(waiting, outcome, ct);
        Letters.Add(1, new KeyValuePair<string, object?>("launchpad.outcome", outcome));
    }
}

/// <summary>Puts a letter into words, and an address on it.</summary>
public sealed class Envelopes(Addressees addressees, AccountLinks links, Letters letters, SmtpGateway gateway)
{
    /// <summary>Where they go: one connection for as many as there are.</summary>
    public Task<SmtpConnection> OpenAsync(CancellationToken ct) => gateway.OpenAsync(ct);

    /// <summary>Null when there is nobody who should get it.</summary>
    public Task<Addressee?> AddressAsync(Notice notice, CancellationToken ct) => addressees.FindAsync(notice, ct);

    public async Task<MimeMessage> FillAsync(Addressee addressee, CancellationToken ct)
    {
        var (account, notice, off) = addressee;
        // Each try has a token of its own: none is kept, not even here.
        var token = notice.Kind switch
        {
            LetterKinds.ConfirmAddress => await links.MakeAsync(account.Id, LinkPurpose.Verify, null, ct),
            LetterKinds.ResetPassword => await links.MakeAsync(account.Id, LinkPurpose.Reset, null, ct),
            LetterKinds.ChangeAddress => await links.MakeAsync(account.Id, LinkPurpose.Move, notice.Values["email"], ct),
            LetterKinds.AddressChanged => await links.MakeAsync(account.Id, LinkPurpose.Return, notice.Values["email"], ct),
            _ => null,
        };
        var to = notice.Kind is LetterKinds.ChangeAddress or LetterKinds.AddressChanged ? notice.Values["email"] : account.Email;
        return letters.Of(notice, token).Message(gateway.Sender, to, notice, off);
    }
}

/// <summary>Calls somebody when letters do not go out.</summary>
public sealed class MailAlarm(Outbox outbox, Pager pager, TimeProvider clock, ILogger<MailAlarm> log)
{
    private const string Subject = "mail";
    private static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(15);

    /// <summary>It was not taken; one that will not be tried again is a page of its own.</summary>
    public async Task TellAsync(Notice notice, Exception trouble, CancellationToken ct)
    {
        log.LogWarning("A letter {Kind} to {Account} was not taken: {Trouble}", notice.Kind, notice.Account, trouble.GetType().Name);
        if (notice.Attempts + 1 >= Outbox.AttemptsMax)
        {
            await pager.RaiseAsync(PageKind.MailUnsent, notice.Account, $"A letter {notice.Kind} was given up.", ct);
        }
    }

    public Task WentOutAsync(Notice notice, CancellationToken ct) => pager.ResolveAsync(PageKind.MailUnsent, notice.Account, ct);

    /// <summary>Whether what waits goes out.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var oldest = await outbox.OldestAsync(ct);
        await (clock.GetUtcNow() - oldest > LateAfter
            ? pager.RaiseAsync(PageKind.MailUnsent, Subject, $"The oldest letter waits since {oldest:u}.", ct)
            : pager.ResolveAsync(PageKind.MailUnsent, Subject, ct));
    }
}
