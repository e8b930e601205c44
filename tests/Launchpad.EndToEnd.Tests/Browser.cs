using Microsoft.Playwright;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A real Chromium, Debian's, with a page that keeps what went wrong in it.</summary>
public sealed class Browser : IAsyncDisposable
{
    /// <summary>Where screenshots are put, for a person to look at.</summary>
    public static readonly string Screens = Path.Combine(AppContext.BaseDirectory, "screens");

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly List<string> complaints = [];

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (this.playwright, this.browser, Page) = (playwright, browser, page);
        page.PageError += (_, error) => Keep(error);
        page.Console += (_, message) => Keep(message.Type == "error" ? $"{message.Text} ({message.Location})" : null);
        page.Request += (_, request) => Keep(IsForeign(new Uri(request.Url)) ? $"asked {request.Url}" : null);
    }

    public IPage Page { get; }

    /// <summary>What a developer would see in red: errors of scripts, failed requests, requests to other machines.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (complaints)
            {
                return [.. complaints];
            }
        }
    }

    /// <param name="trusted">False for an address whose certificate the machine's own store does not know; who passes it has checked the
    /// certificate by other means.</param>
    public static async Task<Browser> OpenAsync(int width = 1280, int height = 900, bool trusted = true)
    {
        var playwright = await Playwright.CreateAsync();
        var chromium = await DebianChromium.LaunchAsync(playwright);
        var context = await chromium.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
            IgnoreHTTPSErrors = !trusted,
        });
        return new(playwright, chromium, await context.NewPageAsync());
    }

    /// <summary>Keeps what the page looks like, and fails when it is wider than its window.</summary>
    public async Task ShowAsync(string name)
    {
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Screens, $"{name}.png"), FullPage = true });
        Assert.True(
            await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
            $"{name} has to be scrolled sideways");
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync();
        playwright.Dispose();
    }

    private static bool IsForeign(Uri url) =>
        url is { Scheme: not "data" and not "blob", IsLoopback: false } && !url.Host.EndsWith(".localhost", StringComparison.Ordinal);

    private void Keep(string? complaint)
    {
        if (complaint is not null)
        {
            lock (complaints)
            {
                complaints.Add(complaint);
            }
        }
    }
}
