using Launchpad.Local.Demo;
using Launchpad.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests;

/// <summary>The demonstration, with the real OpenClaw. It takes its time to start, so all but the demonstration have one bot, and leave it as
/// they found it.</summary>
public sealed class OpenClawTests(OpenClawTests.Fixture fixture) : IClassFixture<OpenClawTests.Fixture>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = 60_000 };

    private readonly Stack stack = fixture.Stack;
    private readonly Customer customer = fixture.Customer;
    private readonly string deployment = fixture.Deployment;

    [Fact]
    public async Task The_demonstration_ends_with_a_real_OpenClaw_answering_at_its_own_address()
    {
        var report = await stack.DemoAsync();
        Assert.True(report.Ok);
        Assert.NotEqual("", report.Answer);
        Assert.StartsWith("https://", report.Url, StringComparison.Ordinal);
        Assert.True(report.BareBootMs > 0 && report.PaidToRunningMs > 0);
        Assert.Contains(report.Steps, step => step.Name == "health");
    }

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task An_upgrade_that_breaks_after_twenty_seconds_never_takes_its_place()
    {
        var wrong = await customer.ChangeAsync(
            deployment, HttpMethod.Patch, "config", new { config = new { agents = new { wat = 1 } } });
        Assert.Equal("config-invalid", wrong.Failure?.Code);
        Assert.Contains("agents: Unrecognized key: \"wat\"", wrong.Failure!.Message, StringComparison.Ordinal);

        using var door = new BotDoor(new Uri((await customer.DeploymentAsync(deployment, Stack.Within(1))).Url!), stack.CaPath);
        var broken = await customer.BeginAsync(deployment, HttpMethod.Post, "upgrade", new { tag = "broken-after-20s" });
        var looks = 0;
        while (looks % 10 > 0 || !(await customer.OperationAsync(broken, Stack.Within(1))).IsFinished)
        {
            using var ready = await door.Http.GetAsync(new Uri("readyz", UriKind.Relative), Stack.Within(1));
            Assert.True(ready.IsSuccessStatusCode, "The old version stopped serving.");
            looks++;
            await Task.Delay(100);
        }

        Assert.Equal("candidate-failed", (await customer.OperationAsync(broken, Stack.Within(1))).Failure?.Code);
        Assert.True(looks > 100, $"{looks} looks");
    }

    [Fact]
    public async Task Its_owner_opens_it_in_a_browser_and_talks_to_it()
    {
        var address = new Uri((await customer.DeploymentAsync(deployment, Stack.Within(1))).Url!);
        var token = await customer.GatewayTokenAsync(deployment, Stack.Within(1));
        using (var door = new BotDoor(address, stack.CaPath))
        {
            // The browser below takes any certificate: that the bot has the right one is seen here.
            using var page = await door.Http.GetAsync(address, Stack.Within(1));
            Assert.True(page.IsSuccessStatusCode);
        }

        await using var browser = await Browser.OpenAsync(trusted: false);
        await browser.Page.GotoAsync($"{address}#token={token}");
        var command = browser.Page.GetByText("openclaw devices approve");
        var asks = browser.Page.GetByText("This Gateway expects its token");
        await Expect(command.Or(asks)).ToBeVisibleAsync(Patiently);
        if (await asks.IsVisibleAsync())
        {
            // On a busy machine OpenClaw's page has been seen to lose what its address holds: its owner opens the address again.
            await browser.Page.GotoAsync("about:blank");
            await browser.Page.GotoAsync($"{address}#token={token}");
        }

        await Expect(command).ToBeVisibleAsync(Patiently);
        await browser.ShowAsync("openclaw-waits");
        var waiting = (await command.InnerTextAsync()).Trim().Split(' ')[^1];

        var stale = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/browsers", new { request = Guid.NewGuid() });
        Assert.Equal(("failed", "browser-unknown"), (stale.Status, stale.Failure?.Code));
        var paired = await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/browsers", new { request = waiting });
        Assert.True(paired.Status == "succeeded", $"{paired.Failure}");

        var message = browser.Page.GetByRole(AriaRole.Textbox, new() { Name = "Chat composer" });
        await Expect(message).ToBeVisibleAsync(Patiently);
        await message.FillAsync("Is anybody there?");
        await message.PressAsync("Enter");
        await Expect(browser.Page.GetByText("Done in")).ToBeVisibleAsync(Patiently);

        // Once as the question, once as the stand-in model's answer to it.
        await Expect(browser.Page.GetByRole(AriaRole.Paragraph).Filter(new() { HasText = "Is anybody there?" })).ToHaveCountAsync(2);
        await browser.ShowAsync("openclaw");

        // What OpenClaw's own page misses of its own server is OpenClaw's business; that it asks nobody else is ours.
        Assert.DoesNotContain(browser.Complaints, complaint => complaint.StartsWith("asked", StringComparison.Ordinal));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public Stack Stack { get; } = new(slot: 5, image: "openclaw");

        public Customer Customer { get; private set; } = null!;

        public string Deployment { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Stack.UpAsync("Rollouts__HealthWindow=00:00:15");
            Customer = await Stack.SignedUpAsync();
            (Deployment, _) = await Customer.RunningAsync();
        }

        public async Task DisposeAsync()
        {
            Customer.Dispose();
            await Stack.DisposeAsync();
        }
    }
}
