using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Many tabs, no network, no API: what is shown is true or says how old it is, and nothing that was typed is lost.</summary>
[Collection(WebStack.Name)]
public sealed class LiveTests(WebStack.Fixture web)
{
    private const string Story = "live";

    [Fact]
    public async Task Eight_tabs_hold_one_stream_and_all_of_them_answer()
    {
        await using var visitor = await web.VisitAsync(Story);
        await visitor.SignUpAsync();
        await Expect(visitor.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        var streams = 0;
        visitor.Page.Context.Request += (_, request) => streams += request.Url.Contains("/api/events", StringComparison.Ordinal) ? 1 : 0;
        var tabs = new List<IPage>();
        for (var i = 0; i < 8; i++)
        {
            tabs.Add(await visitor.NewTabAsync());
            await tabs[i].GotoAsync("/bots");
        }

        // The tab that was there before them has it.
        Assert.Equal(0, streams);
        foreach (var tab in tabs)
        {
            await Expect(tab.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
            await tab.GetByRole(AriaRole.Link, new() { Name = "Account" }).ClickAsync();
            await Expect(tab.GetByRole(AriaRole.Heading, new() { Name = "Where you are signed in" })).ToBeVisibleAsync();
        }

        // Who holds it goes, and one of the others takes it.
        await visitor.Page.CloseAsync();
        await Expect(tabs[0].GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        for (var i = 0; streams == 0 && i < 50; i++)
        {
            await Task.Delay(100);
        }

        Assert.Equal(1, streams);
        visitor.NothingWrong();
    }

    [Fact]
    public async Task Without_a_network_what_was_typed_stays_and_goes_on_afterwards()
    {
        await using var visitor = await web.VisitAsync(Story);
        visitor.Expect("ERR_INTERNET_DISCONNECTED");
        var page = visitor.Page;
        await visitor.SignUpAsync();
        await page.GetByLabel("Name").FillAsync("Ada");
        await page.Context.SetOfflineAsync(true);
        await Expect(page.GetByText("Offline. You see")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await visitor.SeeAsync("offline");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByLabel("Who the bot is").FillAsync("You know bicycles.");
        await page.Context.SetOfflineAsync(false);
        await Expect(page.GetByText("Offline. You see")).ToBeHiddenAsync(new() { Timeout = 20_000 });
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Name")).ToHaveValueAsync("Ada");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByLabel("Who the bot is")).ToHaveValueAsync("You know bicycles.");
        visitor.NothingWrong();
    }

    [Fact]
    public async Task A_page_whose_style_sheets_were_lost_on_their_way_loads_them_anew()
    {
        await using var visitor = await web.VisitAsync(Story);
        visitor.Expect("ERR_CONNECTION_RESET");
        var lost = 0;
        await visitor.Page.RouteAsync("**/*.css", route => Interlocked.Increment(ref lost) == 1 ? route.AbortAsync("connectionreset") : route.ContinueAsync());
        await visitor.GoAsync("/signup");
        await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Create account" })).ToHaveCSSAsync("cursor", "pointer");
        Assert.InRange(lost, 2, int.MaxValue);
        visitor.NothingWrong();
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_said_to_be_so_and_the_same_press_again_orders_one_bot()
    {
        await using var visitor = await web.VisitAsync(Story);
        visitor.Expect("ERR_FAILED");
        var page = visitor.Page;
        await visitor.SignUpAsync();
        await page.GetByLabel("Name").FillAsync("Ada");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        // The order is taken, and the answer is lost on its way.
        await page.RouteAsync("**/api/deployments", async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
        }, new() { Times = 1 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Order and pay" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await visitor.SeeAsync("lost-answer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).First.ClickAsync();
        await Expect(page.GetByLabel("Card number")).ToBeVisibleAsync();
        await page.GotoAsync("/bots");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Ada" })).ToHaveCountAsync(1);
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }

    /// <summary>400 kbit/s and two seconds there and back, as a train has it; and then a tunnel.</summary>
    [Fact]
    public async Task On_a_slow_line_that_breaks_for_half_a_minute_what_was_asked_for_is_done_once_and_seen()
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, width: 390, state: state);
        visitor.Expect("ERR_INTERNET_DISCONNECTED");
        var page = visitor.Page;
        page.SetDefaultTimeout(60_000);
        var line = await page.Context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.enable");
        await LineAsync(line, offline: false);
        await page.GotoAsync($"/bots/{bot}");
        await page.GetByLabel("Message").FillAsync("Twice?");
        var sent = 0;
        page.Request += (_, request) => sent += request.Method == "POST" && request.Url.EndsWith("/test-message", StringComparison.Ordinal) ? 1 : 0;
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).DblClickAsync();
        await Expect(page.GetByText("Waiting for the answer")).ToBeVisibleAsync(new() { Timeout = 30_000 });

        await LineAsync(line, offline: true);
        await page.GetByLabel("Message").FillAsync("Still there?");
        await Expect(page.GetByText("Offline. You see")).ToBeVisibleAsync();
        await Task.Delay(TimeSpan.FromSeconds(30));
        await visitor.KeepAsync("tunnel");
        await LineAsync(line, offline: false);
        await Expect(page.GetByText("Echo: Twice?")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await Expect(page.GetByLabel("Message")).ToHaveValueAsync("Still there?");
        Assert.Equal(1, sent);
        var asked = await page.Context.APIRequest.GetAsync($"/api/deployments/{bot}/operations");
        var results = (await asked.JsonAsync())!.Value.GetProperty("operations").EnumerateArray().Select(one => one.GetProperty("result").GetString());
        Assert.Single(results, "Echo: Twice?");
        visitor.NothingWrong();
    }

    private static async Task LineAsync(ICDPSession line, bool offline) => await line.SendAsync(
        "Network.emulateNetworkConditions",
        new Dictionary<string, object> { ["offline"] = offline, ["latency"] = 2000, ["downloadThroughput"] = 50_000, ["uploadThroughput"] = 50_000 });
}
