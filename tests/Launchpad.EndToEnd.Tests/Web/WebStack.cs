using Microsoft.Playwright;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>For stories.</summary>
[CollectionDefinition(Name)]
public sealed class WebStack : ICollectionFixture<WebStack.Fixture>
{
    public const string Name = "web stack";

    public sealed class Fixture() : WebFixture(slot: 3);
}

/// <summary>For whoever looks at pages: nothing happens there meanwhile.</summary>
[CollectionDefinition(Name)]
public sealed class StillWebStack : ICollectionFixture<StillWebStack.Fixture>
{
    public const string Name = "still web stack";

    public sealed class Fixture() : WebFixture(slot: 2);
}

/// <summary>One stack with the web app that was built, and one Chromium (Debian's: nothing is fetched) whose visitors know nothing of each
/// other.</summary>
public abstract class WebFixture(int slot) : StackFixture(slot), IAsyncLifetime
{
    /// <param name="State">Who is signed in.</param>
    /// <param name="Operation">That which built it.</param>
    internal sealed record Customer(string State, string Bot, string Operation);

    private IPlaywright? playwright;
    private IBrowser? chromium;
    private Task<Customer>? customer;

    public Uri Site => Stack.Site;

    async Task IAsyncLifetime.InitializeAsync()
    {
        // Machines that test are busy with other things too.
        Assertions.SetDefaultExpectTimeout(15_000);
        playwright = await Playwright.CreateAsync();
        chromium = await DebianChromium.LaunchAsync(playwright);
        await InitializeAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await chromium!.CloseAsync();
        playwright!.Dispose();
        await DisposeAsync();
    }

    internal Task<Visitor> VisitAsync(
        string story, ColorScheme theme = ColorScheme.Light, int width = 1280, string? state = null) =>
        VisitAsync(new(story, theme, width, state));

    internal Task<Visitor> VisitAsync(Visit visit) => Visitor.OpenAsync(chromium!, Site, visit);

    /// <summary>One for all who need a bot that runs and leave it running: making one takes as long as most stories. Its name is long, its
    /// first word is answered, and beside it is an order that was not paid for.</summary>
    internal Task<Customer> CustomerAsync() => customer ??= PreparedAsync();

    private async Task<Customer> PreparedAsync()
    {
        await using var visitor = await VisitAsync("shared");
        await visitor.SignUpAsync();
        await visitor.OrderAsync("Unpaid");
        await visitor.Page.GotoAsync("/bots/new");
        await visitor.OrderAsync("Ada, who has a rather long name and answers in 24 languages");
        await visitor.PayAsync();
        await visitor.BuiltAsync();
        var parts = new Uri(visitor.Page.Url).AbsolutePath.Split('/');
        await visitor.Page.Tab("Overview").ClickAsync();
        await visitor.SayAsync("Hello?");
        return new(await visitor.StateAsync(), parts[2], parts[4]);
    }
}
