using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>A payment that the provider finds risky: its customer reads why the bot is not set up yet, an operator decides, and it begins.</summary>
[Collection(WebStack.Name)]
public sealed class ReviewStoryTests(WebStack.Fixture web)
{
    private const string Story = "review";
    private const string ElevatedRisk = "4000000000009235";

    [Fact]
    public async Task What_is_paid_at_a_risk_waits_for_an_operator_and_then_begins()
    {
        using var customer = await web.Stack.SignedUpAsync();
        var bot = await customer.OrderAsync(new { name = "Ada", plan = "starter" }, Stack.Within(1));
        Assert.True(await customer.PayAsync(await customer.CheckoutAsync(bot, Stack.Within(1)), ElevatedRisk, Stack.Within(1)));

        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await visitor.SignInAsOperatorAsync(web.Stack);
        await visitor.GoAsync("/ops/reviews");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Payments to look at" })).ToBeVisibleAsync();
        var waits = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "The provider finds it risky" });
        await Expect(waits).ToContainTextAsync("1 paid order waits", new() { Timeout = 60_000 });
        await visitor.SeeAsync("waits");
        await visitor.BecomesAsync(ColorScheme.Light, 320);
        await visitor.SeeAsync("waits");
        await visitor.BecomesAsync(ColorScheme.Light, 1280);
        using var told = await customer.SendAsync(HttpMethod.Get, $"deployments/{bot}", null, Stack.Within(1));
        Assert.Contains("A person looks at the payment", told.RootElement.GetProperty("billing").GetProperty("reason").GetString(), StringComparison.Ordinal);

        await waits.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await visitor.SeeAsync("decide");
        visitor.Expect("status of 400");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await Expect(dialog.GetByText("Has 3 to 500 letters.")).ToBeVisibleAsync();
        await dialog.GetByLabel("Reason").FillAsync("Asked by telephone.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await Expect(waits).ToHaveCountAsync(0);
        await customer.BegunAsync(bot, Stack.Within(2));
        visitor.NothingWrong();
        await customer.DeletedAsync(bot);
    }
}
