using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Local.Faults;
using Launchpad.Shared.Requests;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Api;

/// <summary>A request that may be sent again, because its sender did not hear what became of it.</summary>
[Collection(ApiCollection.Name)]
public sealed class RequestKeyTests(LaunchpadApi api)
{
    private static readonly object Order = new { name = "Ada", plan = "starter" };

    [Fact]
    public async Task The_same_request_under_the_same_key_is_answered_with_what_it_made()
    {
        using var owner = await api.SignedUpAsync();
        var first = await PostAsync(owner, "deployments", Order, "one");
        var second = await PostAsync(owner, "deployments", Order, "one");
        Assert.Equal((201, first.Text, first.Location), (second.Status, second.Text, second.Location));
        Assert.Equal((false, true), (first.Replayed, second.Replayed));
        Assert.Equal(1, (await owner.GetAsync("deployments")).GetProperty("deployments").GetArrayLength());

        Assert.NotEqual(first.Text, (await PostAsync(owner, "deployments", Order, "two")).Text);
        Assert.NotEqual(first.Text, (await PostAsync(owner, "deployments", Order, null)).Text);
    }

    [Fact]
    public async Task What_was_answered_is_kept_sealed()
    {
        using var owner = await api.SignedUpAsync();
        var first = await PostAsync(owner, "tokens", new { name = "CI", permissions = new[] { "read" } }, "token");
        var secret = JsonElement.Parse(first.Text).GetProperty("secret").GetString()!;
        Assert.Equal(first.Text, (await PostAsync(owner, "tokens", new { name = "CI", permissions = new[] { "read" } }, "token")).Text);
        await foreach (var row in api.Service<Tables>().Idempotency.QueryAsync<TableEntity>())
        {
            Assert.DoesNotContain(row.Select(column => column.Value).OfType<string>(), value => value.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Sent_several_times_at_once_it_is_done_once()
    {
        using var owner = await api.SignedUpAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostAsync(owner, "deployments", Order, "at-once")));
        Assert.Single(answers.Where(answer => answer.Status == 201).Select(answer => answer.Text).Distinct());
        Assert.All(answers.Where(answer => answer.Status != 201), answer => Assert.Equal((409, "key-going"), (answer.Status, RunningBot.KindOf(answer.Text))));
        Assert.Equal(1, (await owner.GetAsync("deployments")).GetProperty("deployments").GetArrayLength());
    }

    [Fact]
    public async Task What_changes_something_by_any_method_may_be_sent_again()
    {
        using var bot = await RunningBot.OfAsync(api);
        var (first, again) = (await ChangeAsync("change"), await ChangeAsync("change"));
        Assert.Equal((202, first.Text), (again.Status, again.Text));
        var (busy, kind) = await bot.PatchAsync(new { model = "other" });
        Assert.Equal((409, "busy"), (busy, RunningBot.KindOf(kind)));

        Task<(int Status, string Text)> ChangeAsync(string key) => bot.SendAsync(
            HttpMethod.Patch, $"deployments/{bot.Id}/config", new { model = "other" }, ("If-Match", "\"v1\""), ("Idempotency-Key", key));
    }

    [Fact]
    public async Task Another_request_under_the_key_is_refused_and_does_nothing()
    {
        using var owner = await api.SignedUpAsync();
        await PostAsync(owner, "deployments", Order, "taken");
        foreach (var (path, body) in new (string, object)[] { ("deployments", new { name = "Grace", plan = "starter" }), ("billing/checkout", Order) })
        {
            var other = await PostAsync(owner, path, body, "taken");
            Assert.Equal((422, "key-taken"), (other.Status, RunningBot.KindOf(other.Text)));
        }

        Assert.Equal(1, (await owner.GetAsync("deployments")).GetProperty("deployments").GetArrayLength());
    }

    [Fact]
    public async Task What_broke_off_is_done_again_at_once()
    {
        using var owner = await api.SignedUpAsync();
        var order = new { deployment = await owner.OrderAsync() };
        api.Faults.Set(1, [new FaultRule("stripe", FaultKind.FailBefore, "POST")]);
        var broken = await PostAsync(owner, "billing/checkout", order, "broken");
        api.Faults.Clear();
        Assert.InRange(broken.Status, 500, 599);
        Assert.Equal(201, (await PostAsync(owner, "billing/checkout", order, "broken")).Status);
    }

    [Fact]
    public async Task Whose_sender_hung_up_it_is_done_to_its_end_and_once()
    {
        using var owner = await api.SignedUpAsync();
        var order = new { name = "Ada", plan = "starter", modelKey = "sk-canary-0123456789" };
        api.Faults.Set(1, [new FaultRule("keyvault", FaultKind.Delay, "PUT", DelayMs: 3000)]);
        try
        {
            using var patience = new CancellationTokenSource();
            var sent = PostAsync(owner, "deployments", order, "hung-up", patience.Token);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!api.Faults.Report().Calls.Any(call => call is { Service: "keyvault", Method: "PUT" }))
            {
                await Task.Delay(20, limit.Token);
            }

            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
            var again = await PostAsync(owner, "deployments", order, "hung-up");
            Assert.Equal((409, "key-going"), (again.Status, RunningBot.KindOf(again.Text)));
            while ((again = await PostAsync(owner, "deployments", order, "hung-up")).Status == 409)
            {
                await Task.Delay(100, limit.Token);
            }

            Assert.Equal((201, true), (again.Status, again.Replayed));
            var only = Assert.Single((await owner.GetAsync("deployments")).GetProperty("deployments").EnumerateArray());
            Assert.Equal(only.GetProperty("id").GetString(), JsonElement.Parse(again.Text).GetProperty("id").GetString());
        }
        finally
        {
            api.Faults.Clear();
        }
    }

