using Launchpad.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Every page, in both themes and on every width, as it is for people with other eyes: nothing has to be scrolled sideways, with
/// letters of twice the size neither, nothing moves while it is loaded, WCAG 2.2 AA finds nothing, and nothing is said in red.</summary>
[Collection(StillWebStack.Name)]
public sealed class CraftTests(StillWebStack.Fixture web)
{
    private const string Story = "craft";

    /// <summary>In the light the narrowest and a desk, in the dark a phone; with everything, tablets and wide screens too, and a desk in the dark.
    /// In the dark nothing has another place.</summary>
    private static readonly (ColorScheme Theme, int Width)[] Looks = Extent.IsAll
        ?
        [
            (ColorScheme.Light, 320), (ColorScheme.Light, 390), (ColorScheme.Light, 768), (ColorScheme.Light, Desk), (ColorScheme.Light, 1920),
            (ColorScheme.Dark, Desk), (ColorScheme.Dark, 390),
        ]
        : [(ColorScheme.Light, 320), (ColorScheme.Light, Desk), (ColorScheme.Dark, 390)];

    private const int Desk = 1280;

    public static TheoryData<string, string> Open => new()
    {
        { "landing", "/" },
        { "signup", "/signup" },
        { "login", "/login?next=%2Fbilling" },
        { "forgot", "/forgot" },
        { "reset", "/reset" },
        { "nothing", "/there/is/nothing/here" },
        { "kit", "/kit.html" },
    };

    public static TheoryData<string, string> SignedIn => new()
    {
        { "bots", "/bots" },
        { "new-bot", "/bots/new" },
        { "paid", "/paid" },
        { "bot", "/bots/{bot}" },
        { "operation", "/bots/{bot}/operations/{operation}" },
        { "config", "/bots/{bot}/config" },
        { "versions", "/bots/{bot}/versions" },
        { "backups", "/bots/{bot}/backups" },
        { "uptime", "/bots/{bot}/uptime" },
        { "record", "/bots/{bot}/record" },
        { "logs", "/bots/{bot}/logs" },
        { "danger", "/bots/{bot}/danger" },
        { "nobodys-bot", "/bots/dep_01M8J0QNRM08X2H0ZQHVY1N0FZ" },
        { "billing", "/billing" },
        { "account", "/account" },
        { "notifications", "/account/notifications" },
    };

    /// <summary>A page, and the buttons that are pressed on it one after the other.</summary>
    public static TheoryData<string, string, string> Opened => new()
    {
        { "account-menu", "/bots", "Account menu" },
        { "bot-menu", "/bots/{bot}", "More actions" },
        { "rename", "/bots/{bot}", "More actions|Rename" },
        { "open-bot", "/bots/{bot}", "Open bot" },
        { "erase", "/bots/{bot}/danger", "Erase at once" },
        { "change-address", "/account", "Change the address" },
        { "close-account", "/account", "See what goes and what stays" },
        { "new-webhook", "/account/notifications", "New webhook" },
        { "new-bot-model", "/bots/new", "Continue" },
        { "all-settings", "/bots/{bot}/config?view=form", "Look through them" },
    };

    [Theory]
    [MemberData(nameof(Opened))]
    public async Task What_opens_on_a_page_is_for_everybody(string name, string path, string pressed)
    {
        var (state, bot, _) = await web.CustomerAsync();
        await LookAsync(name, path.Replace("{bot}", bot, StringComparison.Ordinal), state, async page =>
        {
            if (name == "new-bot-model")
            {
                await page.GetByLabel("Name").FillAsync("Ada");
            }

            foreach (var button in pressed.Split('|'))
            {
                await page.GetByRole(AriaRole.Button, new() { Name = button }).First.ClickAsync();
            }
        });
    }

    [Fact]
    public async Task What_is_gone_to_by_keyboard_is_for_everybody()
    {
        var (state, _, _) = await web.CustomerAsync();
        await LookAsync("palette", "/bots", state, async page =>
        {
            await page.Keyboard.PressAsync("Control+k");
            await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        });
    }

    [Theory]
    [MemberData(nameof(Open))]
    public Task A_page_for_everybody_is_for_everybody(string name, string path) => LookAsync(name, path, state: null);

    [Theory]
    [MemberData(nameof(SignedIn))]
    public async Task A_page_for_customers_is_for_everybody(string name, string path)
    {
        var (state, bot, operation) = await web.CustomerAsync();
        var filled = path.Replace("{bot}", bot, StringComparison.Ordinal).Replace("{operation}", operation, StringComparison.Ordinal);
        await LookAsync(name, filled, state);
    }

    private async Task LookAsync(string name, string path, string? state, Func<IPage, Task>? open = null)
    {
        await using var visitor = await web.VisitAsync(Story, state: state);
        if (name == "nobodys-bot")
        {
            visitor.Expect("status of 404");
        }

        // Loaded once: the others are the same page in a window of another size, in other colours. What was opened on it is opened anew, and
        // has as much room on a desk as on a phone.
        var found = new List<string>();
        var looks = open is null || Extent.IsAll ? Looks : [.. Looks.Where(look => look.Width != Desk)];
        foreach (var (theme, width) in looks)
        {
            await visitor.BecomesAsync(theme, width);
            if ((theme, width) == looks[0] || open is not null)
            {
                await visitor.GoAsync(path);
                found.AddRange(await visitor.MovedAsync(name));
            }

            if (open is not null)
            {
                await (state is null ? Task.CompletedTask : visitor.ProveAsync());
                await open(visitor.Page);
            }

            found.AddRange(await visitor.LookAsync(name));
            if (theme is ColorScheme.Light && width is 390 or Desk)
            {
                found.AddRange(await visitor.EnlargedAsync(name));
            }
        }

        found.AddRange(visitor.Complaints);
        Assert.True(found.Count == 0, string.Join('\n', found.Distinct()));
    }
}
