using Launchpad.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>What people type is shown as they typed it, wherever it is shown, and is never anything else than text.</summary>
[Collection(WebStack.Name)]
public sealed class TypedTextTests(WebStack.Fixture web)
{
    private const string Story = "typed";
    private const string Markup = "\"><img src=x onerror=alert(1)>";
    private const string Script = "javascript:alert(1)//${{7*7}}";
    private const string Emoji = "Zoë 👩🏽‍🚀 机器人 مرحبا";
    private const string Reversed = "\u202Egpj.exe";

    public static TheoryData<string, string> Texts => Extent.IsAll
        ? new() { { "markup", Markup }, { "script", Script }, { "emoji", Emoji } }
        : new() { { "mixed", $"{Markup} {Emoji}" } };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_name_a_text_and_a_message_are_shown_to_the_letter(string kind, string text)
    {
        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        page.Dialog += (_, dialog) => Assert.Fail($"The page said {dialog.Message}");
        await visitor.SignUpAsync();
        await visitor.OrderAsync(text, instructions: text);
        await visitor.PayAsync();
        await visitor.BuiltAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(text);
        Assert.Contains(text, await page.TitleAsync(), StringComparison.Ordinal);

        await page.Tab("Overview").ClickAsync();
        await page.GetByLabel("Message").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(page.GetByText($"Echo: {text}")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await visitor.SeeAsync($"{kind}-bot");
        foreach (var path in (string[])["/bots", "/billing"])
        {
            await visitor.GoAsync(path);
            await Expect(page.GetByText(text).First).ToBeVisibleAsync();
            await visitor.SeeAsync($"{kind}{path.Replace('/', '-')}");
        }

        Assert.Equal(0, await page.Locator("img[src=x], script:not([src])").CountAsync());
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }

    /// <summary>A name that reads backwards would be taken for another: it is refused beside its field, and what was typed stays.</summary>
    [Fact]
    public async Task A_name_that_hides_what_it_is_is_refused_where_it_was_typed()
    {
        await using var visitor = await web.VisitAsync(Story);
        visitor.Expect("status of 400");
        await visitor.SignUpAsync();
        var page = visitor.Page;
        await page.GetByLabel("Name").FillAsync(Reversed);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Order and pay" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Name and plan" }).First.ClickAsync();
        await Expect(page.GetByLabel("Name")).ToHaveValueAsync(Reversed);
        await Expect(page.GetByLabel("Name")).ToHaveAttributeAsync("aria-invalid", "true");
        await visitor.SeeAsync("reversed");
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }

    [Theory]
    [InlineData("/login?next=https%3A%2F%2Felsewhere.example%2F")]
    [InlineData("/login?next=%2F%2Felsewhere.example")]
    [InlineData("/login?next=%2F%5Celsewhere.example")]
    [InlineData("/login?next=javascript%3Aalert(1)")]
    public async Task Signing_in_leads_nowhere_else(string address)
    {
        await using var visitor = await web.VisitAsync(Story);
        var email = $"{Guid.NewGuid():N}@example.com";
        using (var customer = web.Stack.NewCustomer())
        {
            await customer.SignUpAsync(email, Shop.Password, Stack.Within(1));
        }

        await visitor.GoAsync(address);
        await visitor.SignInAsync(email);
        await visitor.Page.WaitForURLAsync(new Uri(web.Site, "bots").AbsoluteUri);
        visitor.NothingWrong();
        await visitor.LeaveAsync();
    }
}
