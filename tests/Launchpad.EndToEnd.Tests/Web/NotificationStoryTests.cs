using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Somebody chooses what to be written to about, and has events sent to a server that is not there yet.</summary>
[Collection(StillWebStack.Name)]
public sealed class NotificationStoryTests(StillWebStack.Fixture web)
{
    private const string Story = "notifications";

    [Fact]
    public async Task Somebody_turns_letters_off_and_sees_what_becomes_of_a_test_event()
    {
        await using var visitor = await web.VisitAsync(Story);
        await visitor.SignUpAsync();
        var page = visitor.Page;
        await visitor.GoAsync("/account/notifications");
        await Expect(page.GetByText("always")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Switch, new() { Name = "Backups" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Backups" })).Not.ToBeCheckedAsync();
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Backups" })).Not.ToBeCheckedAsync();
        await Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Health" })).ToBeCheckedAsync();
        await Button(page, "Test: Health").ClickAsync();
        await Expect(page.GetByText("It is on its way to you.")).ToBeVisibleAsync();

        await Button(page, "New webhook").ClickAsync();
        await page.GetByLabel("Address").FillAsync("https://127.0.0.1:1024/hook");
        await page.GetByLabel("Description").FillAsync("Not there yet");
        await page.GetByLabel("operation.failed").CheckAsync();
        await Button(page, "Make the webhook").ClickAsync();
        await Expect(page.GetByText("whsec_")).ToBeVisibleAsync();
        await Button(page, "Done").ClickAsync();
        await Expect(page.GetByText("Not there yet")).ToBeVisibleAsync();
        await Expect(page.GetByText("whsec_")).ToHaveCountAsync(0);

        await Button(page, "Test: 127.0.0.1:1024").ClickAsync();
        await Expect(page.GetByText("not reachable").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByText("webhook.test").First).ToBeVisibleAsync();
        await visitor.SeeAsync("deliveries");

        await Button(page, "Delete: 127.0.0.1:1024").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Not there yet")).ToHaveCountAsync(0);
        visitor.NothingWrong();
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
