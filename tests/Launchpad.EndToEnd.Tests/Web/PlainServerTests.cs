using Launchpad.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>The files of the app on a server that knows nothing but files, and answers with index.html where there is none: no header of ours,
/// nothing compressed. The API is beneath the same address, as a front door would have it.</summary>
[Collection(WebStack.Name)]
public sealed class PlainServerTests(WebStack.Fixture web)
{
    private const string Story = "plain";

    [Fact, Trait(Extent.Name, Extent.All)]
    public async Task A_plain_file_server_is_enough_to_order_talk_change_and_come_back_to_any_page()
    {
        await using var files = await FilesAsync();
        var (state, bot, operation) = await web.CustomerAsync();
        await using var visitor = await web.VisitAsync(Story, state: state);
        var page = visitor.Page;
        var asked = 0;
        await page.Context.RouteAsync(
            url => url.StartsWith(web.Site.AbsoluteUri, StringComparison.Ordinal) && !new Uri(url).AbsolutePath.StartsWith("/api/", StringComparison.Ordinal),
            async route =>
            {
                Interlocked.Increment(ref asked);
                var plain = await route.FetchAsync(new() { Url = new Uri(new Uri(files.Urls.Single()), new Uri(route.Request.Url).PathAndQuery).AbsoluteUri });
                await route.FulfillAsync(new() { Response = plain });
            });
        foreach (var path in (string[])["", "/config", "/versions", "/logs", "/backups", "/record", "/danger", $"/operations/{operation}"])
        {
            await visitor.GoAsync($"/bots/{bot}{path}");
            await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Parts of this bot" })).ToBeVisibleAsync();
        }

        await page.Tab("Overview").ClickAsync();
        await visitor.SayAsync("Plainly?");
        await visitor.GoAsync("/bots/new");
        await visitor.OrderAsync("Plain");
        await visitor.GoAsync("/billing");
        await Expect(page.GetByText("Plain", new() { Exact = true }).First).ToBeVisibleAsync();
        await visitor.SeeAsync("billing");
        Assert.NotEqual(0, asked);
        visitor.NothingWrong();
    }

    private static async Task<WebApplication> FilesAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var dist = new PhysicalFileProvider(Repository.File("web", "dist"));
        app.UseStaticFiles(new StaticFileOptions { FileProvider = dist });
        app.MapFallbackToFile("index.html", new StaticFileOptions { FileProvider = dist });
        await app.StartAsync();
        return app;
    }
}
