using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Devices that are set up otherwise: they want nothing to move, have colours of their own, are at the other end of the world, or
/// do not know what time it is.</summary>
[Collection(WebStack.Name)]
public sealed class OtherDeviceTests(WebStack.Fixture web)
{
    private const string Story = "device";
    private static readonly TimeSpan Wrong = TimeSpan.FromHours(3);

    [Theory]
    [InlineData(+1)]
    [InlineData(-1)]
    public async Task A_countdown_is_right_in_Tonga_on_a_computer_whose_clock_is_wrong(int way)
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(new(Story, State: state, Zone: "Pacific/Tongatapu"));
        await visitor.Page.AddInitScriptAsync(string.Create(CultureInfo.InvariantCulture, $$"""
            (Real => {
              const off = {{way * Wrong.TotalMilliseconds}};
              globalThis.Date = class extends Real {
                constructor(...parts) { if (parts.length === 0) super(Real.now() + off); else super(...parts); }
                static now() { return Real.now() + off; }
              };
            })(Date);
            """));
        var page = visitor.Page;
        var plan = await PlanAsync(page, bot);
        var expires = await ExpiryAsync(page, plan);
        await visitor.GoAsync($"/bots/{bot}/config?plan={plan}");
        var countdown = page.GetByRole(AriaRole.Timer);
        await Expect(countdown).ToBeVisibleAsync(new() { Timeout = 60_000 });
        var shown = TimeSpanOf(await countdown.InnerTextAsync());
        Assert.InRange(shown - (expires - DateTimeOffset.UtcNow), TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(5));

        // What was done this minute is not three hours old, nor yet to come; and where its moment is told it is that of the place.
        await visitor.GoAsync($"/bots/{bot}");
        await Expect(page.GetByText("in 3 hours")).ToHaveCountAsync(0);
        await page.Tab("Versions").ClickAsync();
        await page.WaitForURLAsync("**/versions");
        // In one look: between two of them the page may become another.
        var told = await page.Locator("time").First.EvaluateAsync<string[]>("one => [one.dateTime, one.ariaLabel]");
        Assert.Matches(Exact(DateTimeOffset.Parse(told[0], CultureInfo.InvariantCulture)), told[1]);
        await visitor.SeeAsync($"tonga{way}");
        visitor.NothingWrong();
    }

    [Fact]
    public async Task Who_wants_nothing_to_move_sees_nothing_move()
    {
        await using var visitor = await web.VisitAsync(Story);
        await visitor.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await visitor.GoAsync("/kit.html");
        Assert.Equal(0, await visitor.Page.EvaluateAsync<int>("document.getAnimations().length"));
        await visitor.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        Assert.NotEqual(0, await visitor.Page.EvaluateAsync<int>("document.getAnimations().length"));
    }

    /// <summary>Where the system's few colours take the place of ours, backgrounds say nothing any more: what can be pressed has an edge.</summary>
    [Theory]
    [InlineData("kit", "/kit.html")]
    [InlineData("bot", "/bots/{bot}")]
    [InlineData("config", "/bots/{bot}/config")]
    public async Task Under_the_systems_own_colours_what_can_be_pressed_has_an_edge(string name, string path)
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        await visitor.Page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        await visitor.GoAsync(path.Replace("{bot}", bot, StringComparison.Ordinal));
        var bare = await visitor.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll("main button, main input:not([type=radio],[type=checkbox]), main textarea, main select")]
              .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.getBoundingClientRect().width > 1)
              .filter(one => !one.querySelector("svg") && getComputedStyle(one).textDecorationLine === "none")
              // Its own, or that of the group which it is a part of.
              .filter(one => [one, one.parentElement].every(each => parseFloat(getComputedStyle(each).borderTopWidth) === 0))
              .map(one => `<${one.tagName.toLowerCase()} class="${one.className}"> ${one.textContent.slice(0, 40)}`)
            """);
        await visitor.SeeAsync($"forced-{name}");
        Assert.True(bare.Length == 0, string.Join('\n', bare.Distinct()));
        visitor.NothingWrong();
    }

    private static async Task<string> PlanAsync(IPage page, string bot)
    {
        var api = page.Context.APIRequest;
        var config = await api.GetAsync($"/api/deployments/{bot}/config");
        var site = new Uri(config.Url).GetLeftPart(UriPartial.Authority);
        var begun = await api.FetchAsync($"/api/deployments/{bot}/config?preview=true", new()
        {
            Method = "PATCH",
            Headers = new Dictionary<string, string> { ["Origin"] = site, ["If-Match"] = config.Headers["etag"] },
            DataObject = new { instructions = $"You know {Guid.NewGuid():N}." },
        });
        return (await begun.JsonAsync())!.Value.GetProperty("operation").GetString()!;
    }

    private static async Task<DateTimeOffset> ExpiryAsync(IPage page, string operation)
    {
        for (var ct = Stack.Within(1); ; await Task.Delay(300, ct))
        {
            var seen = await (await page.Context.APIRequest.GetAsync($"/api/operations/{operation}")).JsonAsync();
            if (seen!.Value.GetProperty("result").GetString() is { } result)
            {
                return JsonElement.Parse(result).GetProperty("expires").GetDateTimeOffset();
            }
        }
    }

    private static TimeSpan TimeSpanOf(string shown)
    {
        var parts = shown.Trim().Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).Reverse().ToList();
        return new TimeSpan(parts.ElementAtOrDefault(2), parts.ElementAtOrDefault(1), parts[0]);
    }

    /// <summary>As the page says it, with its zone.</summary>
    private static System.Text.RegularExpressions.Regex Exact(DateTimeOffset at)
    {
        var there = at.ToOffset(TimeSpan.FromHours(13));
        return new(System.Text.RegularExpressions.Regex.Escape(there.ToString("d MMM yyyy", CultureInfo.InvariantCulture)) + ".*"
            + there.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + @".*GMT\+13");
    }
}
