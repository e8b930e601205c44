using System.Diagnostics;
using System.Text.Json;
using Launchpad.Shared.Records;

namespace Launchpad.Functions.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class EventStreamTests(LaunchpadApi api)
{
    [Fact]
    public async Task Rows_are_events_in_their_order_and_a_new_one_comes_within_about_a_second()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        using var events = await EventReader.OpenAsync(owner, $"deployments/{id}/events");
        Assert.Equal("text/event-stream", events.ContentType);
        Assert.Equal(["0", "1"], (await events.TakeAsync(2)).Select(sent => sent.Id));

        var waits = new List<TimeSpan>();
        for (var i = 2; i < 5; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await api.Service<Recorder>().ActAsync(id, "tester", "look", null, CancellationToken.None);
            var (sequence, _, data) = await events.NextAsync();
            waits.Add(Stopwatch.GetElapsedTime(began));
            Assert.Equal($"{i}", sequence);
            Assert.Equal("look", data.GetProperty("data").GetProperty("action").GetString());
        }

        // On a machine that has other things to do, one of them may take its time.
        Assert.InRange(waits.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_events_are_the_rows_to_the_letter()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await api.Service<RecordStore>().FillAsync(id, 20);
        using var events = await EventReader.OpenAsync(owner, $"deployments/{id}/events");
        var sent = (await events.TakeAsync(22)).Select(sent => sent.Data);
        var rows = (await owner.GetAsync($"deployments/{id}/record")).GetProperty("rows").EnumerateArray();
        Assert.True(sent.Zip(rows).All(pair => JsonElement.DeepEquals(pair.First, pair.Second)));
    }

    [Theory]
    [InlineData("events", "7")]
    [InlineData("events?after=7", null)]
    [InlineData("events?after=3", "7")]
    public async Task A_client_that_comes_back_goes_on_after_the_row_it_names(string path, string? lastEventId)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await api.Service<RecordStore>().FillAsync(id, 10);
        using var events = await EventReader.OpenAsync(owner, $"deployments/{id}/{path}", lastEventId);
        Assert.Equal(["8", "9", "10", "11"], (await events.TakeAsync(4)).Select(sent => sent.Id));
    }

    /// <summary>While rows are being written, a client breaks off at random and comes back each time with the id it saw last.</summary>
    [Fact]
    public async Task However_often_the_connection_breaks_no_row_is_lost_and_none_comes_twice()
    {
        const int rows = 600;
        var (random, seen) = (new Random(17), new List<string>());
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var writing = Task.Run(async () =>
        {
            for (var written = 2; written < rows; written += 23)
            {
                await api.Service<RecordStore>().FillAsync(id, Math.Min(23, rows - written));
            }
        });
        while (seen.Count < rows)
        {
            using var events = await EventReader.OpenAsync(owner, $"deployments/{id}/events", seen.LastOrDefault());
            seen.AddRange((await events.TakeAsync(Math.Min(random.Next(1, 120), rows - seen.Count))).Select(sent => sent.Id!));
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, rows).Select(sequence => $"{sequence}"), seen);
    }

    [Fact]
    public async Task An_account_has_a_bounded_number_of_streams_and_one_that_is_closed_is_free_again()
    {
        using var owner = await api.SignedUpAsync();
        using var other = await api.SignedUpAsync();
        var (id, others) = (await owner.OrderAsync(), await other.OrderAsync());
        var open = new List<EventReader>();
        for (var i = 0; i < EventStreams.PerAccountMax; i++)
        {
            open.Add(await EventReader.OpenAsync(owner, $"deployments/{id}/{(i % 2 == 0 ? "events" : "logs/stream")}"));
        }

        var (status, text) = await owner.AskAsync($"deployments/{id}/events");
        Assert.Equal((429, "urn:launchpad:problem:too-many-streams"), (status, JsonElement.Parse(text).GetProperty("type").GetString()));
        Assert.Contains("Close one", text, StringComparison.Ordinal);
        using (await EventReader.OpenAsync(other, $"deployments/{others}/events"))
        {
        }

        open[0].Dispose();
        var deadline = Stopwatch.StartNew();
        while ((await owner.AskAsync($"deployments/{id}/events")).Status != 200)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), "The stream that was closed is never free.");
            await Task.Delay(50);
        }

        open.ForEach(stream => stream.Dispose());
    }
}
