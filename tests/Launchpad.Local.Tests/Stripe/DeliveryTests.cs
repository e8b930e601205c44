using Launchpad.Local.Stripe;
using Microsoft.AspNetCore.Http;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>That every event arrives: not always once, not always in order, but always.</summary>
public sealed class DeliveryTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task A_webhook_is_sent_again_until_it_is_accepted()
    {
        _stack.Merchant.Answer = StatusCodes.Status500InternalServerError;
        await _stack.BuyAsync();
        var first = await _stack.Merchant.NextAsync("checkout.session.completed");
        var second = await _stack.Merchant.NextAsync("checkout.session.completed");
        _stack.Merchant.Answer = StatusCodes.Status204NoContent;
        var third = await _stack.Merchant.NextAsync("checkout.session.completed");

        Assert.Equal((first.Id, first.Body), (second.Id, second.Body));
        Assert.Equal(first.Id, third.Id);
        await Eventually.TrueAsync(() => PendingAsync(first.Id), pending => pending == 0);
    }

    [Fact]
    public async Task A_payment_whose_webhook_was_not_delivered_is_told_after_a_restart()
    {
        await _stack.Merchant.DisposeAsync();
        var subscription = await _stack.BuyAsync();
        await _stack.StopAsync();
        _stack.Merchant.Forget();

        await _stack.Merchant.StartAsync();
        await _stack.StartAsync();

        var heard = await _stack.Merchant.NextAsync("checkout.session.completed");
        Assert.Equal(subscription, (await _stack.Webhooks.ReadAsync(heard.Body, heard.Signature, default)).Subscription);
    }

    [Fact]
    public async Task The_first_attempt_does_not_wait()
    {
        var link = await _stack.CheckOutAsync(StripeStack.Order());
        var started = _stack.Time.GetTimestamp();
        using var paid = await _stack.PayAsync(link.SessionId);
        await _stack.Merchant.NextAsync("checkout.session.completed");

        // Milliseconds in practice; the bound is for a busy machine.
        Assert.True(_stack.Time.GetElapsedTime(started) < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task With_a_seed_events_come_late_twice_and_out_of_order_and_all_of_them_come()
    {
        await _stack.StopAsync();
        await _stack.StartAsync(disorder: 20_260);
        for (var i = 0; i < 6; i++)
        {
            await _stack.BuyAsync();
        }

        await Eventually.TrueAsync(
            () => Task.FromResult(_stack.Merchant.All.Select(heard => heard.Id).Distinct().Count()), distinct => distinct == 24);
        await Task.Delay(TimeSpan.FromSeconds(2));

        var heard = _stack.Merchant.All.Select(item => item.Id).ToList();
        Assert.Equal(24, heard.Distinct().Count());
        Assert.True(heard.Count > 24, "None came twice.");
        var inOrder = (await AllEventsAsync()).Where(heard.Contains).ToList();
        Assert.NotEqual(inOrder, heard.Distinct().ToList());
    }

    [Fact]
    public async Task Secrets_are_never_shown_and_the_payload_is_what_was_signed()
    {
        await _stack.BuyAsync();
        var heard = await _stack.Merchant.NextAsync("checkout.session.completed");

        EventUtility.ValidateSignature(heard.Body, heard.Signature, _stack.WebhookSecret);
        Assert.DoesNotContain("\"_", heard.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("line_items", heard.Body, StringComparison.Ordinal);
    }

    private async Task<long> PendingAsync(string id)
    {
        var answer = await _stack.GetAsync($"/v1/events/{id}");
        return answer.GetProperty("pending_webhooks").GetInt64();
    }

    private async Task<List<string>> AllEventsAsync()
    {
        var answer = await _stack.GetAsync("/v1/events?limit=100");
        return [.. answer.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).Reverse()];
    }
}
