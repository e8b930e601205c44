using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>Where the pocket Stripe is reached, and what it shares with its one merchant, the control plane.</summary>
/// <param name="ApiKey">Asked for at every request, so that a changed secret counts at once.</param>
/// <param name="WebhookSecret">Likewise, at every webhook.</param>
internal sealed record StripeSettings(Uri PublicAddress, Uri WebhookAddress, Func<string> ApiKey, Func<string> WebhookSecret);

/// <summary>api.stripe.com and checkout.stripe.com in one process: the API that the official SDKs speak, the page that a person pays
/// on, and the webhooks that follow.</summary>
public sealed class StripeService : CloudService
{
    public const string ApiKeyName = "stripe-api-key";
    public const string WebhookSecretName = "stripe-webhook-secret";

    private const string DefaultEndpoint = "we_launchpad";

    // What an operator subscribes the product to in Stripe's dashboard.
    private static readonly string[] DefaultEvents =
    [
        "checkout.session.completed", "checkout.session.expired", "customer.subscription.created", "customer.subscription.updated",
        "customer.subscription.deleted", "invoice.paid", "invoice.payment_failed", "charge.dispute.created", "charge.dispute.closed",
        "charge.failed", "charge.succeeded", "radar.early_fraud_warning.created",
        "setup_intent.setup_failed", "setup_intent.succeeded",
    ];

    private readonly StripeSettings _settings;
    private readonly CloudContext _cloud;
    private Func<Task> _stop = () => Task.CompletedTask;

    /// <param name="disorder">A seed: webhooks then come late, twice and out of order. Null: at once, in order, once.</param>
    public StripeService(CloudContext cloud, int? disorder = null)
    {
        cloud.Vault.Seed(ApiKeyName, () => "sk_test_" + RandomNumberGenerator.GetHexString(48, lowercase: true));
        cloud.Vault.Seed(WebhookSecretName, () => "whsec_" + RandomNumberGenerator.GetHexString(48, lowercase: true));
        _settings = new StripeSettings(
            new Uri($"http://127.0.0.1:{cloud.Ports.Stripe}"),
            new Uri($"http://127.0.0.1:{cloud.Ports.ControlPlane}/api/billing/webhook"),
            () => Secret(cloud, ApiKeyName),
            () => Secret(cloud, WebhookSecretName));
        _cloud = cloud;
        Books = new StripeBooks(
            new StateFile<StripeState>(cloud.Home.StatePath("stripe"), new StripeState()),
            cloud.Time,
            _settings.PublicAddress,
            disorder is { } seed ? new Disorder(seed) : null);
    }

    internal StripeBooks Books { get; }

    public override string Name => "stripe";

    public override int Port(Ports ports) => ports.Stripe;

    public override void Map(IEndpointRouteBuilder routes)
    {
        new StripeApi(Books, _settings).Map(routes);
        new Checkout(Books, _cloud.Time).Map(routes);
        new HostedPages(Books).Map(routes);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // The merchant's own endpoint is always there, at the address of this start: slots differ in their ports. Disabled, it stays so.
        var events = new JsonArray([.. DefaultEvents.Select(type => JsonValue.Create(type))]);
        Books.Change(draft =>
        {
            draft.Forget();
            var status = draft.Find(DefaultEndpoint, Webhooks.EndpointKind)?.Text("status");
            var endpoint = Webhooks.Endpoint(draft, DefaultEndpoint, _settings.WebhookAddress.ToString(), null, events);
            endpoint["status"] = status ?? "enabled";
            draft.Put(endpoint);
        });
        var stopping = new CancellationTokenSource();
        var work = Task.Run(() => WorkAsync(stopping.Token), CancellationToken.None);
        _stop = async () =>
        {
            await stopping.CancelAsync();
            await work;
            stopping.Dispose();
        };
        return Task.CompletedTask;
    }

    public override Task StopAsync(CancellationToken cancellationToken) => _stop();

    // What happens without being asked for.
    private async Task WorkAsync(CancellationToken ct)
    {
        var log = _cloud.Loggers.CreateLogger<StripeService>();
        using var sender = new WebhookSender(Books, _settings, _cloud.Time, log);
        try
        {
            await Task.WhenAll(sender.RunAsync(ct), new BillingClock(Books, _cloud.Time).RunAsync(ct));
        }
        catch (Exception exception)
        {
            log.LogCritical(exception, "Stripe sends no more webhooks and renews no more subscriptions until the next start");
            throw;
        }
    }

    private static string Secret(CloudContext cloud, string name) => cloud.Vault.Value(name)
        ?? throw new InvalidOperationException($"The pocket Key Vault has no usable secret {name}.");
}
