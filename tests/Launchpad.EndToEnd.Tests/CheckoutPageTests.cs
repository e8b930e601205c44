using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests;

/// <summary>The payment page, used as a person uses it.</summary>
[Collection(OnOneStack.Name)]
public sealed class CheckoutPageTests(OnOneStack.Fixture fixture)
{
    private const string Declined = "4000 0000 0000 0002";
    private const string NeedsAuthentication = "4000 0025 0000 3155";

    private readonly Stack stack = fixture.Stack;

    [Fact]
    public async Task A_person_is_told_what_is_wrong_until_the_bank_says_yes()
    {
        using var customer = await stack.SignedUpAsync();
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, Stack.Within(1));
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        await page.GotoAsync((await customer.CheckoutAsync(deployment, Stack.Within(1))).AbsoluteUri);
        await browser.ShowAsync("checkout");

        await page.GetByRole(AriaRole.Button, new() { Name = "Subscribe" }).ClickAsync();
        await Expect(page.GetByLabel("Card number")).ToHaveAttributeAsync("aria-invalid", "true");
        await browser.ShowAsync("checkout-empty");

        await PayAsync(page, Declined);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("declined");
        await Expect(page.GetByLabel("Cardholder name")).ToHaveValueAsync("Ada Lovelace");
        await browser.ShowAsync("checkout-declined");

        await PayAsync(page, NeedsAuthentication);
        await Expect(page.GetByRole(AriaRole.Heading)).ToContainTextAsync("Confirm your payment");
        await browser.ShowAsync("checkout-bank");
        await page.GetByRole(AriaRole.Button, new() { Name = "Fail authentication" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        Assert.Equal("requested", (await customer.DeploymentAsync(deployment, Stack.Within(1))).Status);

        await PayAsync(page, NeedsAuthentication);
        await page.GetByRole(AriaRole.Button, new() { Name = "Complete authentication" }).ClickAsync();
        await page.WaitForURLAsync(new Uri(stack.Site, $"paid?deployment={deployment}").AbsoluteUri);
        await browser.ShowAsync("checkout-paid");

        // The browser reports the refusals themselves: of the empty form, of the two cards, and of the app, as nobody signed in there.
        Assert.All(browser.Complaints, complaint => Assert.Matches("status of (400|401|402|422)", complaint));

        var operation = await customer.FinishedAsync(await customer.BegunAsync(deployment, Stack.Within(1)), null, Stack.Within(3));
        Assert.Equal("succeeded", operation.Status);
        await customer.DeletedAsync(deployment);
    }

    [Fact]
    public async Task A_telephone_is_wide_enough()
    {
        using var customer = await stack.SignedUpAsync();
        var deployment = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, Stack.Within(1));
        await using var browser = await Browser.OpenAsync(width: 360, height: 740);
        await browser.Page.GotoAsync((await customer.CheckoutAsync(deployment, Stack.Within(1))).AbsoluteUri);
        await browser.ShowAsync("checkout-telephone");
        await PayAsync(browser.Page, Local.Demo.Customer.GoodCard);
        await browser.Page.WaitForURLAsync(new Uri(stack.Site, $"paid?deployment={deployment}").AbsoluteUri);
        await customer.FinishedAsync(await customer.BegunAsync(deployment, Stack.Within(1)), null, Stack.Within(3));
        await customer.DeletedAsync(deployment);
        Assert.All(browser.Complaints, complaint => Assert.Contains("status of 401", complaint, StringComparison.Ordinal));
    }

    private static async Task PayAsync(IPage page, string card)
    {
        if (await page.Locator("input#email").CountAsync() > 0)
        {
            await page.GetByLabel("Email").FillAsync("ada@example.com");
        }

        await page.GetByLabel("Card number").FillAsync(card);
        await page.GetByLabel("Expiry (MM / YY)").FillAsync("12 / 40");
        await page.GetByLabel("CVC").FillAsync("123");
        await page.GetByLabel("Cardholder name").FillAsync("Ada Lovelace");
        await page.GetByRole(AriaRole.Button, new() { Name = "Subscribe" }).ClickAsync();
    }
}
