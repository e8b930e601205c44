using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Somebody has another address, and then finds that it was not himself who wanted it.</summary>
[Collection(StillWebStack.Name)]
public sealed partial class AddressStoryTests(StillWebStack.Fixture web)
{
    private const string Story = "address";

    [Fact]
    public async Task An_address_changes_by_the_link_in_its_mailbox_and_comes_back_by_the_one_in_the_old()
    {
        var (before, next) = ($"{Guid.NewGuid():N}@example.com", $"{Guid.NewGuid():N}@example.com");
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await visitor.SignUpAsync(before);
        await page.GotoAsync(await LinkAsync(before, "Confirm your address"));
        await Expect(page.GetByText($"{before} is yours.")).ToBeVisibleAsync();

        await visitor.GoAsync("/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the address" }).ClickAsync();
        await page.GetByLabel("The new address").FillAsync(next);
        await visitor.SeeAsync("dialog");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send the link" }).ClickAsync();
        await Expect(page.GetByText($"A link is on its way to {next}.")).ToBeVisibleAsync();
        await page.GotoAsync(await LinkAsync(next, "Confirm your new address"));
        await Expect(page.GetByText($"{next} is yours.")).ToBeVisibleAsync();
        await visitor.GoAsync("/account");
        await Expect(page.GetByRole(AriaRole.Main).GetByText(next)).ToBeVisibleAsync();

        await page.GotoAsync(await LinkAsync(before, "The address of your account was changed"));
        await Expect(page.GetByText($"It is {before} again")).ToBeVisibleAsync();
        await visitor.SeeAsync("back");
        await page.GetByRole(AriaRole.Link, new() { Name = "Set a new password" }).ClickAsync();
        await page.WaitForURLAsync("**/forgot");
        visitor.NothingWrong();
    }

    /// <summary>Beneath the address of the site that the visitor is at.</summary>
    private async Task<string> LinkAsync(string email, string subject) => Link().Match(await web.Stack.LetterAsync(email, subject)).Value;

    [GeneratedRegex(@"/verify#\S+")]
    private static partial Regex Link();
}
