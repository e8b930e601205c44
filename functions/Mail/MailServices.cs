using Launchpad.Shared.Mail;
using Launchpad.Shared.Retention;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Mail;

internal static class MailServices
{
    public static void AddMail(this IServiceCollection services)
    {
        services.AddSingleton<Outbox>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<Outbox>());
        services.AddSingleton<SmtpGateway>();
        services.AddSingleton<Letters>();
        services.AddSingleton<Addressees>();
        services.AddSingleton<Envelopes>();
        services.AddSingleton<MailAlarm>();
        services.AddSingleton<Postman>();
    }
}
