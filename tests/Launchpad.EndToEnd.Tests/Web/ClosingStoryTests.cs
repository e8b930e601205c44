using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Somebody goes, reads before what goes with him, and comes back.</summary>
[Collection(StillWebStack.Name)]
public sealed class ClosingStoryTests(StillWebStack.Fixture web)
{
    private const string Story = "closing";

    [Fact]
    public async Task An_account_is_closed_after_its_owner_has_read_what_goes_and_stays_when_he_comes_back()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await visitor.SignUpAsync(email);
        await page.EvaluateAsync("""
            () => fetch("/api/deployments", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "Ada", plan: "starter" }) })
            """);

        await visitor.GoAsync("/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what goes and what stays" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText("Now: this bot is deleted")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "Ada" })).ToBeVisibleAsync();
        await Expect(dialog.GetByText("Tax law asks for them.")).ToBeVisibleAsync();
        await visitor.SeeAsync("dialog");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close it" }).ClickAsync();
        await Expect(page.GetByText("The account will be closed. We have written to you.")).ToBeVisibleAsync();
        await Expect(page.GetByText("All its bots are deleted.")).ToBeVisibleAsync();
        await visitor.SeeAsync("asked");
        var subject = string.Create(CultureInfo.InvariantCulture, $"Your account is closed on {DateTimeOffset.UtcNow.AddDays(14):d MMMM yyyy}");
        Assert.Contains("Until then you can sign in and keep it", await web.Stack.LetterAsync(email, subject), StringComparison.Ordinal);

        // Wherever he goes, it says so, and takes nothing that could not be given back.
        await visitor.GoAsync("/bots/new");
        await Expect(page.GetByText("This account is closed on")).ToBeVisibleAsync();
        await page.GetByLabel("Name").FillAsync("Grace");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await visitor.SeeAsync("refused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep the account" }).ClickAsync();
        await Expect(page.GetByText("The account stays.")).ToBeVisibleAsync();
        await Expect(page.GetByText("This account is closed on")).Not.ToBeVisibleAsync();
        visitor.NothingWrong();
    }
}