    [Fact]
    public async Task A_key_is_its_accounts_alone()
    {
        using var one = await api.SignedUpAsync();
        using var other = await api.SignedUpAsync();
        var first = await PostAsync(one, "deployments", Order, "mine");
        var second = await PostAsync(other, "deployments", Order, "mine");
        Assert.Equal((201, 201), (first.Status, second.Status));
        Assert.NotEqual(first.Text, second.Text);
    }

    [Fact]
    public async Task What_was_refused_is_looked_at_again()
    {
        using var owner = await api.SignedUpAsync();
        var wrong = new { name = "Ada", plan = "none" };
        Assert.Equal(400, (await PostAsync(owner, "deployments", wrong, "wrong")).Status);
        Assert.Equal(400, (await PostAsync(owner, "deployments", wrong, "wrong")).Status);
        Assert.Equal(201, (await PostAsync(owner, "deployments", Order, "wrong")).Status);
    }

    public static TheoryData<string> NoKeys => [" ", "with space", new string('k', 201)];

    [Theory]
    [MemberData(nameof(NoKeys))]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        using var owner = await api.SignedUpAsync();
        var answer = await PostAsync(owner, "deployments", Order, key);
        Assert.Equal((400, "invalid"), (answer.Status, RunningBot.KindOf(answer.Text)));
    }

    [Fact]
    public async Task Whose_owner_died_it_can_be_had_again_and_after_a_day_it_is_free()
    {
        var (request, ct) = (new KeyedRequest($"acc_{Guid.NewGuid():N}", "key", "hash"), CancellationToken.None);
        var clock = new LaterTime();
        var keys = new RequestKeys(api.Service<Tables>(), api.Service<Lazy<Seal>>(), clock);
        Assert.Equal(KeyState.Free, (await keys.TakeAsync(request, ct)).State);
        Assert.Equal(KeyState.Going, (await keys.TakeAsync(request, ct)).State);
        clock.Ahead = TimeSpan.FromMinutes(3);
        Assert.Equal(KeyState.Free, (await keys.TakeAsync(request, ct)).State);
        await keys.KeepAsync(request, new(201, "/there", "{}"), ct);
        Assert.Equal((KeyState.Answered, new KeptAnswer(201, "/there", "{}")), await keys.TakeAsync(request, ct));
        clock.Ahead += RequestKeys.Kept;
        Assert.Equal(KeyState.Free, (await keys.TakeAsync(request with { Hash = "other" }, ct)).State);
    }

    private static async Task<(int Status, string Text, string? Location, bool Replayed)> PostAsync(
        Owner owner, string path, object body, string? key, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using var answer = await owner.Http.SendAsync(request, ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(ct), answer.Headers.Location?.ToString(),
            answer.Headers.Contains("Idempotency-Replayed"));
    }

    private sealed class LaterTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
