using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Local.KeyVault;
using Launchpad.Local.Stripe;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>The pocket Stripe on real sockets, the product's gateway to it, and a merchant that hears its webhooks.</summary>
public sealed class StripeStack : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("launchpad-stripe-");
    private Cloud? _cloud;

    public StripeStack()
    {
        Context = new CloudContext(
            new Home(Path.Combine(_directory.FullName, "home"), Path.Combine(_directory.FullName, "cache")),
            TestCloud.FreePorts(), Time, NullLoggerFactory.Instance);
        Merchant = new Merchant(Context.Ports.ControlPlane);
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Context.Ports.Stripe}"),
        };
        Vault = new SecretVault(new SecretClient(
            new Uri($"https://localhost:{Context.Ports.KeyVault}"),
            // A token for each request: the clock of the vault moves with the test, the client's does not.
            DelegatedTokenCredential.Create((_, _) => new(Context.Tokens.Issue("https://vault.azure.net").Token, DateTimeOffset.UtcNow)),
            new SecretClientOptions { DisableChallengeResourceVerification = true, Transport = new HttpClientTransport(VaultClient()) }));
        var options = new StripeOptions { ApiBase = Client.BaseAddress.ToString(), Timeout = TimeSpan.FromSeconds(5) };
        Connection = new StripeConnection(Options.Create(options), Vault, Time);
        var prices = new StripePrices(Connection);
        Gateway = new StripeGateway(Connection, prices);
        Checkout = new StripeCheckout(Connection, prices);
        Refunds = new StripeRefunds(Connection);
        Invoices = new StripeInvoices(Connection, prices);
        Credits = new StripeCredits(Connection, Invoices, Refunds);
        Webhooks = new StripeWebhooks(Connection, new StripeDisputes(Connection, Time), new StripeCards(Connection), Time);
    }

    public MovableTime Time { get; } = new();

    public CloudContext Context { get; }

    public Merchant Merchant { get; }

    /// <summary>Follows no redirect: where a payment leads is part of what is tested.</summary>
    public HttpClient Client { get; }

    public SecretVault Vault { get; }

    public StripeConnection Connection { get; }

    public StripeGateway Gateway { get; }

    public StripeCheckout Checkout { get; }

    public StripeRefunds Refunds { get; }

    public StripeInvoices Invoices { get; }

    public StripeCredits Credits { get; }

    public StripeWebhooks Webhooks { get; }

    public string ApiKey => Context.Vault.Value(StripeService.ApiKeyName)!;

    public string WebhookSecret => Context.Vault.Value(StripeService.WebhookSecretName)!;

    public global::Stripe.StripeClient Sdk =>
        new(new global::Stripe.StripeClientOptions { ApiKey = ApiKey, ApiBase = $"http://127.0.0.1:{Context.Ports.Stripe}" });

    public async Task InitializeAsync()
    {
        await Merchant.StartAsync();
        await StartAsync();
    }

    public async Task StartAsync(int? disorder = null) => _cloud = await Cloud.StartAsync(
        Context, [new KeyVaultService(Context), new StripeService(Context, disorder)], CancellationToken.None);

    public async Task StopAsync()
    {
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
            _cloud = null;
        }
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await Merchant.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        Connection.Dispose();
        Client.Dispose();
        Context.Certificates.Dispose();
        if (_directory.Exists)
        {
            _directory.Delete(recursive: true);
            _directory.Refresh();
        }
    }

    public static CheckoutRequest Order(string? deployment = null, string account = "acc_1", long cents = 1900) => new(
        account, deployment ?? "dep_" + Guid.NewGuid().ToString("n"), $"{account}@example.com",
        new("starter", "launchpad-starter", cents, "usd", "Starter"), "https://shop.example/paid?session={CHECKOUT_SESSION_ID}",
        "https://shop.example/cart");

    /// <summary>The page for an order, as the product asks for it.</summary>
    public async Task<CheckoutLink> CheckOutAsync(CheckoutRequest order) =>
        await Checkout.CreateAsync(order, await Checkout.CustomerAsync(order, null, default), default);

    /// <summary>Posts the payment form as a browser does.</summary>
    public Task<HttpResponseMessage> PayAsync(
        string session, string number = "4242 4242 4242 4242", string expiry = "12 / 34", string cvc = "123", string code = "") =>
        Client.PostAsync($"/c/pay/{session}", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["email"] = "payer@example.com",
            ["cardNumber"] = number,
            ["cardExpiry"] = expiry,
            ["cardCvc"] = cvc,
            ["billingName"] = "Ada Lovelace",
            ["promotionCode"] = code,
        }));

    public async Task<string> BuyAsync(CheckoutRequest? order = null, string number = "4242 4242 4242 4242", string code = "")
    {
        var link = await CheckOutAsync(order ?? Order());
        using var paid = await PayAsync(link.SessionId, number, code: code);
        Assert.Equal(System.Net.HttpStatusCode.SeeOther, paid.StatusCode);
        var session = await new global::Stripe.Checkout.SessionService(Sdk).GetAsync(link.SessionId);
        return session.SubscriptionId;
    }

    private HttpClient VaultClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Trust.Accepts(certificate, chain, errors, Context),
        },
    });
}

/// <summary>The wall clock, which a test may move ahead; timers run on real time.</summary>
public sealed class MovableTime : TimeProvider
{
    private long _aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);
}
