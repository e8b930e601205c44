using Azure.Data.Tables;
using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

[Collection(OnOneStack.Name)]
public sealed class PaymentTests(OnOneStack.Fixture fixture)
{
    private readonly Stack stack = fixture.Stack;

    public static TheoryData<string> Cards => Extent.IsAll ? ["4000 0000 0000 0002", "4000 0000 0000 9995", "4242 4242 4242 4241"] : ["4000 0000 0000 0002"];

    [Theory]
    [MemberData(nameof(Cards))]
    public async Task A_card_that_is_not_taken_starts_nothing_and_the_next_one_does(string card)
    {
        using var customer = await stack.SignedUpAsync();
        var ct = Stack.Within(3);
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, ct);
        var page = await customer.CheckoutAsync(deployment, ct);
        Assert.False(await customer.PayAsync(page, card, ct));
        Assert.Equal("requested", (await customer.DeploymentAsync(deployment, ct)).Status);

        Assert.True(await customer.PayAsync(page, Customer.GoodCard, ct));
        var operation = await customer.FinishedAsync(await customer.BegunAsync(deployment, ct), null, ct);
        Assert.Equal("succeeded", operation.Status);
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task Coming_back_from_the_checkout_page_proves_nothing()
    {
        using var customer = await stack.SignedUpAsync();
        var ct = Stack.Within(1);
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, ct);
        await customer.CheckoutAsync(deployment, ct);
        using var page = await customer.Api.GetAsync(new Uri(stack.Site, $"paid?deployment={deployment}"), ct);
        Assert.True(page.IsSuccessStatusCode);
        var state = await customer.DeploymentAsync(deployment, ct);
        Assert.Equal(("requested", null), (state.Status, state.Operation));
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task Paying_twice_charges_once()
    {
        using var customer = await stack.SignedUpAsync();
        var ct = Stack.Within(3);
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, ct);
        var page = await customer.CheckoutAsync(deployment, ct);
        var paid = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => customer.PayAsync(page, Customer.GoodCard, ct)));
        Assert.Contains(true, paid);
        var operation = await customer.FinishedAsync(await customer.BegunAsync(deployment, ct), null, ct);
        Assert.Equal("succeeded", operation.Status);
        Assert.Single(await SubscriptionsAsync(deployment), "active");
        await customer.DeletedAsync(deployment);
        Assert.DoesNotContain("active", await SubscriptionsAsync(deployment));
    }

    private async Task<IReadOnlyList<string>> SubscriptionsAsync(string deployment) =>
        await stack.Table("subscriptions").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"deployment eq {deployment}"))
            .Select(row => row.GetString("status"))
            .ToListAsync();
}
