using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>A bot that runs is changed, does not break, is brought back, and is brought back further: as its owner sees it.</summary>
[Collection(WebStack.Name)]
public sealed class ChangeStoryTests(WebStack.Fixture web)
{
    private const string Story = "change";
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 120_000 };

    [Fact]
    public async Task What_was_planned_is_applied_exactly_what_breaks_is_kept_out_and_two_ways_lead_back()
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        var page = visitor.Page;
        await visitor.GoAsync($"/bots/{bot}/config");
        var before = await visitor.ActiveVersionAsync(bot);
        var late = await LateTab.OpenAsync(visitor, bot);

        await page.GetByLabel("Who the bot is").FillAsync("You know bicycles.");
        await page.Press("Preview");
        var plan = page.GetByRole(AriaRole.Region, new() { Name = "What it would do" });
        await Expect(plan).ToContainTextAsync("1 change", new() { Timeout = 60_000 });
        await Expect(plan).ToContainTextAsync("low risk");
        await Expect(plan).ToContainTextAsync("away about");
        await visitor.SeeAsync("planned");
        await plan.GetByRole(AriaRole.Button, new() { Name = "Apply exactly this" }).ClickAsync();
        await Expect(page.GetByText($"Version {before + 1} runs.")).ToBeVisibleAsync(Soon);
        await visitor.SeeAsync("applied");
        await late.IsToldAsync(visitor);

        await page.Tab("Versions").ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "broken-with-channels" }).CheckAsync();
        await page.Press("Upgrade");
        var failure = page.GetByRole(AriaRole.Region, new() { Name = "Why it failed" });
        await Expect(failure).ToContainTextAsync("The bot did not", new() { Timeout = 120_000 });
        await Expect(failure.GetByRole(AriaRole.Heading, new() { Name = "What was taken back" })).ToBeVisibleAsync();
        await Expect(page.Version(before + 2)).ToContainTextAsync("failed");
        await Expect(page.Version(before + 1).GetByText("runs", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync(Soon);
        await visitor.SeeAsync("kept");

        await page.Press($"Go back to it: Version {before}");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Go back", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Done. The list shows what runs now.")).ToBeVisibleAsync(Soon);
        await Expect(page.Version(before).GetByText("runs", new() { Exact = true })).ToBeVisibleAsync();
        await visitor.SeeAsync("rolled-back");

        await page.Tab("Backups").ClickAsync();
        await page.Press("Back up");
        await Expect(page.GetByText("It is done.")).ToBeVisibleAsync(Soon);
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore: " }).First.ClickAsync();
        var restore = page.GetByRole(AriaRole.Dialog);
        await Expect(restore).ToContainTextAsync("heard, wrote and remembered", new() { Timeout = 60_000 });
        await visitor.SeeAsync("restoring");
        await restore.GetByRole(AriaRole.Button, new() { Name = "Restore exactly this" }).ClickAsync();
        await Expect(page.GetByText("The bot runs with the data of that moment.")).ToBeVisibleAsync(Soon);
        await visitor.SeeAsync("restored");
        visitor.NothingWrong();
    }

    /// <summary>What there is to choose from is the release's own list, as its image brought it.</summary>
    [Fact]
    public async Task The_editor_offers_what_the_release_takes_says_what_it_means_and_marks_what_it_does_not_know()
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        var page = visitor.Page;
        await visitor.GoAsync($"/bots/{bot}/config?view=json");
        var editor = page.GetByLabel("Own config");
        await Expect(page.GetByText("Put the cursor on a name")).ToBeVisibleAsync(Soon);
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("{\"ses");
        await page.GetByRole(AriaRole.Option, new() { Name = "session" }).ClickAsync();
        await page.Keyboard.TypeAsync("{\"sc");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "scope" })).ToBeVisibleAsync();
        await visitor.SeeAsync("offered");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("\"");
        await page.GetByRole(AriaRole.Option, new() { Name = "\"global\"" }).ClickAsync();
        await Expect(editor).ToContainTextAsync("""{"session": {"scope": "global"}}""");
        await Expect(page.GetByText("session.scope Scope. Whether each person")).ToContainTextAsync("Takes \"per-sender\", \"global\".");
        await Expect(page.GetByText("1 change")).ToBeVisibleAsync();
        await visitor.SeeAsync("explained");

        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("{\"sessions\": {");
        await page.Keyboard.PressAsync("Escape");
        await Expect(editor.Locator(".cm-lintRange-warning")).ToHaveTextAsync("\"sessions\"");
        await Expect(page.GetByText("sessions: this release says nothing of it.")).ToBeVisibleAsync();
        await visitor.SeeAsync("unknown");
        await page.Press("Discard my changes");
        visitor.NothingWrong();

        var path = $"/api/deployments/{bot}/config-schema";
        var whole = await page.Context.APIRequest.GetAsync(path);
        Assert.Equal((200, "gzip"), (whole.Status, whole.Headers["content-encoding"]));
        Assert.Equal("object", (await whole.JsonAsync())!.Value.GetProperty("type").GetString());
        var again = await page.Context.APIRequest.GetAsync(path, new() { Headers = [new("If-None-Match", whole.Headers["etag"])] });
        Assert.Equal(304, again.Status);
        var plain = await page.Context.APIRequest.GetAsync(path, new() { Headers = [new("Accept-Encoding", "identity")] });
        Assert.False(plain.Headers.ContainsKey("content-encoding"));
        Assert.NotEqual(whole.Headers["etag"], plain.Headers["etag"]);
        Assert.Equal(await whole.TextAsync(), await plain.TextAsync());
    }

    /// <summary>Somebody else's window, which did not hear of the change before it sends its own.</summary>
    private sealed class LateTab(IPage tab, TaskCompletionSource hears)
    {
        private const string Typed = "You know trains.";

        public static async Task<LateTab> OpenAsync(Visitor visitor, string bot)
        {
            var (tab, hears) = (await visitor.NewTabAsync(), new TaskCompletionSource());
            await tab.GotoAsync($"/bots/{bot}/config");
            await tab.GetByLabel("Who the bot is").FillAsync(Typed);
            await tab.RouteAsync("**/api/deployments/*/config", async route =>
            {
                await (route.Request.Method == "GET" ? hears.Task : Task.CompletedTask);
                await route.ContinueAsync();
            });
            return new(tab, hears);
        }

        /// <summary>That it came too late, by the API itself; and then what stands against what.</summary>
        public async Task IsToldAsync(Visitor visitor)
        {
            visitor.Expect("status of 412");
            await tab.Press("Save without a preview");
            var alert = tab.GetByRole(AriaRole.Alert);
            await Expect(alert).ToContainTextAsync("Somebody changed this meanwhile");
            await Expect(alert).ToContainTextAsync("Your text is kept.");
            await Expect(tab.GetByLabel("Who the bot is")).ToHaveValueAsync(Typed);
            hears.SetResult();
            var conflict = tab.GetByRole(AriaRole.Region, new() { Name = "Somebody changed the same meanwhile" });
            await Expect(conflict).ToContainTextAsync("You know bicycles.");
            await Expect(conflict).ToContainTextAsync(Typed);
            await tab.Press("Go on with this");
            await Expect(tab.GetByLabel("Who the bot is")).ToHaveValueAsync(Typed);
            await tab.Press("Discard my changes");
            await tab.CloseAsync();
        }
    }
}

internal static class VersionsPage
{
    public static ILocator Version(this IPage page, int number) =>
        page.GetByRole(AriaRole.Listitem).Filter(new() { Has = page.GetByText($"Version {number}", new() { Exact = true }) });

    public static Task Press(this IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();

    public static async Task<int> ActiveVersionAsync(this Visitor visitor, string bot)
    {
        var answer = await visitor.Page.Context.APIRequest.GetAsync($"/api/deployments/{bot}");
        return (await answer.JsonAsync())!.Value.GetProperty("activeVersion").GetInt32();
    }
}
