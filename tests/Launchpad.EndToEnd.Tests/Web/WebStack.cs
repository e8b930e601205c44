using Microsoft.Playwright;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>One stack with the web app that was built, and one Chromium (Debian's: nothing is fetched) whose visitors know nothing of each
/// other.</summary>
[CollectionDefinition(Name)]
public sealed class WebStack : ICollectionFixture<WebStack.Fixture>
{
    public const string Name = "web stack";

    public sealed class Fixture() : StackFixture(slot: 3), IAsyncLifetime
    {
        private IPlaywright? playwright;
        private IBrowser? chromium;

        public Uri Site => Stack.Site;

        async Task IAsyncLifetime.InitializeAsync()
        {
            // Machines that test are busy with other things too.
            Assertions.SetDefaultExpectTimeout(15_000);
            playwright = await Playwright.CreateAsync();
            chromium = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = "/usr/bin/chromium",
                // Chromium refuses its sandbox to root.
                Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
            });
            await InitializeAsync();
        }

        async Task IAsyncLifetime.DisposeAsync()
        {
            await chromium!.CloseAsync();
            playwright!.Dispose();
            await DisposeAsync();
        }

        /// <param name="state">Cookies and storage of an earlier visitor: the same person at the same device.</param>
        internal Task<Visitor> VisitAsync(
            string story, ColorScheme theme = ColorScheme.Light, int width = 1280, string? state = null) =>
            Visitor.OpenAsync(chromium!, Site, new(story, theme, width, state));
    }
}
