using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A renewal that is not paid, on a machine: its bot is stopped when the ladder says so, and runs again with its data when it is
/// paid.</summary>
[Collection(OnOneStack.Name)]
public sealed class DunningTests(OnOneStack.Fixture fixture)
{
    private const string FailingLater = "4000 0000 0000 0341";

    private readonly Stack stack = fixture.Stack;

    [Fact]
    public async Task A_bot_whose_renewal_fails_is_suspended_in_time_and_runs_again_when_it_is_paid()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        using var bot = await TinyDoor.OfAsync(stack, customer, deployment);
        await bot.AskAsync("one");

        await UseCardAsync(customer, FailingLater);
        await StripeAsync(await SubscriptionAsync(deployment), ("billing_cycle_anchor", "now"));
        var steps = (await SeesAsync(customer, deployment, billing => billing["ladder"] is JsonObject))["ladder"]!["steps"]!.AsArray();
        Assert.Equal(
            ["reminder", "reminder", "reminder", "suspended", "final-backup", "deleted"], steps.Select(step => (string)step!["kind"]!));
        Assert.Equal("running", (await customer.DeploymentAsync(deployment, Stack.Within(1))).Status);

        await DueAsync(deployment);
        await StripeAsync(await SubscriptionAsync(deployment), ("description", "A week later"));
        await StatusAsync(customer, deployment, "suspended");
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/resume", null, Stack.Within(1)));
        Assert.Contains("not paid for", refused.Message, StringComparison.Ordinal);

        await UseCardAsync(customer, Customer.GoodCard);
        await StatusAsync(customer, deployment, "running");
        await SeesAsync(customer, deployment, billing => billing["ladder"] is null && (string)billing["state"]! == "active");
        Assert.Equal(1, (await bot.AboutAsync()).Messages);
        await customer.DeletedAsync(deployment);
    }

    /// <summary>On the provider's page, which pays what is open with it.</summary>
    private static async Task UseCardAsync(Customer customer, string card)
    {
        using var portal = await customer.SendAsync(HttpMethod.Post, "billing/portal", null, Stack.Within(1));
        using var browser = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["cardNumber"] = card,
            ["cardExpiry"] = "12 / 40",
            ["cardCvc"] = "123",
        });
        using var used = await browser.PostAsync(new Uri(portal.RootElement.GetProperty("url").GetString()!), form);
        Assert.True(used.IsSuccessStatusCode);
    }

    private async Task<string> SubscriptionAsync(string deployment) => (await RowAsync(deployment)).GetString("subscription");

    private async Task StripeAsync(string subscription, params (string Name, string Value)[] change)
    {
        using var stripe = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{stack.Ports.Stripe}/") };
        stripe.DefaultRequestHeaders.Authorization = new("Bearer", await stack.SecretAsync("stripe-api-key"));
        using var form = new FormUrlEncodedContent(change.Select(one => KeyValuePair.Create(one.Name, one.Value)));
        using var answer = await stripe.PostAsync(new Uri($"v1/subscriptions/{subscription}", UriKind.Relative), form);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<TableEntity> RowAsync(string deployment) => await stack.Table("deployments")
        .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {deployment}")).SingleAsync();

    /// <summary>The days until the bot is suspended are over.</summary>
    private async Task DueAsync(string deployment)
    {
        // The product writes the same row in between.
        for (var ct = Stack.Within(1); ; ct.ThrowIfCancellationRequested())
        {
            var row = await RowAsync(deployment);
            var ladder = JsonNode.Parse(row.GetString("ladder"))!;
            foreach (var step in ladder["steps"]!.AsArray().Take(4).Where(step => step!["doneAt"] is null))
            {
                step!["at"] = DateTimeOffset.UtcNow.ToString("O");
            }

            row["ladder"] = ladder.ToJsonString();
            try
            {
                await stack.Table("deployments").UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, ct);
                return;
            }
            catch (RequestFailedException lost) when (lost.Status is 412)
            {
            }
        }
    }

    private static async Task<JsonObject> SeesAsync(Customer customer, string deployment, Func<JsonObject, bool> enough)
    {
        for (var ct = Stack.Within(3); ; await Task.Delay(200, ct))
        {
            using var seen = await customer.SendAsync(HttpMethod.Get, $"deployments/{deployment}", null, ct);
            var billing = JsonObject.Create(seen.RootElement.GetProperty("billing").Clone())!;
            if (enough(billing))
            {
                return billing;
            }
        }
    }

    private static async Task StatusAsync(Customer customer, string deployment, string status)
    {
        for (var ct = Stack.Within(4); (await customer.DeploymentAsync(deployment, ct)).Status != status; await Task.Delay(200, ct))
        {
        }
    }
}
