using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Nothing that opens anything stays in the browser where a script, a screenshot or the next person could find it.</summary>
[Collection(WebStack.Name)]
public sealed class SecrecyTests(WebStack.Fixture web)
{
    private const string Story = "secrecy";
    private const string ModelKey = "sk-this-is-a-secret-0123456789";

    [Fact]
    public async Task The_session_is_a_cookie_that_no_script_reads()
    {
        await using var visitor = await web.VisitAsync(Story);
        await visitor.SignUpAsync();
        var cookie = Assert.Single(await visitor.Page.Context.CookiesAsync());
        Assert.Equal(("__Host-launchpad", true, true, SameSiteAttribute.Strict, "/"), (cookie.Name, cookie.HttpOnly, cookie.Secure, cookie.SameSite, cookie.Path));
        Assert.DoesNotContain(cookie.Value, await KeptAsync(visitor.Page), StringComparison.Ordinal);
        await visitor.Page.GotoAsync("/account");
        await visitor.Page.EvaluateAsync("sessionStorage.setItem('a draft', 'what was typed')");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out here" }).ClickAsync();
        await visitor.Page.WaitForURLAsync(url => !url.Contains("/account", StringComparison.Ordinal));
        Assert.Empty(await visitor.Page.Context.CookiesAsync());
        Assert.DoesNotContain("what was typed", await KeptAsync(visitor.Page), StringComparison.Ordinal);
        visitor.NothingWrong();
    }

    [Fact]
    public async Task A_password_is_hidden_until_it_is_to_be_seen_and_can_be_pasted_and_filled_in()
    {
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        foreach (var (path, kind) in new[] { ("/signup", "new-password"), ("/login", "current-password") })
        {
            await page.GotoAsync(path);
            var field = page.GetByLabel("Password", new() { Exact = true });
            await Expect(field).ToHaveAttributeAsync("type", "password");
            await Expect(field).ToHaveAttributeAsync("autocomplete", kind);
            await page.EvaluateAsync("navigator.clipboard.writeText('pasted by a manager')");
            await field.FocusAsync();
            await page.Keyboard.PressAsync("Control+V");
            await Expect(field).ToHaveValueAsync("pasted by a manager");
            await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
            await Expect(field).ToHaveAttributeAsync("type", "text");
        }

        visitor.NothingWrong();
    }

    [Fact]
    public async Task A_key_that_was_typed_is_shown_and_kept_nowhere()
    {
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await visitor.SignUpAsync();
        await page.GetByLabel("Name").FillAsync("Ada");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByLabel("Your key for the model").And(page.Locator("input")).FillAsync(ModelKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByText("Show as curl").ClickAsync();
        await visitor.SeeAsync("review");
        Assert.DoesNotContain(ModelKey, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(ModelKey, await KeptAsync(page), StringComparison.Ordinal);
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByLabel("Your key for the model").And(page.Locator("input"))).ToHaveValueAsync("");
        visitor.NothingWrong();
    }

    [Fact]
    public async Task The_token_of_a_bot_is_shown_when_it_is_asked_for_and_gone_with_its_dialog()
    {
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await visitor.SignUpAsync();
        await visitor.OrderAsync("Ada");
        await visitor.PayAsync();
        await visitor.BuiltAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Open bot" }).ClickAsync(), "**/gateway-token");
        var token = (await answer.JsonAsync())!.Value.GetProperty("token").GetString()!;
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.DoesNotContain(token, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(token, page.Url + await KeptAsync(page), StringComparison.Ordinal);
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }

    private static Task<string> KeptAsync(IPage page) => page.EvaluateAsync<string>(
        "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])");
}
