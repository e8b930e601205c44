using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Answers that are none: each has words of its own, and what was typed is there for the next try. (That somebody else changed it
/// meanwhile, 412, is in <see cref="ChangeStoryTests"/>.)</summary>
[Collection(WebStack.Name)]
public sealed class RefusalTests(WebStack.Fixture web)
{
    private const string Story = "refusal";
    private const string Typed = "Are you there?";

    [Fact]
    public async Task An_address_that_has_an_account_and_a_password_that_is_guessed_too_often_are_said_beside_what_was_typed()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using (var customer = web.Stack.NewCustomer())
        {
            await customer.SignUpAsync(email, Shop.Password, Stack.Within(1));
        }

        await using var visitor = await web.VisitAsync(Story, width: 390);
        var page = visitor.Page;
        visitor.Expect("status of 409");
        await visitor.GoAsync("/signup");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Shop.Password);
        await page.Press("Create account");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This address has an account");
        await Expect(page.GetByLabel("E-mail address")).ToHaveValueAsync(email);
        await visitor.SeeAsync("taken");

        visitor.Expect("status of 401");
        visitor.Expect("status of 429");
        await visitor.GoAsync("/login");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("not the password at all");
        var alert = page.GetByRole(AriaRole.Alert);
        for (var tries = 0; tries < 20 && !(await alert.AllInnerTextsAsync()).Any(text => text.Contains("Too many attempts", StringComparison.Ordinal)); tries++)
        {
            await page.RunAndWaitForResponseAsync(() => page.Press("Sign in"), "**/api/auth/login");
            await Expect(alert).ToBeVisibleAsync();
        }

        await Expect(alert).ToContainTextAsync("Too many attempts");
        await Expect(alert.GetByRole(AriaRole.Timer)).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^0:0[1-9]$"));
        await Expect(page.GetByLabel("E-mail address")).ToHaveValueAsync(email);
        await visitor.SeeAsync("too-many");
        visitor.NothingWrong();
    }

    [Fact]
    public async Task A_message_that_meets_something_else_or_nobody_stays_typed_and_arrives_in_the_end()
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        var page = visitor.Page;
        // What happens meanwhile is not heard of, so that it can be met.
        await page.RouteAsync("**/api/events*", route => route.AbortAsync());
        visitor.Expect("ERR_FAILED");
        visitor.Expect("status of 409");
        await visitor.GoAsync($"/bots/{bot}");
        await page.GetByLabel("Message").FillAsync(Typed);
        var backup = await page.Context.APIRequest.PostAsync(
            $"/api/deployments/{bot}/backups", new() { Headers = new Dictionary<string, string> { ["Origin"] = web.Site.GetLeftPart(UriPartial.Authority) } });
        Assert.True(backup.Ok, await backup.TextAsync());
        await page.Press("Send");
        var alert = page.GetByRole(AriaRole.Alert);
        await Expect(alert).ToContainTextAsync("Something else is going on with this bot");
        await Expect(page.GetByLabel("Message")).ToHaveValueAsync(Typed);
        await visitor.SeeAsync("busy");
        await page.UnrouteAsync("**/api/events*");
        await FreeAsync(page);

        // Nobody answers at all: also not those who look again meanwhile.
        await page.RouteAsync("**/api/**", route => route.AbortAsync("connectionrefused"));
        visitor.Expect("ERR_CONNECTION_REFUSED");
        await page.Press("Send");
        await Expect(alert.First).ToContainTextAsync("No answer");
        await Expect(page.GetByText("We did not hear back")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Message")).ToHaveValueAsync(Typed);
        await visitor.SeeAsync("dead");
        await page.UnrouteAsync("**/api/**");
        await alert.Filter(new() { HasText = "We did not hear back" }).GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.GetByText($"Echo: {Typed}")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByText($"Echo: {Typed}")).ToHaveCountAsync(1);
        await Expect(page.GetByLabel("Message")).ToHaveValueAsync("");
        visitor.NothingWrong();
    }

    [Fact]
    public async Task A_change_that_says_not_what_it_saw_or_meets_a_store_that_is_away_stays_typed()
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        var page = visitor.Page;
        visitor.Expect("status of 428");
        await visitor.GoAsync($"/bots/{bot}/config");
        await FreeAsync(page);
        await page.GetByLabel("Who the bot is").FillAsync(Typed);
        // Something on the way that drops what it does not know.
        await page.RouteAsync("**/api/deployments/*/config*", route => route.ContinueAsync(new()
        {
            Headers = route.Request.Headers.Where(header => header.Key != "if-match").ToDictionary(),
        }));
        await page.Press("Save without a preview");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The page is too old");
        await Expect(page.GetByLabel("Who the bot is")).ToHaveValueAsync(Typed);
        await visitor.SeeAsync("unconditional");
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Who the bot is")).ToHaveValueAsync(Typed);
        await page.Press("Discard my changes");

        visitor.Expect("status of 503");
        await page.Press("More actions");
        await page.Press("Rename");
        var dialog = page.GetByRole(AriaRole.Dialog);
        var name = await dialog.GetByLabel("Name").InputValueAsync();
        await dialog.GetByLabel("Name").FillAsync("Countess Lovelace");
        await web.Stack.SetFaultsAsync(new { service = "storage", method = "PUT", path = "^/devstoreaccount1/deployments", fault = "failBefore" });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Not available right now", new() { Timeout = 30_000 });
        await Expect(dialog.GetByLabel("Name")).ToHaveValueAsync("Countess Lovelace");
        await visitor.SeeAsync("unavailable");
        await web.Stack.SetFaultsAsync();
        await dialog.GetByLabel("Name").FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        visitor.NothingWrong();
    }

    private static Task FreeAsync(IPage page) =>
        Expect(page.GetByText("Something else goes on with it").Or(page.GetByText("See the steps"))).ToHaveCountAsync(0, new() { Timeout = 60_000 });
}
