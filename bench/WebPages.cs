using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Launchpad.Bench;

/// <summary>The app in Debian's Chromium, measured by what the browser itself reports.</summary>
internal sealed class WebPages : IAsyncDisposable
{
    public const int Lines = 5_000;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly Uri site;
    private string? session;

    private WebPages(IPlaywright playwright, IBrowser browser, Uri site) => (this.playwright, this.browser, this.site) = (playwright, browser, site);

    public static async Task<WebPages> OpenAsync(Uri site)
    {
        var playwright = await Playwright.CreateAsync();
        return new(
            playwright,
            await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = "/usr/bin/chromium",
                // Chromium refuses its sandbox to root.
                Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
            }),
            site);
    }

    public async Task SignInAsync(string email, string password)
    {
        await using var context = await ContextAsync(signedIn: false);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/login");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/bots");
        session = await context.StorageStateAsync();
    }

    /// <summary>Milliseconds until something is seen, in a browser that has nothing of the app yet.</summary>
    public async Task<double> FirstViewAsync(string path, bool signedIn)
    {
        await using var context = await ContextAsync(signedIn);
        var page = await context.NewPageAsync();
        await page.GotoAsync(path);
        return await page.EvaluateAsync<double>("""
            () => new Promise(seen => new PerformanceObserver(list => {
              const first = list.getEntriesByName("first-contentful-paint")[0];
              if (first) seen(first.startTime);
            }).observe({ type: "paint", buffered: true }))
            """);
    }

    /// <summary>Types, filters and scrolls among many lines. Milliseconds until the browser had shown what came of the slowest, and how many
    /// there were.</summary>
    public async Task<(double Worst, int Count)> InteractAsync(string bot)
    {
        await using var context = await ContextAsync(signedIn: true);
        await context.AddInitScriptAsync("""
            globalThis.interactions = new Map();
            new PerformanceObserver(list => {
              for (const one of list.getEntries()) {
                if (one.interactionId) interactions.set(one.interactionId, Math.max(interactions.get(one.interactionId) ?? 0, one.duration));
              }
            }).observe({ type: "event", durationThreshold: 16, buffered: true });
            """);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/bots/{bot}/logs");
        var older = page.GetByRole(AriaRole.Button, new() { Name = "Older lines" });
        for (var shown = 0; shown < Lines; shown = await ShownAsync(page))
        {
            await older.ClickAsync();
            await page.WaitForTimeoutAsync(300);
        }

        await page.EvaluateAsync("interactions.clear()");
        var search = page.GetByLabel("Find in these lines");
        await search.ClickAsync();
        await page.Keyboard.TypeAsync("channel", new() { Delay = 80 });
        for (var letter = 0; letter < "channel".Length; letter++)
        {
            await page.Keyboard.PressAsync("Backspace", new() { Delay = 80 });
        }

        foreach (var key in new[] { "Tab", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft" })
        {
            await page.Keyboard.PressAsync(key, new() { Delay = 80 });
        }

        await page.Mouse.MoveAsync(640, 600);
        for (var turn = 0; turn < 20; turn++)
        {
            await page.Mouse.WheelAsync(0, -900);
            await page.WaitForTimeoutAsync(50);
        }

        await page.WaitForTimeoutAsync(500);
        var times = await page.EvaluateAsync<double[]>("[...interactions.values()]");
        return (times.DefaultIfEmpty().Max(), times.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static async Task<int> ShownAsync(IPage page)
    {
        var text = await page.GetByText(new Regex(@"^\d+ lines$")).First.TextContentAsync();
        return int.Parse(text!.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private Task<IBrowserContext> ContextAsync(bool signedIn) => browser.NewContextAsync(new()
    {
        BaseURL = site.AbsoluteUri,
        ViewportSize = new() { Width = 1280, Height = 900 },
        StorageState = signedIn ? session : null,
    });
}
