using Microsoft.Playwright;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Who runs the place.</summary>
internal static class Operators
{
    private const string Password = "seven amber ladders";

    /// <summary>Comes for the first time: with the password that was made for him to one of his own and a second step, and then in.</summary>
    public static async Task SignInAsOperatorAsync(this Visitor visitor, Stack stack)
    {
        var mail = $"{Guid.NewGuid():N}@staff.example";
        var made = await stack.AddOperatorAsync(mail);
        var page = visitor.Page;
        visitor.Expect("status of 401");
        await visitor.GoAsync("/ops");
        await page.GetByLabel("E-mail address").FillAsync(mail);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(made);
        await visitor.SeeAsync("sign-in");
        await page.Press("Sign in as an operator");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Choose a password of your own" })).ToBeVisibleAsync();
        await visitor.SeeAsync("own-password");
        await page.GetByLabel("The new password", new() { Exact = true }).FillAsync(Password);
        await page.Press("Set the password");
        await visitor.EnrolAsync();
        await visitor.ProveWhenAskedAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What must hold" })).ToBeVisibleAsync();
    }

    private static async Task EnrolAsync(this Visitor visitor)
    {
        var page = visitor.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set up a second step" })).ToBeVisibleAsync();
        await page.Press("Set it up");
        var dialog = page.GetByRole(AriaRole.Dialog);
        var secret = Base32Encoding.ToBytes((await dialog.Locator("code").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal));
        await visitor.SeeAsync("second-step");
        await dialog.GetByLabel("Code", new() { Exact = true }).FillAsync(new Totp(secret).ComputeTotp(DateTime.UtcNow));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Turn it on" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "I have kept them" }).ClickAsync();
    }

    /// <summary>Where a story takes longer than a proof is good for, he is asked in the middle of it, and it goes on.</summary>
    private static async Task ProveWhenAskedAsync(this Visitor visitor)
    {
        visitor.Expect("status of 403");
        await visitor.Page.AddLocatorHandlerAsync(
            visitor.Page.GetByRole(AriaRole.Dialog, new() { Name = "Is it you?" }),
            async asks =>
            {
                await asks.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
                await asks.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
            });
    }
}
