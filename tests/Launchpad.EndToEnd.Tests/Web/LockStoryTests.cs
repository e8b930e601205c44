using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Somebody who must not get in is kept out by an operator, reads why he cannot, and is let in again.</summary>
[Collection(StillWebStack.Name)]
public sealed class LockStoryTests(StillWebStack.Fixture web)
{
    private const string Story = "lock";

    [Fact]
    public async Task An_account_is_locked_with_a_reason_its_owner_reads_that_it_is_and_it_is_opened_again()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        await using var owner = await web.VisitAsync(Story);
        await owner.SignUpAsync(email);
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await visitor.SignInAsOperatorAsync(web.Stack);
        await visitor.GoAsync("/ops/accounts");
        await visitor.SeeAsync("search");
        await page.GetByLabel("E-mail address or id of an account").FillAsync(email);
        await page.Press("Find");
        await visitor.SeeAsync("found");
        await page.Press("Lock");
        var dialog = page.GetByRole(AriaRole.Dialog);
        visitor.Expect("status of 400");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Lock" }).ClickAsync();
        await Expect(dialog.GetByText("has 3 to 500 letters")).ToBeVisibleAsync();
        await visitor.SeeAsync("dialog");
        await dialog.GetByLabel("Reason").FillAsync("Three banks told of stolen cards.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Lock" }).ClickAsync();
        await Expect(page.GetByText("Nobody gets into the account any more.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Unlock" })).ToBeVisibleAsync();
        await visitor.SeeAsync("locked");

        owner.Expect("status of 401");
        owner.Expect("status of 403");
        await owner.GoAsync("/bots");
        await SignInAsync(owner, email);
        await Expect(owner.Page.GetByText("This account is locked")).ToBeVisibleAsync();
        await owner.SeeAsync("kept-out");
        await web.Stack.LetterAsync(email, "Your account is locked");

        await page.Press("Unlock");
        await Expect(page.GetByText("Who can sign in gets in again.")).ToBeVisibleAsync();
        await owner.Page.Press("Sign in");
        await owner.Page.WaitForURLAsync("**/bots");
        owner.NothingWrong();
        visitor.NothingWrong();
    }

    private static async Task SignInAsync(Visitor owner, string email)
    {
        await owner.Page.GetByLabel("E-mail address").FillAsync(email);
        await owner.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Shop.Password);
        await owner.Page.Press("Sign in");
    }
}
