using System.Text.Json;

namespace Launchpad.Host.Tests;

/// <summary>What the engine can do, through the official worker and client.</summary>
[Collection(SharedHostCollection.Name)]
public sealed class DurableTests(SharedHost host)
{
    private HostProcess App => host.App;

    [Fact]
    public async Task Activities_do_the_work_of_a_saga_which_sees_the_version_that_host_json_names()
    {
        var id = await App.BeginAsync("Greet", new { names = new[] { "Ada", "Grace" }, tone = 1 });
        var greeting = JsonElement.Parse((await App.OutputAsync(id))!);
        Assert.Equal("HELLO Ada, HELLO Grace", Property(greeting, "text").GetString());
        Assert.Equal("7", Property(greeting, "version").GetString());
        Assert.Single(host.Folder.Journal, $"say Ada for {id}");
    }

    [Fact]
    public async Task An_event_reaches_the_saga_that_waits_for_it_and_says_so()
    {
        var id = await App.BeginAsync("Waiting");
        await Eventually.TrueAsync(
            async () => (await App.SagaAsync(id)).GetProperty("custom").GetString() == """{"waitsFor":"word"}""",
            "it says what it waits for");
        await App.TellAsync(id, "word?with=open");
        Assert.Equal("\"heard open\"", await App.OutputAsync(id));
    }

    [Fact]
    public async Task A_saga_may_call_another()
    {
        var id = await App.BeginAsync("Parent", "Ada");
        Assert.Equal("HELLO Ada", Property(JsonElement.Parse((await App.OutputAsync(id))!), "text").GetString());
    }

    [Fact]
    public async Task An_activity_is_retried_as_often_as_the_saga_says()
    {
        Assert.Equal("\"sure after 3\"", await App.OutputAsync(await App.BeginAsync("Persistent", 2)));
        var saga = await App.ReachesAsync(await App.BeginAsync("Persistent", 3), "Failed");
        Assert.Contains("not sure, the 3. time", saga.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_that_fails_fails_its_saga_with_its_words()
    {
        var saga = await App.ReachesAsync(await App.BeginAsync("Greet", new { names = new[] { "nobody" } }), "Failed");
        Assert.Contains("there is nobody to greet", saga.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saga_sleeps_and_begins_anew() =>
        Assert.Equal("\"counted down\"", await App.OutputAsync(await App.BeginAsync("Countdown", 1)));

    [Fact]
    public async Task A_saga_can_be_suspended_resumed_and_terminated()
    {
        var id = await App.BeginAsync("Waiting");
        await App.ReachesAsync(id, "Running");
        await App.TellAsync(id, "suspend");
        await App.ReachesAsync(id, "Suspended");
        await App.TellAsync(id, "resume");
        await App.ReachesAsync(id, "Running");
        await App.TellAsync(id, "terminate");
        Assert.Equal("\"enough\"", (await App.ReachesAsync(id, "Terminated")).GetProperty("output").GetString());
    }

    [Fact]
    public async Task An_entity_is_signalled_called_and_read()
    {
        using var added = await App.SendAsync("PUT", "/api/counters/visits/19");
        Assert.Equal(202, (int)added.StatusCode);
        await Eventually.TrueAsync(async () => await App.GetAsync("/api/counters/visits") == (200, "19"), "the signal has come");
        Assert.Equal("42", await App.OutputAsync(await App.BeginAsync("AddTwice", "visits")));
        Assert.Equal(404, (await App.GetAsync("/api/counters/nothing")).Status);
    }

    // Payloads are written as System.Text.Json does by default: with the names of the record.
    private static JsonElement Property(JsonElement element, string name) =>
        element.EnumerateObject().Single(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
