using System.Text.Json;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Looking at one subscription, and letting its time pass.</summary>
internal static class SubscriptionCalls
{
    public static async Task<SubscriptionItem> ItemAsync(this StripeStack stack, string subscription) =>
        (await new SubscriptionService(stack.Sdk).GetAsync(subscription)).Items.Data.Single();

    public static async Task<string> CustomerAsync(this StripeStack stack, string subscription) =>
        (await new SubscriptionService(stack.Sdk).GetAsync(subscription)).CustomerId;

    public static async Task<JsonElement> LatestInvoiceAsync(this StripeStack stack, string subscription) =>
        await stack.GetAsync($"/v1/invoices/{(await new SubscriptionService(stack.Sdk).GetAsync(subscription)).LatestInvoiceId}");

    /// <summary>What the next invoice of its customer begins with, newest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> PendingAsync(this StripeStack stack, string subscription)
    {
        var pending = await stack.GetAsync($"/v1/invoiceitems?customer={await stack.CustomerAsync(subscription)}&pending=true");
        return [.. pending.GetProperty("data").EnumerateArray()];
    }

    /// <summary>The invoice of the next period, which begins now.</summary>
    public static async Task<JsonElement> RenewAsync(this StripeStack stack, string subscription)
    {
        var end = (await stack.ItemAsync(subscription)).CurrentPeriodEnd;
        await stack.PassAsync(end - stack.Time.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(async () => (await stack.ItemAsync(subscription)).CurrentPeriodStart, start => start == end);
        return await stack.LatestInvoiceAsync(subscription);
    }

    // The clock of the pocket sleeps on real time and looks again at every change.
    public static async Task PassAsync(this StripeStack stack, TimeSpan time)
    {
        stack.Time.Advance(time);
        await stack.PostAsync("/v1/customers", ("name", "time passes"));
    }

    public static string? Text(this JsonElement item, string name) => item.GetProperty(name).GetString();

    public static long Number(this JsonElement item, string name) => item.GetProperty(name).GetInt64();
}
