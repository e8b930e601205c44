using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Whoever does not write JSON finds what the release can be set to, and sets it with a switch, a choice or a field.</summary>
[Collection(WebStack.Name)]
public sealed class SettingsStoryTests(WebStack.Fixture web)
{
    private const string Story = "settings";

    [Fact]
    public async Task Every_setting_of_the_release_is_found_set_and_taken_back_beside_the_json()
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        var page = visitor.Page;
        await visitor.GoAsync($"/bots/{bot}/config");
        var editor = page.GetByLabel("Own config");
        await page.Press("Look through them");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "By subject" })).ToBeVisibleAsync();
        await visitor.SeeAsync("all");

        var search = page.GetByLabel("Search the settings");
        await search.FillAsync("conversation scope");
        await Expect(page.GetByText("1 setting", new() { Exact = true })).ToBeVisibleAsync();
        await page.OpenSettingAsync("session.scope");
        await page.GetByLabel("Scope", new() { Exact = true }).SelectOptionAsync("per-sender");
        await Expect(editor).ToContainTextAsync("\"scope\": \"per-sender\"");
        await Expect(page.GetByText("1 change, not sent")).ToBeVisibleAsync();
        await visitor.SeeAsync("found");

        // What is wrong is said where it was typed, and taken back it is as if it had never been.
        await search.FillAsync("typing");
        await page.OpenSettingAsync("session.typingIntervalSeconds");
        var typing = page.GetByLabel("Typing", new() { Exact = true });
        await typing.FillAsync("0");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("It has to be at least 1.");
        await visitor.SeeAsync("wrong");
        await typing.FillAsync("6");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await page.Press("Remove: session.typingIntervalSeconds");
        await Expect(typing).ToBeFocusedAsync();
        await Expect(editor).Not.ToContainTextAsync("typingIntervalSeconds");

        await search.FillAsync("nothing like it");
        await Expect(page.GetByText("No setting has all of these words")).ToBeVisibleAsync();
        await page.Press("Clear the search");
        await page.GetByRole(AriaRole.Button, new() { Name = "commands" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Commands" })).ToBeFocusedAsync();
        await page.OpenSettingAsync("commands.text");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Commands in text" }).ClickAsync();
        await Expect(editor).ToContainTextAsync("\"text\": true");
        await visitor.SeeAsync("group");

        // The editor's text is all that there is: while it is none, nothing can be put into it.
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("{{");
        await Expect(page.GetByText("The JSON has to be mended first. Until then nothing can be set here.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Commands in text" })).ToBeDisabledAsync();
        await page.Press("Discard my changes");
        visitor.NothingWrong();
    }
}

internal static class SettingsPage
{
    public static Task OpenSettingAsync(this IPage page, string path) =>
        page.Locator("details", new() { Has = page.Locator("summary", new() { HasText = path }) }).Locator("summary").ClickAsync();
}
