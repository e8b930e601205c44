using Launchpad.Shared.Notifications;
using Launchpad.Shared.Push;
using Launchpad.Shared.Records;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Notifications;

internal static class NotificationServices
{
    public static void AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<News>();
        services.AddSingleton<NotificationSettings>();
        services.AddSingleton<CustomerLetters>();
        services.AddSingleton<EventLetters>();
        services.AddSingleton<Unsubscribing>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<IExpiring>(provider => provider.GetRequiredService<Deliveries>());
        services.AddSingleton<Announced>();
        services.AddSingleton<Announcer>();
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<WebhookGateway>();
        services.AddSingleton<WebhookHealth>();
        services.AddSingleton<WebhookCalls>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<OwnWebhooks>();
        services.AddSingleton<Replays>();
        services.AddSingleton<VapidKeys>();
        services.AddSingleton<DeviceStore>();
        services.AddSingleton<PushDeliveries>();
        services.AddSingleton<PushGateway>();
        services.AddSingleton<PushCalls>();
        services.AddSingleton<PushSender>();
        services.AddSingleton<PushNotices>();
        services.AddSingleton<OwnDevices>();
    }
}
