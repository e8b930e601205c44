using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>Who runs the place.</summary>
internal static class Operators
{
    public static async Task SignInAsOperatorAsync(this Visitor visitor, Stack stack)
    {
        var mail = $"{Guid.NewGuid():N}@staff.example";
        var password = await stack.AddOperatorAsync(mail);
        visitor.Expect("status of 401");
        await visitor.GoAsync("/ops");
        await visitor.Page.GetByLabel("E-mail address").FillAsync(mail);
        await visitor.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await visitor.SeeAsync("sign-in");
        await visitor.Page.Press("Sign in as an operator");
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "What must hold" })).ToBeVisibleAsync();
    }
}
