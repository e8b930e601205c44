using Launchpad.Processes;
using Microsoft.Playwright;

namespace Launchpad.EndToEnd.Tests.Web;

/// <param name="Story">The folder of its screenshots.</param>
/// <param name="State">Cookies and storage of an earlier visitor: the same person at the same device.</param>
/// <param name="Moves">False for who wants nothing to move: what turns for as long as a page waits is drawn sixty times a second, by a processor
/// that the machine behind the page needs.</param>
internal sealed record Visit(
    string Story, ColorScheme Theme = ColorScheme.Light, int Width = 1280, string? State = null, string Zone = "Europe/Berlin", bool Moves = false);

/// <summary>Somebody at a device. What goes wrong in their pages is kept: errors of scripts, refused requests, requests to other machines,
/// and what the content security policy stopped.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private const int PausesMax = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private static readonly string Screens = Repository.File("artifacts", "screenshots");

    private readonly IBrowserContext context;
    private readonly Visit visit;
    private readonly List<string> complaints = [];

    // Where the machine is busy, a font that was fetched ahead is drawn seconds later.
    private readonly List<string> expected = ["preloaded using link preload but not used within a few seconds"];
    private int asking;

    private Visitor(IBrowserContext context, IPage page, Visit visit) => (this.context, Page, this.visit, Theme) = (context, page, visit, visit.Theme);

    public IPage Page { get; private set; }

    private ColorScheme Theme { get; set; }

    /// <summary>All that went wrong and was not announced.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (complaints)
            {
                return [.. complaints.Where(complaint => !expected.Any(part => complaint.Contains(part, StringComparison.Ordinal)))];
            }
        }
    }

    public void NothingWrong() => Assert.True(Complaints.Count == 0, string.Join('\n', Complaints.Distinct()));

    public static async Task<Visitor> OpenAsync(IBrowser browser, Uri site, Visit visit)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = site.AbsoluteUri,
            ColorScheme = visit.Theme,
            ReducedMotion = visit.Moves ? ReducedMotion.NoPreference : ReducedMotion.Reduce,
            ViewportSize = new() { Width = visit.Width, Height = 900 },
            StorageState = visit.State,
            Locale = "en-GB",
            TimezoneId = visit.Zone,
        });
        context.SetDefaultTimeout(20_000);
        var visitor = new Visitor(context, await context.NewPageAsync(), visit);
        await context.ExposeFunctionAsync<string, bool>("launchpadHeard", visitor.Keep);
        await context.AddInitScriptAsync("""
            addEventListener("securitypolicyviolation", event => launchpadHeard(
              `policy: ${event.violatedDirective} stopped ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
            """);
        await context.AddInitScriptAsync(Eyes.Watch);
        visitor.Listen(visitor.Page);
        return visitor;
    }

    /// <summary>Says that something which would be wrong elsewhere is meant to happen here.</summary>
    public void Expect(string part)
    {
        lock (complaints)
        {
            expected.Add(part);
        }
    }

    /// <summary>Another tab of the same person.</summary>
    public async Task<IPage> NewTabAsync()
    {
        var tab = await context.NewPageAsync();
        Listen(tab);
        return tab;
    }

    public Task<string> StateAsync() => context.StorageStateAsync();

    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await SettleAsync();
    }

    /// <summary>The same person at another window, whose system likes other colours.</summary>
    public async Task BecomesAsync(ColorScheme theme, int width)
    {
        Theme = theme;
        await Page.EmulateMediaAsync(new() { ColorScheme = theme });
        await Page.SetViewportSizeAsync(width, 900);
    }

    /// <summary>Keeps what the page looks like, and says what is wrong with it: too wide for its window, or not usable by everybody.</summary>
    public async Task<IReadOnlyList<string>> LookAsync(string name)
    {
        await SettleAsync();
        var shown = await KeepAsync(name);
        var found = (await Axe.RunAsync(Page)).ToList();
        if (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") is > 0 and var over)
        {
            found.Add($"has to be scrolled sideways by {over} px: {await WidestAsync()}");
        }

        return [.. found.Select(one => $"{shown}: {one}")];
    }

    /// <summary>Only what it looks like; the answer is the name under which that is.</summary>
    public async Task<string> KeepAsync(string name)
    {
        var shown = $"{name}-{Theme}-{Page.ViewportSize!.Width}".ToLowerInvariant();
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Screens, visit.Story, shown + ".png"), FullPage = true });
        return shown;
    }

    /// <summary>The same in the middle of a story, which goes on: what is wrong is told at its end.</summary>
    public async Task SeeAsync(string name)
    {
        foreach (var one in await LookAsync(name))
        {
            Keep(one);
        }
    }

    /// <summary>Erases the bots of whoever signed in, so that their places are free for others.</summary>
    public async Task LeaveAsync()
    {
        var origin = new Uri(Page.Url).GetLeftPart(UriPartial.Authority);
        await ProveAsync();
        var answer = await context.APIRequest.GetAsync("/api/deployments");
        foreach (var bot in (await answer.JsonAsync())!.Value.GetProperty("deployments").EnumerateArray())
        {
            await context.APIRequest.DeleteAsync(
                $"/api/deployments/{bot.GetProperty("id").GetString()}?window=none",
                new() { Headers = new Dictionary<string, string> { ["Origin"] = origin } });
        }
    }

    /// <summary>Whoever signed in a while ago says once more who he is, for what destroys or reveals.</summary>
    public async Task ProveAsync() => await context.APIRequest.PostAsync("/api/auth/step-up", new()
    {
        DataObject = new { password = Shop.Password },
        Headers = new Dictionary<string, string> { ["Origin"] = new Uri(Page.Url).GetLeftPart(UriPartial.Authority) },
    });

    public async ValueTask DisposeAsync() => await context.CloseAsync();

    /// <summary>What was asked for is there, skeletons are gone, fonts are there, nothing moves any more.</summary>
    private async Task SettleAsync()
    {
        await Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        for (var (quiet, rounds) = (0, 0); quiet < 2 && rounds < PausesMax; rounds++)
        {
            await Task.Delay(Pause);
            quiet = Volatile.Read(ref asking) == 0 ? quiet + 1 : 0;
        }

        await Page.WaitForFunctionAsync("""
            async () => {
              await document.fonts.ready;
              await Promise.all(document.getAnimations().filter(one => one.effect?.getComputedTiming().endTime !== Infinity).map(one => one.finished.catch(() => {})));
              return document.querySelector("h1") !== null && document.querySelector("[aria-busy=true]") === null;
            }
            """);
    }

    /// <summary>Streams are answered for as long as somebody looks.</summary>
    private void Count(IRequest request, int more)
    {
        if (new Uri(request.Url).AbsolutePath is var path && !path.EndsWith("/events", StringComparison.Ordinal) && !path.EndsWith("/stream", StringComparison.Ordinal))
        {
            Interlocked.Add(ref asking, more);
        }
    }

    private Task<string> WidestAsync() => Page.EvaluateAsync<string>("""
        [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
          .slice(0, 3).map(one => `<${one.tagName.toLowerCase()} class="${one.className}"> ${one.textContent.slice(0, 40)}`).join(" | ")
        """);

    private void Listen(IPage page)
    {
        page.Request += (_, request) => Count(request, 1);
        page.RequestFinished += (_, request) => Count(request, -1);
        page.RequestFailed += (_, request) => Count(request, -1);
        page.PageError += (_, error) => Keep($"script: {error}");
        page.Console += (_, message) => Keep(message.Type is "error" or "warning" ? $"console: {message.Text} ({message.Location})" : null);
        page.Request += (_, request) => Keep(IsForeign(new Uri(request.Url)) ? $"asked {request.Url}" : null);
    }

    private static bool IsForeign(Uri url) => url is { Scheme: not "data" and not "blob", IsLoopback: false };

    private bool Keep(string? complaint)
    {
        if (complaint is not null)
        {
            lock (complaints)
            {
                complaints.Add($"{Page.Url}: {complaint}");
            }
        }

        return true;
    }
}
