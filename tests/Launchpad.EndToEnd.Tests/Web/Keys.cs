using Microsoft.Playwright;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>A person's keyboard. Where it goes it can be seen, and from everywhere it leads on.</summary>
internal sealed class Keys(IPage page)
{
    private const int StepsMax = 120;

    public bool IsOurs { get; set; } = true;

    public Task PressAsync(string key) => page.Keyboard.PressAsync(key);

    /// <summary>By Tab alone, as far as it takes.</summary>
    public async Task ToAsync(ILocator goal)
    {
        await Assertions.Expect(goal).ToBeVisibleAsync();
        var passed = new List<string>();
        for (var steps = 0; steps < StepsMax; steps++)
        {
            if (await goal.EvaluateAsync<bool>("one => one === document.activeElement"))
            {
                return;
            }

            await PressAsync("Tab");
            passed.Add(await SeenAsync());
        }

        Assert.Fail($"Tab does not lead to {goal}: {string.Join(", ", passed.Distinct())}");
    }

    public async Task PushAsync(ILocator button, string key = "Enter")
    {
        await ToAsync(button);
        await PressAsync(key);
    }

    public async Task TypeAsync(ILocator field, string text)
    {
        await ToAsync(field);
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>What has the focus, which shows.</summary>
    private async Task<string> SeenAsync()
    {
        var focus = await page.EvaluateAsync<Focus>("""
            () => {
              const one = document.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(one);
              const { width, height } = one.getBoundingClientRect();
              return {
                name: `<${one.tagName.toLowerCase()}> ${one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 40)}`,
                seen: one === document.body || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && width > 0 && height > 0),
              };
            }
            """);
        Assert.True(focus.Seen || !IsOurs, $"The focus on {focus.Name} of {page.Url} cannot be seen.");
        return focus.Name;
    }

    private sealed record Focus
    {
        public string Name { get; set; } = "";

        public bool Seen { get; set; }
    }
}
