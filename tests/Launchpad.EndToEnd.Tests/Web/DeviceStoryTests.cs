using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Somebody has a browser show what he is written to about. No push service is reached from where tests run, so the browser's own
/// subscription is made by the page; everything else, from the worker to what it shows, is as it is.</summary>
[Collection(StillWebStack.Name)]
public sealed class DeviceStoryTests(StillWebStack.Fixture web)
{
    private const string Story = "devices";

    private const string Subscribed = """
        const key = "canary.subscription";
        const bytes = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
        const made = () => {
          const kept = JSON.parse(localStorage.getItem(key) ?? "null");
          return kept && { endpoint: kept.endpoint, toJSON: () => kept, unsubscribe: async () => (localStorage.removeItem(key), true) };
        };
        PushManager.prototype.getSubscription = async () => made();
        PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
          if (applicationServerKey.length !== 87) throw new TypeError(`${applicationServerKey} is no key.`);
          const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
          const keys = { p256dh: bytes(await crypto.subtle.exportKey("raw", pair.publicKey)), auth: bytes(crypto.getRandomValues(new Uint8Array(16))) };
          localStorage.setItem(key, JSON.stringify({ endpoint: `https://127.0.0.1:1024/push/${crypto.randomUUID()}`, keys }));
          return made();
        };
        """;

    [Fact]
    public async Task A_browser_becomes_a_device_shows_what_it_is_told_and_is_removed_again()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await DebianChromium.LaunchWholeAsync(playwright);
        await using var visitor = await Visitor.OpenAsync(chromium, web.Site, new(Story));
        var page = visitor.Page;
        await page.Context.GrantPermissionsAsync(["notifications"]);
        await page.Context.AddInitScriptAsync(Subscribed);
        var cdp = await page.Context.NewCDPSessionAsync(page);
        var registration = RegistrationAsync(cdp);
        await cdp.SendAsync("ServiceWorker.enable");
        var email = $"{Guid.NewGuid():N}@example.com";
        await visitor.SignUpAsync(email);
        await visitor.GoAsync("/account/notifications");
        var turn = page.GetByRole(AriaRole.Switch, new() { Name = "Notify me on this device" });
        await Expect(turn).Not.ToBeCheckedAsync();
        await turn.ClickAsync();
        await Expect(turn).ToBeCheckedAsync();
        await Expect(page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("Chrome on Linux", new() { Exact = true })).ToBeVisibleAsync();
        await visitor.SeeAsync("on");
        await page.ReloadAsync();
        await Expect(turn).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test: Chrome on Linux", Exact = true }).ClickAsync();
        await Expect(page.GetByText("It is on its way to the device.")).ToBeVisibleAsync();

        await cdp.SendAsync("ServiceWorker.deliverPushMessage", new()
        {
            ["origin"] = new Uri(page.Url).GetLeftPart(UriPartial.Authority),
            ["registrationId"] = await registration.WaitAsync(TimeSpan.FromSeconds(20)),
            ["data"] = JsonSerializer.Serialize(new { title = "Your bot is down: Ada", body = "It does not run.", url = "/bots", tag = "one" }),
        });
        await page.WaitForFunctionAsync("""
            async () => (await (await navigator.serviceWorker.getRegistration()).getNotifications())
              .some(({ title, body, tag, data }) => title === "Your bot is down: Ada" && body === "It does not run." && tag === "one" && data.url === "/bots")
            """);

        await turn.ClickAsync();
        await Expect(turn).Not.ToBeCheckedAsync();
        await Expect(page.GetByText("Chrome on Linux", new() { Exact = true })).ToHaveCountAsync(0);

        // Whoever signs out is shown nothing there any more: the next one at this browser may be somebody else.
        await turn.ClickAsync();
        await Expect(turn).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Account menu" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/login");
        Assert.False(await page.EvaluateAsync<bool>("navigator.serviceWorker.getRegistration().then(one => one.pushManager.getSubscription()).then(one => one != null)"));
        await visitor.SignInAsync(email);
        await page.WaitForURLAsync("**/bots*");
        await visitor.GoAsync("/account/notifications");
        await Expect(turn).Not.ToBeCheckedAsync();
        await Expect(page.GetByText("Chrome on Linux", new() { Exact = true })).ToHaveCountAsync(0);
        visitor.NothingWrong();
    }

    /// <summary>What the browser calls the first worker that is registered from now on.</summary>
    private static Task<string> RegistrationAsync(ICDPSession cdp)
    {
        var first = new TaskCompletionSource<string>();
        cdp.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, told) =>
        {
            foreach (var one in told!.Value.GetProperty("registrations").EnumerateArray())
            {
                first.TrySetResult(one.GetProperty("registrationId").GetString()!);
            }
        };
        return first.Task;
    }
}
