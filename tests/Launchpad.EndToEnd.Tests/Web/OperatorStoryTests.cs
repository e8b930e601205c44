using System.Diagnostics;
using Azure.Data.Tables;
using Launchpad.Local.Demo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>From the sign-in to several customers' operations at once, by somebody who runs the place. No bot is made for it: what is ordered
/// fails at its first step, and once it is asked for again it waits for a machine that the cloud does not have.</summary>
[Collection(WebStack.Name)]
public sealed class OperatorStoryTests(WebStack.Fixture web)
{
    private const string Story = "operator";
    private const string Plan = "dedicated";
    private const int Plenty = 1_000;
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(5);

    private readonly Stack stack = web.Stack;

    [Fact]
    public async Task What_failed_is_on_top_within_seconds_and_one_or_exactly_three_are_asked_for_again_and_cancelled()
    {
        await stack.SetCoresAsync(1);
        try
        {
            await TellAsync();
        }
        finally
        {
            // The bots of other stories need machines.
            await stack.SetCoresAsync(Plenty);
        }
    }

    private async Task TellAsync()
    {
        using var customer = await stack.SignedUpAsync();
        var unpaid = new List<(string Bot, Uri Page)>();
        foreach (var name in (string[])["Ada", "Grace", "Edsger", "Bystander"])
        {
            var bot = await customer.OrderAsync(new { name, plan = Plan }, Stack.Within(1));
            unpaid.Add((bot, await customer.CheckoutAsync(bot, Stack.Within(1))));
        }

        await using var visitor = await web.VisitAsync(Story);
        var page = visitor.Page;
        await visitor.SignInAsOperatorAsync(stack);
        var failed = new List<(string Bot, string Operation)>();
        foreach (var (bot, pay) in unpaid)
        {
            Assert.True(await customer.PayAsync(pay, Customer.GoodCard, Stack.Within(1)));
            failed.Add((bot, await FailedAsync(customer, bot)));
        }

        await IsOnTopAsync(visitor, failed[^1].Operation);
        foreach (var (bot, _) in unpaid)
        {
            await SellAsync(bot, Plan);
        }

        await OneIsRetriedAndCancelledAsync(visitor, customer, failed[0].Bot);
        await ExactlyThreeAsync(visitor, customer, [failed[0].Bot, failed[1].Bot, failed[2].Bot], failed[3]);
        visitor.NothingWrong();
        await Task.WhenAll(failed.Select(one => customer.DeletedAsync(one.Bot)));
    }

    /// <summary>The customer stopped what he had paid for, and asks for it again when the plan is not sold any more.</summary>
    private async Task<string> FailedAsync(Customer customer, string bot)
    {
        var begun = await customer.BegunAsync(bot, Stack.Within(1));
        await customer.StartAsync(HttpMethod.Post, $"operations/{begun}/cancel", null, Stack.Within(1));
        await customer.FinishedAsync(begun, null, Stack.Within(1));
        await SellAsync(bot, "no-more");
        var again = await customer.StartAsync(HttpMethod.Post, $"deployments/{bot}/retry", null, Stack.Within(1));
        var ended = await customer.FinishedAsync(again!, null, Stack.Within(1));
        Assert.Equal("plan-unknown", ended.Failure?.Code);
        return again!;
    }

    private static async Task IsOnTopAsync(Visitor visitor, string operation)
    {
        var since = Stopwatch.StartNew();
        // What is paid and does not run is beneath it.
        var pinned = visitor.Page.GetByRole(AriaRole.Listitem).Filter(new() { Has = visitor.Page.Locator($"a[href$={operation}]") }).First;
        await Expect(pinned).ToContainTextAsync("is not sold any more");
        // A question goes out each five seconds, and an answer takes a while on a machine that is busy.
        Assert.InRange(since.Elapsed, TimeSpan.Zero, SeenWithin + TimeSpan.FromSeconds(3));
        await Expect(pinned).ToBeInViewportAsync();
        await visitor.SeeAsync("failed");
    }

    private static async Task OneIsRetriedAndCancelledAsync(Visitor visitor, Customer customer, string bot)
    {
        var page = visitor.Page;
        await page.Press("Retry: Build Ada");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await visitor.SeeAsync("retry-one");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Retry it" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("1 of 1 taken on");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        await page.GetByRole(AriaRole.Listitem).GetByRole(AriaRole.Link, new() { Name = "Operations", Exact = true }).ClickAsync();
        await page.Press("Going on");
        var going = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Build Ada" });
        await Expect(going).ToContainTextAsync("of 1 cores are free", new() { Timeout = 60_000 });
        await visitor.SeeAsync("waits");
        await page.Press("Cancel: Build Ada");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel it" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("1 of 1 taken on");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(going).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        var deeds = await DeedsAsync(customer, bot);
        Assert.Equal(["retry", "cancel"], deeds);
    }

    private static async Task ExactlyThreeAsync(Visitor visitor, Customer customer, IReadOnlyList<string> bots, (string Bot, string Operation) bystander)
    {
        var page = visitor.Page;
        var before = await Task.WhenAll(bots.Select(bot => customer.DeploymentAsync(bot, Stack.Within(1))));
        await page.Press("Failed");
        foreach (var bot in before)
        {
            // What is shown first is the list as it was known; of a bot that failed twice only the last can be tried again.
            var row = page.GetByRole(AriaRole.Listitem).Filter(new() { Has = page.Locator($"a[href$={bot.LastOperation}]") });
            await row.GetByRole(AriaRole.Checkbox).CheckAsync();
        }

        await page.ReloadAsync();
        await Expect(page.GetByText("3 selected")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Build Bystander" }).First.ClickAsync();
        await page.WaitForURLAsync("**/ops/orchestrations/op_*");
        await page.GoBackAsync();
        await Expect(page.GetByText("3 selected")).ToBeVisibleAsync();
        await visitor.SeeAsync("three-selected");

        await page.Press("Retry");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await visitor.SeeAsync("three-to-retry");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Retry these 3" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("3 of 3 taken on");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        foreach (var (bot, was) in bots.Zip(before))
        {
            Assert.NotEqual(was.LastOperation, (await customer.DeploymentAsync(bot, Stack.Within(1))).LastOperation);
            Assert.Equal("retry", (await DeedsAsync(customer, bot))[^1]);
        }

        Assert.Equal(bystander.Operation, (await customer.DeploymentAsync(bystander.Bot, Stack.Within(1))).LastOperation);
        Assert.Empty(await DeedsAsync(customer, bystander.Bot));
    }

    /// <summary>What an operator did with it, as its owner reads it.</summary>
    private static async Task<IReadOnlyList<string>> DeedsAsync(Customer customer, string bot)
    {
        using var record = await customer.SendAsync(HttpMethod.Get, $"deployments/{bot}/record", null, Stack.Within(1));
        return
        [
            .. record.RootElement.GetProperty("rows").EnumerateArray()
                .Where(row => row.GetProperty("kind").GetString() == "action" && row.GetProperty("actor").GetString()!.StartsWith("operator:", StringComparison.Ordinal))
                .Select(row => row.GetProperty("data").GetProperty("action").GetString()!)
                .Where(action => action is "retry" or "cancel"),
        ];
    }

    private async Task SellAsync(string bot, string plan)
    {
        var table = stack.Table("deployments");
        var row = await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {bot}")).SingleAsync();
        await table.UpdateEntityAsync(new TableEntity(row.PartitionKey, row.RowKey) { ["plan"] = plan }, Azure.ETag.All, TableUpdateMode.Merge);
    }
}
