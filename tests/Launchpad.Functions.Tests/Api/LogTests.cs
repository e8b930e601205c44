using System.Text.Json;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class LogTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly DateTimeOffset Morning = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    private BotLogs Lines => api.Service<BotLogs>();

    [Theory]
    [InlineData("", "1 2 3 4 5 6 7 8 9 10")]
    [InlineData("?tail=3", "8 9 10")]
    [InlineData("?from=2026-01-31T08:00:03Z", "3 4 5 6 7 8 9 10")]
    [InlineData("?to=2026-01-31T08:00:03.0000000Z", "1 2 3")]
    [InlineData("?from=2026-01-31T08:00:03Z&to=2026-01-31T10:00:05%2B02:00", "3 4 5")]
    [InlineData("?from=2026-01-31T08:00:03&to=2026-01-31T08:00:05&tail=2", "4 5")]
    [InlineData("?contains=EVEN", "2 4 6 8 10")]
    [InlineData("?contains=even&to=2026-01-31T08:00:05Z", "2 4")]
    [InlineData("?contains=%2E%2A", "")]
    [InlineData("?contains=it%27s", "1 2 3 4 5 6 7 8 9 10")]
    public async Task Lines_are_found_by_time_and_by_text(string query, string expected)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var lines = Enumerable.Range(1, 10).Select(n => Line(n, $"line {n} it's {(n % 2 == 0 ? "Even" : "Odd")}"));
        await Lines.StoreAsync(id, [.. lines], Morning, Ct);
        var found = await owner.GetAsync($"deployments/{id}/logs{query}");
        Assert.Equal(expected, string.Join(' ', Texts(found).Select(text => text.Split(' ')[1])));
    }

    [Theory]
    [InlineData("tail=0", "tail")]
    [InlineData("tail=1001", "tail")]
    [InlineData("tail=ten", "tail")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=", "from")]
    [InlineData("to=2026-13-01T00:00:00Z", "to")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("contains=", "contains")]
    [InlineData("contains=%00", "contains")]
    [InlineData("continuation=x", "continuation")]
    [InlineData("continuation=6974402136854775807-zzzzzzzz", "continuation")]
    public async Task What_cannot_be_looked_for_is_refused_by_name(string query, string field)
    {
        using var owner = await api.SignedUpAsync();
        var (status, text) = await owner.AskAsync($"deployments/{await owner.OrderAsync()}/logs?{query}");
        Assert.Equal(400, status);
        Assert.StartsWith($"'{field}' ", JsonElement.Parse(text).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A needle at the far end: each answer looks at a bounded number of lines and says where to go on.</summary>
    [Fact]
    public async Task A_search_through_many_lines_goes_on_where_it_stopped()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        for (var at = 0; at < 6_000; at += 1_000)
        {
            await Lines.StoreAsync(id, [.. Enumerable.Range(at, 1_000).Select(n => Line(n, n == 7 ? "needle" : $"hay {n}"))], Morning, Ct);
        }

        var first = await owner.GetAsync($"deployments/{id}/logs?contains=needle");
        Assert.Empty(Texts(first));
        var second = await owner.GetAsync(
            $"deployments/{id}/logs?contains=needle&continuation={first.GetProperty("continuation").GetString()}");
        Assert.Equal(["needle"], Texts(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("continuation").ValueKind);

        var (all, next) = (new List<string>(), "");
        while (next is not null)
        {
            var page = await owner.GetAsync($"deployments/{id}/logs?tail=1000{next}");
            all.InsertRange(0, Texts(page));
            next = page.GetProperty("continuation").GetString() is { } before ? $"&continuation={before}" : null;
        }

        Assert.Equal(6_000, all.Count);
        Assert.Equal("hay 0", all[0]);
        Assert.Equal(6_000, all.Distinct().Count());
    }

    [Fact]
    public async Task A_tail_shows_new_lines_and_goes_on_after_the_line_that_was_seen_last()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await StoreAsync(id, 1, 3);
        string? last;
        using (var tail = await EventReader.OpenAsync(owner, $"deployments/{id}/logs/stream"))
        {
            Assert.Equal(["line 1", "line 2", "line 3"], (await tail.TakeAsync(3)).Select(Text));
            await StoreAsync(id, 1, 5);
            var more = await tail.TakeAsync(2);
            Assert.Equal(["line 4", "line 5"], more.Select(Text));
            last = more[^1].Id;
        }

        await StoreAsync(id, 3, 9);
        using var again = await EventReader.OpenAsync(owner, $"deployments/{id}/logs/stream", last);
        Assert.Equal(["line 6", "line 7", "line 8", "line 9"], (await again.TakeAsync(4)).Select(Text));
    }

    /// <summary>The two outputs of a bot are collected a little out of order: what is late is shown all the same, and only once.</summary>
    [Fact]
    public async Task A_line_that_comes_late_is_shown_without_moving_the_place()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await Lines.StoreAsync(id, [Line(10, "first"), Line(12, "third")], Morning, Ct);
        using var tail = await EventReader.OpenAsync(owner, $"deployments/{id}/logs/stream");
        await tail.TakeAsync(2);
        await Lines.StoreAsync(id, [Line(11, "second"), Line(13, "fourth")], Morning.AddSeconds(1), Ct);
        var late = await tail.TakeAsync(2);
        Assert.Equal(["second", "fourth"], late.Select(Text));
        Assert.Null(late[0].Id);
        Assert.NotNull(late[1].Id);
        using var again = await EventReader.OpenAsync(owner, $"deployments/{id}/logs/stream", late[1].Id);
        await Lines.StoreAsync(id, [Line(14, "fifth")], Morning.AddSeconds(2), Ct);
        Assert.Equal("fifth", Text(await again.NextAsync()));
        Assert.Equal("fifth", Text(await tail.NextAsync()));
    }

    [Fact]
    public async Task A_client_that_missed_more_than_is_sent_again_is_told_so()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await StoreAsync(id, 1, 1);
        var last = (await owner.GetAsync($"deployments/{id}/logs")).GetProperty("lines")[0].GetProperty("id").GetString();
        for (var at = 100; at < 5_500; at += 900)
        {
            await StoreAsync(id, at, at + 899);
        }

        using var tail = await EventReader.OpenAsync(owner, $"deployments/{id}/logs/stream", last);
        var (_, type, gap) = await tail.NextAsync();
        Assert.Equal("gap", type);
        var next = await tail.NextAsync();
        var older = await owner.GetAsync($"deployments/{id}/logs?tail=1&continuation={gap.GetProperty("before").GetString()}");
        Assert.Equal(Number(Text(next)) - 1, Number(Texts(older).Single()));

        static int Number(string text) => int.Parse(text.Split(' ')[1], null);
    }

    [Fact]
    public async Task However_many_watch_the_machine_is_asked_once()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await api.Service<DeploymentStore>().ChangeAsync(owner.Account, id, deployment => deployment with { Vm = "vm_none" }, Ct);
        var streams = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => EventReader.OpenAsync(owner, $"deployments/{id}/logs/stream")));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => owner.GetAsync($"deployments/{id}/logs")));
        await Task.Delay(2_000);

        var only = Assert.Single(await api.InstancesAsync($"logs-{id}"));
        Array.ForEach(streams, stream => stream.Dispose());
        Assert.InRange(only.GetProperty("createdTime").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddSeconds(-2));
    }

    /// <summary>Through the product's own path: typed by the customer, written by the bot, stored, searched, streamed.</summary>
    [Fact]
    public async Task A_secret_that_a_bot_writes_is_nowhere_to_be_read()
    {
        var canary = $"sk-canary+/{Guid.NewGuid():N}";
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync(new { name = "Ada", plan = "starter", modelKey = canary });
        await Lines.StoreAsync(
            id,
            [
                Line(1, $"my key is {canary}."),
                Line(2, canary[..20]),
                Line(3, canary[20..]),
                Line(4, $"?key={Uri.EscapeDataString(canary)}"),
            ],
            Morning, Ct);
        Assert.Equal(
            ["my key is [model-key].", "[model-key]", "[model-key]", "?key=[model-key]"],
            Texts(await owner.GetAsync($"deployments/{id}/logs")));
        Assert.Empty(Texts(await owner.GetAsync($"deployments/{id}/logs?contains=canary")));
        using var tail = await EventReader.OpenAsync(owner, $"deployments/{id}/logs/stream");
        Assert.Equal("my key is [model-key].", Text(await tail.NextAsync()));
        Assert.Equal(canary, await api.Service<BotSecrets>().GetAsync(id, BotSecretNames.ModelKey, Ct));
    }

    private Task StoreAsync(string id, int from, int to) => Lines.StoreAsync(
        id, [.. Enumerable.Range(from, to - from + 1).Select(n => Line(n, $"line {n}"))], Morning.AddSeconds(to), Ct);

    private static VmLogLine Line(int second, string text) => new(Morning.AddSeconds(second), "stdout", text);

    private static List<string> Texts(JsonElement page) =>
        [.. page.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("text").GetString()!)];

    private static string Text((string? Id, string? Type, JsonElement Data) sent) => sent.Data.GetProperty("text").GetString()!;
}
