using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>An owner, what is ordered, paid and seen, and what the payment provider has of it.</summary>
internal sealed class Shop(LaunchpadApi api, Owner owner) : IDisposable
{
    private const int LooksOfOne = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // What asks more often takes more of the processor than what it waits for.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    public Owner Owner => owner;

    public static async Task<Shop> OpenAsync(LaunchpadApi api) => new(api, await api.SignedUpAsync());

    public async Task<(int Status, JsonElement Body)> CheckOutAsync(string deployment)
    {
        using var answer = await owner.Http.PostAsJsonAsync(new Uri("billing/checkout", UriKind.Relative), new { deployment });
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<string> PageAsync(string deployment)
    {
        var (status, body) = await CheckOutAsync(deployment);
        Assert.Equal(201, status);
        return body.GetProperty("session").GetString()!;
    }

    /// <summary>A page for the same order that our tables know nothing of, as a lost row leaves it.</summary>
    public async Task<string> StrayPageAsync(string deployment, int? trialDays = null)
    {
        var price = await new PriceService(api.Stripe).CreateAsync(new()
        {
            Currency = "usd",
            UnitAmount = 1900,
            Recurring = new() { Interval = "month" },
            ProductData = new() { Name = "Stray" },
            Metadata = new() { ["plan"] = "starter" },
        });
        Dictionary<string, string> metadata = new() { ["account"] = owner.Account, ["deployment"] = deployment, ["plan"] = "starter" };
        return (await new SessionService(api.Stripe).CreateAsync(new()
        {
            Mode = "subscription",
            LineItems = [new() { Price = price.Id, Quantity = 1 }],
            Metadata = metadata,
            SubscriptionData = new() { Metadata = metadata, TrialPeriodDays = trialDays },
            SuccessUrl = "https://shop.example/",
        })).Id;
    }

    /// <summary>Pays, and says which subscription that became.</summary>
    public async Task<string> PayAsync(string session, string code = "")
    {
        Assert.Equal(303, await api.PayAsync(session, code: code));
        return (await new SessionService(api.Stripe).GetAsync(session)).SubscriptionId;
    }

    public Task<string> OrderAsync(string plan) => owner.OrderAsync(new { name = "Canary Name", plan });

    /// <summary>A bot that runs, as the tables say, and is paid for, or on trial.</summary>
    public async Task<(string Deployment, string Subscription)> RunningAsync(string plan = "starter")
    {
        var id = await OrderAsync(plan);
        var session = await PageAsync(id);
        await ChangeAsync(id, now => now with { Status = DeploymentStatus.Running, ActiveVersion = 1, LastKnownGood = 1, Vm = "vm_none" });
        var subscription = await PayAsync(session);
        await SeesAsync(id, "active");
        return (id, subscription);
    }

    public Task<Deployment> ChangeAsync(string id, Func<Deployment, Deployment> change) =>
        api.Service<DeploymentStore>().ChangeAsync(owner.Account, id, change, CancellationToken.None);

    public async Task<JsonElement> BillingAsync(string id) => (await owner.GetAsync($"deployments/{id}")).GetProperty("billing");

    public async Task<JsonElement> SeesAsync(string id, string state) =>
        await UntilAsync(() => BillingAsync(id), billing => billing.GetProperty("state").GetString() == state);

    /// <summary>From now on no charge of the customer's succeeds, and the next one is made at once.</summary>
    public async Task FailRenewalAsync(string subscription)
    {
        var service = new SubscriptionService(api.Stripe);
        var customer = (await service.GetAsync(subscription)).CustomerId;
        var card = await new PaymentMethodService(api.Stripe).AttachAsync("pm_card_chargeCustomerFail", new() { Customer = customer });
        await service.UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
        var now = new SubscriptionUpdateOptions();
        now.AddExtraParam("billing_cycle_anchor", "now");
        await service.UpdateAsync(subscription, now);
    }

    /// <summary>With another card, as a customer does on the provider's page.</summary>
    public async Task PayOpenAsync(string subscription)
    {
        var now = await new SubscriptionService(api.Stripe).GetAsync(subscription);
        var card = await new PaymentMethodService(api.Stripe).AttachAsync("pm_card_visa", new() { Customer = now.CustomerId });
        await new SubscriptionService(api.Stripe).UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
        await new InvoiceService(api.Stripe).PayAsync(now.LatestInvoiceId, new() { PaymentMethod = card.Id });
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object? body = null)
    {
        using var answer = await owner.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>What the record has of an action.</summary>
    public async Task<IReadOnlyList<JsonElement>> RecordedAsync(string id, string action) =>
    [
        .. (await owner.GetAsync($"deployments/{id}/record")).GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("data"))
            .Where(data => data.TryGetProperty("action", out var named) && named.GetString() == action),
    ];

    public async Task<string> StatusAsync(string subscription) =>
        (await new SubscriptionService(api.Stripe).GetAsync(subscription)).Status;

    public async Task<IReadOnlyList<long>> RefundsAsync(string subscription)
    {
        var refunds = await new RefundService(api.Stripe).ListAutoPagingAsync().ToListAsync();
        return
        [
            .. refunds.Where(refund => refund.Metadata.GetValueOrDefault("subscription") == subscription).Select(refund => refund.Amount),
        ];
    }

    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> enough)
    {
        var started = TimeProvider.System.GetTimestamp();
        T seen;
        while (!enough(seen = await look()))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Still {seen} after {Patience}.");
            await Task.Delay(Pause);
        }

        return seen;
    }

    public Task<int> UntilAsync(string subscription, string status) => UntilAsync(
        async () => await StatusAsync(subscription) == status ? 1 : 0, ended => ended == 1);

    /// <summary>Posts a signed event as the provider would.</summary>
    public async Task<int> TellAsync(string body)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, "billing/webhook"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "Stripe-Signature", $"t={now},v1={EventUtility.ComputeSignature(api.WebhookSecret, $"{now}", body)}" } },
        };
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    public Task<int> TellAsync(string type, object @object, string? id = null) => TellAsync(JsonSerializer.Serialize(new
    {
        id = id ?? $"evt_{Guid.NewGuid():n}",
        @object = "event",
        api_version = StripeConfiguration.ApiVersion,
        created = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        livemode = false,
        type,
        data = new { @object },
    }));

    /// <summary>Lets the clock look, as it does each minute, until it has.</summary>
    public async Task<T> LookAsync<T>(Func<Task<T>> look, Func<T, bool> enough)
    {
        var looks = 0;
        return await UntilAsync(
            async () =>
            {
                if (looks++ % LooksOfOne == 0)
                {
                    await api.FireAsync("ReconcileBilling");
                    await Task.Delay(Pause);
                }

                return await look();
            },
            enough);
    }

    /// <summary>What is looked at hourly is due now.</summary>
    /// <param name="id">Of the deployment.</param>
    /// <param name="later">Not now, but after so long.</param>
    public Task DueAsync(string id, TimeSpan later = default) => api.Service<BillingWatches>().ChangeAsync(
        owner.Account, id, watch => watch is null ? null : watch with { DueAt = DateTimeOffset.UtcNow + later }, CancellationToken.None);

    /// <summary>While it is disabled, nobody is told anything.</summary>
    public Task WebhooksAsync(bool enabled) =>
        new WebhookEndpointService(api.Stripe).UpdateAsync("we_launchpad", new() { Disabled = !enabled });

    public void Dispose() => owner.Dispose();
}
