using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>The customer's story without a pointer: Tab, Enter, Space, arrows and Escape.</summary>
[Collection(WebStack.Name)]
public sealed class KeyboardStoryTests(WebStack.Fixture web)
{
    private const string Story = "keyboard";
    private const int ItemsMax = 20;

    [Fact]
    public async Task Somebody_without_a_mouse_signs_up_orders_pays_talks_deletes_and_takes_that_back()
    {
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        var keys = new Keys(page);
        await SignUpAsync(visitor, keys);
        await OrderAsync(visitor, keys);
        await PayAsync(page, keys);
        await visitor.BuiltAsync();

        await keys.PushAsync(page.Tab("Overview"));
        await keys.TypeAsync(page.GetByLabel("Message"), "Hello?");
        await keys.PressAsync("Enter");
        await Expect(page.GetByText("Echo: Hello?")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await MenuAndDialogAsync(visitor, keys);
        await PaletteAsync(page, keys);

        await keys.PushAsync(page.Tab("Suspend, leave, delete"));
        await keys.PushAsync(Button(page, "Delete Ada"), "Space");
        await Expect(page.GetByText("You can take it back for")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await keys.ToAsync(Button(page, "Take it back"));
        await visitor.SeeAsync("take-back");
        await keys.PressAsync("Enter");
        await Expect(page.GetByText("You can take it back for")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static Task FocusedAsync(ILocator one) => Expect(one).ToBeFocusedAsync();

    private static async Task SignUpAsync(Visitor visitor, Keys keys)
    {
        var page = visitor.Page;
        await visitor.GoAsync("/signup");
        await keys.TypeAsync(page.GetByLabel("E-mail address"), $"{Guid.NewGuid():N}@example.com");
        await keys.TypeAsync(page.GetByLabel("Password", new() { Exact = true }), Shop.Password);
        await keys.PressAsync("Enter");
        await page.WaitForURLAsync("**/bots/new");
    }

    /// <summary>Past all that stands before the page, which the first Tab offers.</summary>
    private static async Task OrderAsync(Visitor visitor, Keys keys)
    {
        var page = visitor.Page;
        await visitor.GoAsync("/bots/new");
        await keys.PressAsync("Tab");
        var skip = page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" });
        await FocusedAsync(skip);
        await Expect(skip).ToBeInViewportAsync();
        await visitor.SeeAsync("skip");
        await keys.PressAsync("Enter");
        await keys.PressAsync("Tab");
        await FocusedAsync(page.GetByLabel("Name"));
        await page.Keyboard.TypeAsync("Ada");

        await keys.PressAsync("Tab");
        var plans = page.GetByRole(AriaRole.Radio);
        await FocusedAsync(plans.First);
        await keys.PressAsync("ArrowDown");
        await Expect(plans.Nth(1)).ToBeCheckedAsync();
        await visitor.SeeAsync("plan");
        await keys.PressAsync("ArrowUp");
        await Expect(plans.First).ToBeCheckedAsync();
        await keys.PressAsync("Enter");
        await FocusedAsync(page.GetByRole(AriaRole.Heading, new() { Name = "Model and channel" }));
        await keys.PushAsync(Button(page, "Continue"), "Space");
        await keys.PushAsync(Button(page, "Order and pay"));
        await Expect(page.GetByLabel("Card number")).ToBeVisibleAsync();
    }

    /// <summary>The page is not ours, and is to be passed all the same.</summary>
    private static async Task PayAsync(IPage page, Keys keys)
    {
        keys.IsOurs = false;
        if (await page.Locator("input#email").CountAsync() > 0)
        {
            await keys.TypeAsync(page.GetByLabel("Email"), "ada@example.com");
        }

        await keys.TypeAsync(page.GetByLabel("Card number"), Local.Demo.Customer.GoodCard);
        await keys.TypeAsync(page.GetByLabel("Expiry (MM / YY)"), "12 / 40");
        await keys.TypeAsync(page.GetByLabel("CVC"), "123");
        await keys.TypeAsync(page.GetByLabel("Cardholder name"), "Ada Lovelace");
        await keys.PushAsync(page.GetByRole(AriaRole.Button, new() { Name = "Subscribe" }));
        keys.IsOurs = true;
    }

    /// <summary>A menu is walked by arrows; what closes gives the focus back to what opened it; a dialog keeps it meanwhile.</summary>
    private static async Task MenuAndDialogAsync(Visitor visitor, Keys keys)
    {
        var page = visitor.Page;
        var opener = Button(page, "More actions");
        await keys.PushAsync(opener);
        await FocusedAsync(Button(page, "Restart"));
        await WalkUpToAsync(Button(page, "Rename"), keys);
        await visitor.SeeAsync("menu");
        await keys.PressAsync("Escape");
        await FocusedAsync(opener);

        await keys.PressAsync("Space");
        await FocusedAsync(Button(page, "Restart"));
        await WalkUpToAsync(Button(page, "Rename"), keys);
        await keys.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await FocusedAsync(dialog.GetByLabel("Name"));
        for (var steps = 0; steps < 12; steps++)
        {
            await keys.PressAsync("Tab");
            Assert.True(
                await page.EvaluateAsync<bool>("document.activeElement === document.body || document.activeElement.closest('dialog') !== null"),
                "The focus left the dialog for what is behind it.");
        }

        await keys.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await FocusedAsync(opener);
    }

    /// <summary>From the first item to the last and on, as in a circle.</summary>
    private static async Task WalkUpToAsync(ILocator item, Keys keys)
    {
        for (var steps = 0; steps < ItemsMax && !await item.EvaluateAsync<bool>("item => item === document.activeElement"); steps++)
        {
            await keys.PressAsync("ArrowUp");
        }

        await FocusedAsync(item);
    }

    private static async Task PaletteAsync(IPage page, Keys keys)
    {
        var search = page.GetByLabel("Message");
        await keys.ToAsync(search);
        await keys.PressAsync("Control+k");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await FocusedAsync(search);
    }
}
