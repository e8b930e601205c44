using System.Text.RegularExpressions;
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

    [Fact]
    public async Task Names_and_entries_of_ones_own_are_begun_moved_and_removed_in_the_draft_and_the_address_leads_back_to_them()
    {
        var (state, bot, _) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        var page = visitor.Page;
        await visitor.GoAsync($"/bots/{bot}/config");
        await page.Press("Look through them");
        await NamesAsync(visitor, page.GetByLabel("Own config"));
        await page.Press("All settings");
        await EntriesAsync(visitor, page.GetByLabel("Own config"));

        await visitor.GoAsync($"/bots/{bot}/config?settings=%5B%22nowhere%22%2C7%5D");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "By subject" })).ToBeVisibleAsync();
        await page.Press("Discard my changes");
        visitor.NothingWrong();
    }

    /// <summary>What cannot be a name is said where it was typed, and what can writes nothing before something under it is set.</summary>
    private static async Task NamesAsync(Visitor visitor, ILocator editor)
    {
        var page = visitor.Page;
        await page.OpenGroupAsync("skills", "Skills");
        await page.OpenGroupAsync("entries", "Skills by name");
        var name = page.GetByLabel("Name", new() { Exact = true });
        await name.FillAsync("The weather");
        await page.Press("Begin");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The release does not take it in this form.");
        await Expect(name).ToBeFocusedAsync();
        await visitor.SeeAsync("name");
        await name.FillAsync("weather");
        await name.PressAsync("Enter");
        await Expect(page.Level("weather")).ToBeFocusedAsync();
        await Expect(editor).Not.ToContainTextAsync("weather");
        await visitor.SeeAsync("begun");
        await page.OpenGroupAsync("env", "Variables of the skill");
        await name.FillAsync("CITY");
        await page.Press("Begin");
        await Expect(page.GetByLabel("CITY", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Bonn");
        await Expect(editor).ToContainTextAsync("\"CITY\": \"Bonn\"");

        await page.ReloadAsync();
        await Expect(page.Level("Variables of the skill")).ToBeVisibleAsync();
        await Expect(editor).ToContainTextAsync("\"CITY\": \"Bonn\"");
        await page.GoBackAsync();
        await Expect(page.Level("weather")).ToBeVisibleAsync();
        await page.Press("Remove: skills.entries.weather");
        await Expect(page.Level("Skills by name")).ToBeFocusedAsync();
        await Expect(editor).Not.ToContainTextAsync("weather");
        await page.Press("Take it back: skills.entries.weather");
        await Expect(editor).ToContainTextAsync("\"CITY\": \"Bonn\"");
    }

    /// <summary>An entry keeps the focus where it goes, and what it leaves behind gets it when it is gone.</summary>
    private static async Task EntriesAsync(Visitor visitor, ILocator editor)
    {
        var page = visitor.Page;
        await page.OpenGroupAsync("agents", "Agents");
        await page.OpenGroupAsync("list", "Further agents");
        foreach (var id in new[] { "grace", "linus", "edsger" })
        {
            await page.Press("Add an entry");
            await Expect(page.GetByText("Nothing is set here yet.")).ToBeVisibleAsync();
            await page.OpenSettingAsync(".id");
            await page.GetByLabel("Agent ID").FillAsync(id);
            await page.Press("list");
            await Expect(page.Level("Further agents")).ToBeFocusedAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Add an entry" }).HoverAsync();
        await Expect(page.GetByText("It may have at most 3 entries.")).ToBeVisibleAsync();
        await page.Press("Move up: Entry 2: linus");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Move up: Entry 1: linus" })).ToBeFocusedAsync();
        await Expect(page.GetByText("It is number 1 of 3 now.")).ToBeVisibleAsync();
        await Expect(editor).ToHaveTextAsync(new Regex("linus[^}]*}[^}]*grace[^}]*}[^}]*edsger"));
        await page.Press("Remove: Entry 2: grace");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Entry 2: edsger", Exact = true })).ToBeFocusedAsync();
        await Expect(editor).Not.ToContainTextAsync("grace");
        await visitor.SeeAsync("list");

        await page.Press("Entry 2: edsger");
        await Expect(page.Level("Entry 2: edsger")).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Expect(page.Level("Entry 2: edsger")).ToBeVisibleAsync();
        await visitor.SeeAsync("entry");
        await page.Press("Remove: agents.list[1]");
        await Expect(page.Level("Further agents")).ToBeFocusedAsync();
        await Expect(editor).Not.ToContainTextAsync("edsger");
    }
}

internal static class SettingsPage
{
    public static ILocator Level(this IPage page, string title) =>
        page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true, Level = 3 });

    public static async Task OpenGroupAsync(this IPage page, string name, string title)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        await Expect(page.Level(title)).ToBeFocusedAsync();
    }

    public static Task OpenSettingAsync(this IPage page, string path) =>
        page.Locator("details", new() { Has = page.Locator("summary", new() { HasText = path }) }).Locator("summary").ClickAsync();
}
