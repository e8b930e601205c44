using System.Text.Json;
using Launchpad.Functions.Tests.Access;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>Events on their way to a customer's server, over TLS on loopback, which the operator of this stack allows.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class WebhookTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public void The_signature_is_the_one_of_the_specification() => Assert.Equal(
        "v1,xJxlVAWM6fywIsw0Ue6ha8U7a1usOM/a0VHs0k2Gkh4=",
        new StandardWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .Sign("msg_p5jXN8AQM9LXM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}"));

    [Fact]
    public async Task What_happens_to_a_bot_is_sent_signed_and_has_a_receipt()
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        using var owner = await Colleague.NewAsync(api);
        var (webhook, secret) = await CreateAsync(owner, receiver, "bot.status-changed");
        var id = await OrderAsync(owner);
        await ChangeAsync(owner, id, DeploymentStatus.Provisioning);

        var received = await receiver.UntilAsync(2);
        Assert.All(received, one => Assert.True(one.IsSignedBy(secret)));
        Assert.Equal(2, received.Select(one => one.Id).Distinct().Count());
        var told = JsonElement.Parse(received.Single(one => one.Body.Contains("provisioning", StringComparison.Ordinal)).Body);
        Assert.Equal("bot.status-changed", Text(told, "type"));
        Assert.Equal((id, "requested", "provisioning"), (Text(told.GetProperty("data"), "deployment"), Text(told.GetProperty("data"), "from"), Text(told.GetProperty("data"), "to")));
        Assert.All(received, one => Assert.DoesNotContain("Ada", one.Body, StringComparison.Ordinal));

        var receipt = await DeliveryAsync(owner, webhook, delivery => Text(delivery, "status") == "delivered");
        var attempt = Assert.Single(receipt.GetProperty("attempts").EnumerateArray());
        Assert.Equal((200, JsonValueKind.Null), (attempt.GetProperty("status").GetInt32(), attempt.GetProperty("error").ValueKind));
    }

    [Fact]
    public async Task What_is_not_taken_is_sent_again_under_the_same_id()
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        receiver.Answer = (before, context) =>
        {
            context.Response.StatusCode = before == 0 ? 503 : 204;
            return Task.CompletedTask;
        };
        using var owner = await Colleague.NewAsync(api);
        var (webhook, secret) = await CreateAsync(owner, receiver);
        Assert.Equal(202, (await owner.SendAsync("POST", $"webhooks/{webhook}/test")).Status);

        var received = await receiver.UntilAsync(2);
        Assert.Equal(received[0].Id, received[1].Id);
        Assert.Equal(received[0].Body, received[1].Body);
        Assert.True(received[1].IsSignedBy(secret));
        var receipt = await DeliveryAsync(owner, webhook, delivery => Text(delivery, "status") == "delivered");
        Assert.Equal([503, 204], receipt.GetProperty("attempts").EnumerateArray().Select(one => one.GetProperty("status").GetInt32()));
        Assert.Equal(JsonValueKind.Null, (await ListAsync(owner)).Single().GetProperty("failingSince").ValueKind);
    }

    /// <summary>Each of them is a try in vain, and none holds up the app or makes it go elsewhere.</summary>
    [Theory]
    [InlineData("redirect", 302, null)]
    [InlineData("error", 500, null)]
    [InlineData("silence", null, "timeout")]
    [InlineData("drip", null, "timeout")]
    [InlineData("huge headers", null, "broken-answer")]
    [InlineData("hang up", null, "broken-answer")]
    public async Task A_server_that_misbehaves_has_a_receipt_that_says_how(string how, int? status, string? error)
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        receiver.Answer = async (_, context) =>
        {
            switch (how)
            {
                case "redirect":
                    context.Response.StatusCode = 302;
                    context.Response.Headers.Location = "https://169.254.169.254/latest/meta-data";
                    break;
                case "error":
                    context.Response.StatusCode = 500;
                    await context.Response.WriteAsync("api_key=a secret of theirs");
                    break;
                case "silence" or "drip":
                    await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted);
                    break;
                case "huge headers":
                    context.Response.Headers["x-much"] = new string('a', 100_000);
                    break;
                default:
                    context.Abort();
                    break;
            }
        };
        using var owner = await Colleague.NewAsync(api);
        var (webhook, _) = await CreateAsync(owner, receiver);
        await owner.SendAsync("POST", $"webhooks/{webhook}/test");
        var receipt = await DeliveryAsync(owner, webhook, delivery => delivery.GetProperty("attempts").GetArrayLength() > 0);
        var attempt = receipt.GetProperty("attempts")[0];
        Assert.Equal("pending", Text(receipt, "status"));
        Assert.Equal(error, attempt.GetProperty("error").GetString());
        Assert.Equal(status, attempt.GetProperty("status").ValueKind is JsonValueKind.Null ? null : attempt.GetProperty("status").GetInt32());
        Assert.DoesNotContain("secret of theirs", receipt.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_not_read()
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        var hungUp = new TaskCompletionSource();
        receiver.Answer = async (_, context) =>
        {
            using var end = context.RequestAborted.Register(hungUp.SetResult);
            while (!hungUp.Task.IsCompleted)
            {
                await context.Response.Body.WriteAsync(new byte[64 * 1024], Ct);
                await Task.Delay(1);
            }
        };
        using var owner = await Colleague.NewAsync(api);
        var (webhook, _) = await CreateAsync(owner, receiver);
        await owner.SendAsync("POST", $"webhooks/{webhook}/test");
        await DeliveryAsync(owner, webhook, delivery => Text(delivery, "status") == "delivered");
        await hungUp.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task One_that_is_gone_is_switched_off_at_once_and_its_owner_is_told()
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        receiver.Answer = (_, context) =>
        {
            context.Response.StatusCode = 410;
            return Task.CompletedTask;
        };
        using var owner = await Colleague.NewAsync(api);
        var (webhook, _) = await CreateAsync(owner, receiver);
        await owner.SendAsync("POST", $"webhooks/{webhook}/test");
        await api.LetterAsync(owner.Email, "A webhook was switched off: 127.0.0.1");
        Assert.Equal("gone", Text((await ListAsync(owner)).Single(), "disabledWhy"));

        // What waits is dropped, and comes when it is asked for once it is on again.
        await DeliveryAsync(owner, webhook, delivery => Text(delivery, "status") == "dropped");
        receiver.Answer = (_, _) => Task.CompletedTask;
        var (status, body) = await owner.SendAsync("PATCH", $"webhooks/{webhook}", new { enabled = true });
        Assert.Equal((200, JsonValueKind.Null), (status, body!.Value.GetProperty("disabledWhy").ValueKind));
        var before = (await receiver.UntilAsync(1))[0];
        Assert.Equal(202, (await owner.SendAsync("POST", $"webhooks/{webhook}/deliveries/{before.Id}/resend")).Status);
        Assert.Equal(before.Id, (await receiver.UntilAsync(2))[1].Id);
    }

    [Fact]
    public async Task A_new_secret_signs_beside_the_old_one_and_is_not_shown_again()
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        using var owner = await Colleague.NewAsync(api);
        var (webhook, first) = await CreateAsync(owner, receiver);
        var (status, body) = await owner.SendAsync("POST", $"webhooks/{webhook}/secret");
        var second = Text(body!.Value, "secret");
        Assert.Equal(200, status);
        Assert.NotEqual(first, second);

        await owner.SendAsync("POST", $"webhooks/{webhook}/test");
        var received = Assert.Single(await receiver.UntilAsync(1));
        Assert.Equal(2, received.Signatures.Count);
        Assert.True(received.IsSignedBy(first) && received.IsSignedBy(second));
        var (_, list) = await owner.SendAsync("GET", "webhooks");
        Assert.DoesNotContain("whsec_", list!.Value.GetRawText(), StringComparison.Ordinal);

        // After a third the first is nowhere any more.
        await owner.SendAsync("POST", $"webhooks/{webhook}/secret");
        Assert.Null(await api.Service<BotSecrets>().FindAsync(webhook, "signing-1", Ct));
        await owner.SendAsync("POST", $"webhooks/{webhook}/test");
        var last = (await receiver.UntilAsync(2))[^1];
        Assert.True(last.IsSignedBy(second) && !last.IsSignedBy(first));
    }

    [Fact]
    public async Task Everything_from_an_event_on_is_sent_again_also_to_an_endpoint_that_is_new()
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        using var owner = await Colleague.NewAsync(api);
        var (first, _) = await CreateAsync(owner, receiver, "bot.status-changed");
        var id = await OrderAsync(owner);
        foreach (var status in (DeploymentStatus[])[DeploymentStatus.Provisioning, DeploymentStatus.Configuring, DeploymentStatus.Starting])
        {
            await Task.Delay(5);
            await ChangeAsync(owner, id, status);
        }

        var ids = (await receiver.UntilAsync(4)).Select(one => one.Id).Order(StringComparer.Ordinal).ToList();
        await using var other = await Receiver.StartAsync(api.Certificate);
        var (second, _) = await CreateAsync(owner, other, "bot.status-changed");
        foreach (var (webhook, at, already) in new[] { (first, receiver, 4), (second, other, 0) })
        {
            var (status, body) = await owner.SendAsync("POST", $"webhooks/{webhook}/replay", new { from = ids[1] });
            Assert.Equal((202, 3), (status, body!.Value.GetProperty("events").GetInt32()));
            Assert.Equal(ids[1..], (await at.UntilAsync(already + 3)).Skip(already).Select(one => one.Id).Order(StringComparer.Ordinal));
        }

        Assert.Equal(400, (await owner.SendAsync("POST", $"webhooks/{first}/replay", new { from = "evt_nonsense" })).Status);
        Assert.Equal(400, (await owner.SendAsync("POST", $"webhooks/{first}/replay", new { from = "evt_0000000000001_A_1" })).Status);
    }

    [Fact]
    public async Task A_webhook_of_somebody_else_is_not_found_and_who_may_not_manage_sees_none()
    {
        await using var receiver = await Receiver.StartAsync(api.Certificate);
        using var owner = await Colleague.NewAsync(api);
        using var stranger = await Colleague.NewAsync(api);
        var (webhook, _) = await CreateAsync(owner, receiver);
        foreach (var (method, path, body) in new (string, string, object?)[]
            {
                ("PATCH", "", new { enabled = false }), ("DELETE", "", null), ("POST", "/secret", null), ("GET", "/deliveries", null), ("POST", "/test", null),
                ("POST", "/replay", new { from = "evt_1" }), ("POST", "/deliveries/evt_0000000000001_A_1/resend", null),
            })
        {
            foreach (var id in new[] { webhook, webhook[..^4] + "ZZZZ", "nonsense", "told-dep_1" })
            {
                Assert.Equal(404, (await stranger.SendAsync(method, $"webhooks/{id}{path}", body)).Status);
            }
        }

        Assert.Empty(await ListAsync(stranger));
        Assert.Single(await ListAsync(owner));
        Assert.Equal(204, (await owner.SendAsync("DELETE", $"webhooks/{webhook}")).Status);
        Assert.Equal(404, (await owner.SendAsync("GET", $"webhooks/{webhook}/deliveries")).Status);
        Assert.Null(await api.Service<BotSecrets>().FindAsync(webhook, "signing-1", Ct));
    }

    [Fact]
    public async Task What_is_typed_wrong_is_refused_and_an_account_has_ten_at_most()
    {
        using var owner = await Colleague.NewAsync(api);
        foreach (var wrong in new object[]
            {
                new { url = "http://example.com/" }, new { url = "https://10.0.0.1/" }, new { url = "https://example.com/", types = new[] { "nonsense" } },
                new { url = "https://example.com/", description = new string('a', 101) }, new { },
            })
        {
            Assert.Equal(400, (await owner.SendAsync("POST", "webhooks", wrong)).Status);
        }

        for (var number = 0; number < 10; number++)
        {
            Assert.Equal(201, (await owner.SendAsync("POST", "webhooks", new { url = $"https://example.com/{number}" })).Status);
        }

        Assert.Equal(400, (await owner.SendAsync("POST", "webhooks", new { url = "https://example.com/" })).Status);
    }

    private static async Task<string> OrderAsync(Colleague owner)
    {
        var (status, body) = await owner.SendAsync("POST", "deployments", new { name = "Ada", plan = "starter" });
        Assert.Equal(201, status);
        return Text(body!.Value, "id");
    }

    private Task<Deployment> ChangeAsync(Colleague owner, string id, DeploymentStatus to) =>
        api.Service<DeploymentStore>().ChangeAsync(owner.Account, id, now => now.To(to), Ct);

    private static async Task<(string Id, string Secret)> CreateAsync(Colleague owner, Receiver receiver, params string[] types)
    {
        var (status, body) = await owner.SendAsync("POST", "webhooks", new { url = receiver.Url, types, description = "Mine" });
        Assert.True(status == 201, $"{body}");
        return (Text(body!.Value.GetProperty("webhook"), "id"), Text(body.Value, "secret"));
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(Colleague owner) =>
        [.. (await owner.SendAsync("GET", "webhooks")).Body!.Value.GetProperty("webhooks").EnumerateArray()];

    private static async Task<JsonElement> DeliveryAsync(Colleague owner, string webhook, Func<JsonElement, bool> enough)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var (_, body) = await owner.SendAsync("GET", $"webhooks/{webhook}/deliveries");
            if (body!.Value.GetProperty("deliveries").EnumerateArray().FirstOrDefault(enough) is { ValueKind: JsonValueKind.Object } found)
            {
                return found;
            }

            await Task.Delay(200, patience.Token);
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
