using System.Net;
using System.Text;
using System.Text.Json;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Api;

/// <summary>What an owner sees of a bot beyond its state: what it uses, what it made of its files, and what was done with all of his.</summary>
[Collection(ApiCollection.Name)]
public sealed class ObservationTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task What_a_bot_used_is_told_between_two_samples_and_over_a_restart_of_its_container()
    {
        using var bot = await RunningBot.OfAsync(api);
        var now = DateTimeOffset.UtcNow;
        // 30 s and 60 s of a core in five minutes each; then its container begins anew and has used 15 s.
        foreach (var (minutes, cpuMs, memory) in new[] { (20, 1_000L, 100), (15, 31_000L, 110), (10, 91_000L, 120), (5, 15_000L, 90) })
        {
            await TellAsync(bot.Id, now.AddMinutes(-minutes), cpuMs, memory);
        }

        var usage = await bot.Owner.GetAsync($"deployments/{bot.Id}/usage?hours=1");
        Assert.Equal(2048, usage.GetProperty("memoryMb").GetInt32());
        var samples = usage.GetProperty("samples").EnumerateArray().ToList();
        Assert.Equal([0.1, 0.2, 0.05], samples.Select(one => Math.Round(one.GetProperty("cpu").GetDouble(), 3)));
        Assert.Equal([110, 120, 90], samples.Select(one => one.GetProperty("memoryMb").GetInt32()));
        Assert.Equal(7, samples[0].GetProperty("storageMb").GetInt32());
        foreach (var wrong in new[] { "0", "721", "-1", "1.5", "many" })
        {
            Assert.Equal(400, (await bot.Owner.AskAsync($"deployments/{bot.Id}/usage?hours={wrong}")).Status);
        }
    }

    [Fact]
    public async Task Thirty_days_are_kept_no_more_and_so_many_are_averaged()
    {
        using var bot = await RunningBot.OfAsync(api);
        var (store, now) = (api.Service<UsageStore>(), DateTimeOffset.UtcNow);
        for (var step = 0; step < 900; step++)
        {
            await TellAsync(bot.Id, now.AddMinutes(-5 * step), 1_000_000 - (step * 30_000), 100);
        }

        // What stood in the place of a step thirty days ago makes way for it, and is told to nobody before it does.
        await TellAsync(bot.Id, now - UsageStore.KeptFor + TimeSpan.FromMinutes(-10), 1, 100);
        var all = await store.ListAsync(bot.Id, now - UsageStore.KeptFor, now, 400, Ct);
        Assert.InRange(all.Count, 250, 400);
        Assert.All(all, sample => Assert.InRange(sample.Cpu, 0, 0.11));
        Assert.Equal(11, (await store.ListAsync(bot.Id, now.AddHours(-1), now, 400, Ct)).Count, 1.0);
    }

    [Fact]
    public async Task What_a_bot_made_of_its_own_files_may_stay_or_is_put_back()
    {
        using var bot = await RunningBot.OfAsync(api);
        var drift = api.Service<DriftStore>();
        Difference[] files = [new("openclaw.json", "a", "b")];
        await drift.PutAsync(bot.Id, "vm_none", files, Ct);
        var found = (await bot.Owner.GetAsync($"deployments/{bot.Id}/drift")).GetProperty("drift")[0];
        Assert.Equal("""["accept","revert"]""", found.GetProperty("can").GetRawText());
        var place = $"deployments/{bot.Id}/drift/{found.GetProperty("fingerprint").GetString()}";

        using var stranger = await api.SignedUpAsync();
        using (var refused = await stranger.Http.PostAsync(new Uri($"{place}/accept", UriKind.Relative), null, Ct))
        {
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }

        for (var time = 0; time < 2; time++)
        {
            using var accepted = await bot.Owner.Http.PostAsync(new Uri($"{place}/accept", UriKind.Relative), null, Ct);
            var text = await accepted.Content.ReadAsStringAsync(Ct);
            Assert.Equal("""["revert"]""", JsonElement.Parse(text).GetProperty("can").GetRawText());
        }

        // The next look at the machine finds the same, and what was said of it stays.
        await drift.PutAsync(bot.Id, "vm_none", files, Ct);
        Assert.NotEqual(JsonValueKind.Null, (await bot.Owner.GetAsync($"deployments/{bot.Id}/drift")).GetProperty("drift")[0].GetProperty("acceptedAt").ValueKind);
        var record = (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetRawText();
        Assert.Equal(2, record.Split("accept-drift").Length);

        using var reverting = await bot.Owner.Http.PostAsync(new Uri($"{place}/revert", UriKind.Relative), null, Ct);
        Assert.Equal(HttpStatusCode.Accepted, reverting.StatusCode);
        Assert.Contains("revert-drift", (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(409, (await bot.SendAsync(HttpMethod.Post, $"deployments/{bot.Id}/drift/0123/revert", new { })).Status);
    }

    [Fact]
    public async Task What_is_not_of_the_bots_files_is_nothing_that_its_owner_accepts()
    {
        using var bot = await RunningBot.OfAsync(api);
        await api.Service<DriftStore>().PutAsync(bot.Id, "vm_none", [new(Drift.Image, "a", "b")], Ct);
        var found = (await bot.Owner.GetAsync($"deployments/{bot.Id}/drift")).GetProperty("drift")[0];
        Assert.Equal("[]", found.GetProperty("can").GetRawText());
        foreach (var choice in new[] { "accept", "revert" })
        {
            var place = $"deployments/{bot.Id}/drift/{found.GetProperty("fingerprint").GetString()}/{choice}";
            Assert.Equal(409, (await bot.SendAsync(HttpMethod.Post, place, new { })).Status);
        }
    }

    [Fact]
    public async Task The_records_of_all_bots_are_one_list_newest_first_that_can_be_searched_and_taken_along()
    {
        using var bot = await RunningBot.OfAsync(api);
        var second = await bot.Owner.OrderAsync();
        for (var name = 0; name < 110; name++)
        {
            var id = name % 2 == 0 ? bot.Id : second;
            Assert.Equal(200, (await bot.SendAsync(HttpMethod.Patch, $"deployments/{id}", new { name = $"Ada {name}" })).Status);
        }

        var rows = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await bot.Owner.GetAsync($"record{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}");
            rows.AddRange(page.GetProperty("rows").EnumerateArray());
            cursor = page.GetProperty("cursor").GetString();
        }
        while (cursor is not null);
        var single = new List<string>();
        foreach (var id in new[] { bot.Id, second })
        {
            single.AddRange((await bot.Owner.GetAsync($"deployments/{id}/record")).GetProperty("rows").EnumerateArray().Select(Hash));
        }

        Assert.True(rows.Count > 100, $"{rows.Count} rows");
        Assert.Equal(single.Order(), rows.Select(Hash).Order());
        var times = rows.Select(row => row.GetProperty("at").GetString()).ToList();
        Assert.Equal(times.OrderDescending(StringComparer.Ordinal), times);

        var renames = (await bot.Owner.GetAsync($"record?q=RENAME&deployment={second}")).GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(55, renames.Count);
        Assert.All(renames, row => Assert.Equal(second, row.GetProperty("deployment").GetString()));

        var lines = (await bot.Owner.Http.GetStringAsync(new Uri("record?format=ndjson", UriKind.Relative), Ct)).TrimEnd('\n').Split('\n');
        Assert.Equal(rows.Select(Hash), lines.Select(line => Hash(JsonElement.Parse(line))));
        using var stranger = await api.SignedUpAsync();
        Assert.Empty((await stranger.GetAsync($"record?deployment={second}")).GetProperty("rows").EnumerateArray());
        Assert.Equal(400, (await stranger.AskAsync("record?cursor=*")).Status);
        Assert.Equal(400, (await stranger.AskAsync("record?deployment=other")).Status);

        static string Hash(JsonElement row) => row.GetProperty("hash").GetString()!;
    }

    [Fact]
    public async Task A_rehearsal_is_an_upgrade_that_counts_against_nothing()
    {
        using var bot = await RunningBot.OfAsync(api);
        Assert.Equal("""["broken"]""", (await bot.Owner.GetAsync("capabilities")).GetProperty("rehearsals").GetRawText());
        Assert.Equal(400, (await bot.SendAsync(HttpMethod.Post, $"deployments/{bot.Id}/rehearsals", new { fault = "1.0.0" })).Status);
        using var begun = await bot.Owner.Http.PostAsync(new Uri($"deployments/{bot.Id}/rehearsals", UriKind.Relative), null, Ct);
        var accepted = await begun.Content.ReadAsStringAsync(Ct);
        Assert.Equal("rehearsal", (await bot.Owner.GetAsync($"operations/{RunningBot.OperationOf(accepted)}")).GetProperty("kind").GetString());
        await bot.FailedAsync(accepted);
        var updates = (await bot.Owner.GetAsync($"deployments/{bot.Id}/config")).GetProperty("updates");
        Assert.Equal(0, updates.GetProperty("failedRollouts").GetInt32());
    }

    [Fact]
    public async Task A_registry_or_a_machine_that_does_not_answer_is_said_to_be_away()
    {
        using var bot = await RunningBot.OfAsync(api);
        foreach (var path in new[] { "releases", $"deployments/{bot.Id}/browsers" })
        {
            var (status, text) = await bot.Owner.AskAsync(path);
            Assert.Equal((503, "unavailable"), (status, RunningBot.KindOf(text)));
        }

        using var order = await api.SignedUpAsync();
        var id = await order.OrderAsync();
        Assert.Equal(409, (await order.AskAsync($"deployments/{id}/provenance")).Status);
        Assert.Equal(503, (await order.AskAsync($"deployments/{id}/config-schema")).Status);
        Assert.Empty((await order.GetAsync($"deployments/{id}/browsers")).GetProperty("waiting").EnumerateArray());
    }

    [Fact]
    public async Task How_often_one_may_still_guess_is_said_beforehand()
    {
        using var http = new HttpClient { BaseAddress = api.Address };
        for (var left = 10; left > 7; left--)
        {
            using var body = new StringContent("""{"email":"limits@example.com","password":"not this one"}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("auth/login", UriKind.Relative), body, Ct);
            Assert.Equal("\"sign-in\";q=11;w=66", answer.Headers.GetValues("RateLimit-Policy").Single());
            Assert.StartsWith($"\"sign-in\";r={left};t=", answer.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        }
    }

    private async Task TellAsync(string deployment, DateTimeOffset at, long cpuMs, int memoryMb) =>
        await api.Service<UsageStore>().TakeAsync(
            $"vm_{deployment}",
            new(at, 1000, 500, [new(deployment, true, true, null, 0, null, false, "image", null, [], new(100, 7, 93), new(cpuMs, memoryMb))]), Ct);
}
