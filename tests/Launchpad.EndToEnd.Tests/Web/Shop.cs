using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>What a customer does in several stories, by the words that are on the screen.</summary>
internal static class Shop
{
    public const string Password = "correct horse battery staple";

    /// <summary>Ends where a bot is ordered.</summary>
    public static async Task SignUpAsync(this Visitor visitor, string? email = null)
    {
        await visitor.GoAsync("/signup");
        await visitor.Page.GetByLabel("E-mail address").FillAsync(email ?? $"{Guid.NewGuid():N}@example.com");
        await visitor.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await visitor.Page.WaitForURLAsync("**/bots/new");
    }

    /// <summary>Where the sign-in is shown already.</summary>
    public static async Task SignInAsync(this Visitor visitor, string email)
    {
        await visitor.Page.GetByLabel("E-mail address").FillAsync(email);
        await visitor.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Ends on the payment page, which is not ours.</summary>
    public static async Task OrderAsync(this Visitor visitor, string name, string? instructions = null)
    {
        var page = visitor.Page;
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        if (instructions is not null)
        {
            await page.GetByLabel("Who the bot is").FillAsync(instructions);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByText(name, new() { Exact = true }).First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Order and pay" }).ClickAsync();
        await Expect(page.GetByLabel("Card number")).ToBeVisibleAsync();
    }

    public static async Task PayAsync(this Visitor visitor, string card = Local.Demo.Customer.GoodCard)
    {
        var page = visitor.Page;
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

    /// <summary>From the payment page to a bot that runs; the page is that of the operation which built it.</summary>
    public static async Task BuiltAsync(this Visitor visitor)
    {
        await visitor.Page.WaitForURLAsync("**/bots/dep_*/operations/op_*", new() { Timeout = 60_000 });
        await Expect(visitor.Page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = 180_000 });
    }

    /// <summary>A word with the bot on whose page it is, and its answer.</summary>
    public static async Task SayAsync(this Visitor visitor, string text)
    {
        await visitor.Page.GetByLabel("Message").FillAsync(text);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(visitor.Page.GetByText($"Echo: {text}")).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    public static ILocator Tab(this IPage page, string name) =>
        page.GetByRole(AriaRole.Navigation, new() { Name = "Parts of this bot" }).GetByRole(AriaRole.Link, new() { Name = name });
}
