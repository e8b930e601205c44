using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Mail;

/// <summary>The outbox is emptied by the clock, never by whoever fills it.</summary>
public sealed class MailTimers(Postman postman, MailAlarm alarm)
{
    [Function("SendMail")]
    public Task Send([TimerTrigger("*/5 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct) => postman.RunAsync(ct);

    [Function("WatchMail")]
    public Task Watch([TimerTrigger("20 * * * * *")] TimerInfo timer, CancellationToken ct) => alarm.LookAsync(ct);
}
