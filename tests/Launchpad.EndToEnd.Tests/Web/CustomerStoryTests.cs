using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>From the first visit to a deletion that was thought better of, by somebody who knows nothing but what the screen says.</summary>
[Collection(WebStack.Name)]
public sealed class CustomerStoryTests(WebStack.Fixture web)
{
    private const string Story = "customer";
    private const string NeedsAuthentication = "4000 0025 0000 3155";
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task Somebody_orders_a_bot_watches_it_being_built_talks_to_it_deletes_it_and_takes_that_back()
    {
        // Slow enough to be watched.
        await web.Stack.SetFaultsAsync(new { service = "arm", fault = "delay", delayMs = 1500 });
        await using var visitor = await web.VisitAsync(new Visit(Story, Moves: true));
        var page = visitor.Page;
        await visitor.SignUpAsync();
        await visitor.OrderAsync("Ada");
        await visitor.PayAsync();
        await page.WaitForURLAsync("**/bots/dep_*/operations/op_*", new() { Timeout = 60_000 });
        var heading = new PageGetByRoleOptions { Name = "Build Ada" };
        await Expect(page.GetByRole(AriaRole.Heading, heading)).ToBeVisibleAsync();
        await visitor.SeeAsync("building");

        var tab = await visitor.NewTabAsync();
        await tab.GotoAsync(page.Url);
        await page.ReloadAsync();
        // Those to come as well, once it is known from one that went before which they are.
        var operation = await page.Context.APIRequest.GetAsync($"/api/operations/{page.Url.Split('/')[^1]}");
        var steps = (await operation.JsonAsync())!.Value.GetProperty("steps").GetArrayLength();
        Assert.True(steps > 0);
        foreach (var shown in (IPage[])[page, tab])
        {
            await Expect(shown.GetByRole(AriaRole.Heading, heading)).ToBeVisibleAsync();
            await Expect(shown.Locator("ol > li").Nth(steps - 1)).ToBeVisibleAsync(Soon);
        }

        await web.Stack.SetFaultsAsync();
        foreach (var shown in (IPage[])[page, tab])
        {
            await Expect(shown.GetByText("Done", new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = 180_000 });
            await Expect(shown.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync(Soon);
        }

        await visitor.SeeAsync("built");
        await tab.CloseAsync();
        await page.Tab("Overview").ClickAsync();
        await visitor.SayAsync("Hello?");
        await visitor.SeeAsync("answered");

        await page.Tab("Suspend, leave, delete").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete Ada" }).ClickAsync();
        await Expect(page.GetByText("You can take it back for")).ToBeVisibleAsync(Soon);
        await visitor.SeeAsync("deleted");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
        await Expect(page.GetByText("You can take it back for")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }

    [Theory]
    [InlineData("/billing")]
    [InlineData("/paid?deployment=dep_01M8J0QNRM08X2H0ZQHVY1N0FZ")]
    public async Task Who_is_not_signed_in_is_asked_to_and_is_then_where_they_wanted_to_be(string path)
    {
        await using var visitor = await web.VisitAsync(Story);
        visitor.Expect("status of 401");
        visitor.Expect("status of 404");
        var email = $"{Guid.NewGuid():N}@example.com";
        using (var customer = web.Stack.NewCustomer())
        {
            await customer.SignUpAsync(email, Shop.Password, Stack.Within(1));
        }

        await visitor.GoAsync(path);
        await visitor.SignInAsync(email);
        await visitor.Page.WaitForURLAsync(new Uri(web.Site, path).AbsoluteUri);
        visitor.NothingWrong();
    }

    [Fact]
    public async Task A_declined_card_loses_nothing_and_a_payment_that_was_left_is_made_later_and_confirmed_at_the_bank()
    {
        await using var visitor = await web.VisitAsync(Story, width: 390);
        var page = visitor.Page;
        await visitor.SignUpAsync();
        await visitor.OrderAsync("Grace");
        visitor.Expect("status of 402");
        await visitor.PayAsync("4000 0000 0000 0002");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("declined");
        await page.GotoAsync("/bots");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Needs you" })).ToBeVisibleAsync();
        await visitor.SeeAsync("unpaid");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pay" }).ClickAsync();
        await visitor.PayAsync(NeedsAuthentication);
        await page.GetByRole(AriaRole.Button, new() { Name = "Fail authentication" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await visitor.PayAsync(NeedsAuthentication);
        await page.GetByRole(AriaRole.Button, new() { Name = "Complete authentication" }).ClickAsync();
        await visitor.BuiltAsync();
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }
}
