using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Text.Json;
using Google.Protobuf;
using Launchpad.Host.Worker.Protocol;

namespace Launchpad.Host.Tests;

/// <summary>An app that dies, whatever it was doing.</summary>
public sealed class WorkerTests(WorkerTests.Victim victim) : IClassFixture<WorkerTests.Victim>
{
    private HostProcess App => victim.App;

    [Fact]
    public async Task A_saga_ends_as_it_would_have_when_the_app_dies_in_its_turn()
    {
        var worker = await App.WorkerAsync();
        Assert.Equal(("Completed", "hello Ada, hello Bob"), await EndAsync("Turn", null, "turn"));
        Assert.Contains("dies in turn", victim.Folder.Journal);
        Assert.NotEqual(worker, await App.WorkerAsync());
        Assert.Single(victim.Folder.Journal, "say Ada for turn");
    }

    [Fact]
    public async Task An_activity_that_the_app_died_in_runs_again()
    {
        Assert.Equal(("Completed", "survived 2"), await EndAsync("Deadly", 2, "deadly"));
        Assert.Equal(2, victim.Folder.Journal.Count(line => line == "dies in deadly"));
    }

    [Fact]
    public async Task An_activity_that_the_app_dies_in_three_times_fails_in_words()
    {
        var (status, output) = await EndAsync("Deadly", 100, "deadlier");
        Assert.Equal("Failed", status);
        Assert.Contains("The app ended while it ran Dying", output, StringComparison.Ordinal);
        Assert.Equal(3, victim.Folder.Journal.Count(line => line == "dies in deadlier"));
        Assert.Equal((200, "GET item 7"), await App.GetAsync("/api/items/7"));
    }

    [Fact]
    public async Task A_request_that_the_app_dies_in_is_answered_503_or_broken_off_and_the_next_one_waits_for_the_app()
    {
        Assert.Equal((503, ""), await App.GetAsync("/api/dies/early"));
        Assert.Equal((200, "GET item 7"), await App.GetAsync("/api/items/7"));
        var worker = await App.WorkerAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => App.Http.GetStringAsync(new Uri("/api/dies/late", UriKind.Relative)));
        // The caller may know of it before the host does.
        await Eventually.TrueAsync(async () => await App.WorkerAsync() != worker, "the host knows that the app has ended");
        Assert.Equal((200, "GET item 7"), await App.GetAsync("/api/items/7"));
    }

    [Fact]
    public async Task A_timer_that_the_app_dies_in_runs_again()
    {
        using var fired = await App.SendAsync("POST", "/admin/functions/nightly", SampleFolder.MasterKey, new StringContent("{}"));
        Assert.Equal(202, (int)fired.StatusCode);
        await victim.Folder.WritesAsync("nightly is over");
        Assert.Contains("dies in nightly", victim.Folder.Journal);
    }

    [Fact]
    public async Task An_app_that_hangs_up_is_ended_and_started_again()
    {
        var worker = await App.WorkerAsync();
        (await App.SendAsync("POST", "/api/hang-up")).Dispose();
        await Eventually.True(() => !HostProcess.IsRunning(worker), "the app that hung up has ended");
        Assert.Equal((200, "GET item 7"), await App.GetAsync("/api/items/7"));
    }

    [Fact]
    public async Task Only_an_app_that_this_host_started_is_let_in_and_only_from_this_machine()
    {
        var arguments = (await File.ReadAllTextAsync($"/proc/{await App.WorkerAsync()}/cmdline")).Split('\0');
        var address = new Uri(arguments[Array.IndexOf(arguments, "--functions-uri") + 1]);
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(l => l.Port == address.Port);
        Assert.True(IPAddress.IsLoopback(Assert.Single(listeners).Address));

        string[] strangers = [Guid.NewGuid().ToString(), arguments[Array.IndexOf(arguments, "--functions-worker-id") + 1]];
        foreach (var id in strangers)
        {
            var introduction = new StreamingMessage { StartStream = new() { WorkerId = id } }.ToByteArray();
            using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "AzureFunctionsRpcMessages.FunctionRpc/EventStream"))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, 0, 0, 0, (byte)introduction.Length, .. introduction]),
            };
            call.Content.Headers.ContentType = new("application/grpc");
            using var client = new HttpClient();
            using var answer = await client.SendAsync(call);
            await answer.Content.ReadAsByteArrayAsync();
            var refused = answer.Headers.Concat(answer.TrailingHeaders).Single(header => header.Key == "grpc-status");
            Assert.Equal(["7"], refused.Value);
        }

        Assert.Equal((200, "GET item 7"), await App.GetAsync("/api/items/7"));
    }

    [Fact]
    public async Task A_client_of_the_app_s_finds_its_app_again_after_it_was_killed()
    {
        var id = await App.BeginAsync("Waiting");
        await App.KillWorkerAsync();
        await App.TellAsync(id, "word?with=again");
        Assert.Equal("\"heard again\"", await App.OutputAsync(id));
    }

    /// <summary>How a saga ends that the app dies in: asked of the host, as a request to the app may die with it.</summary>
    private async Task<(string? Status, string? Output)> EndAsync(string name, object? input, string id)
    {
        try
        {
            using var content = JsonContent.Create(input);
            using var started = await App.SendAsync("POST", $"/api/sagas/{name}/{id}", content: content);
        }
        catch (HttpRequestException)
        {
            // The instance was created before the answer broke off.
        }

        JsonElement instance = default;
        await Eventually.TrueAsync(async () =>
        {
            using var response = await App.SendAsync("GET", $"/admin/instances/{id}", SampleFolder.MasterKey);
            instance = JsonElement.Parse(response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : "{}");
            return instance.TryGetProperty("runtimeStatus", out var status) && status.GetString() is ("Completed" or "Failed");
        }, $"{id} has ended");
        return (instance.GetProperty("runtimeStatus").GetString(), instance.GetProperty("output").GetString());
    }

    /// <summary>A host whose app dies often.</summary>
    public sealed class Victim : IAsyncLifetime
    {
        private readonly Storage _storage = new();

        internal SampleFolder Folder { get; private set; } = null!;

        internal HostProcess App { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await _storage.InitializeAsync();
            Folder = new(_storage, ("Sample__NightlyDies", "1"));
            App = await HostProcess.StartAsync(Folder);
        }

        public async Task DisposeAsync()
        {
            await App.DisposeAsync();
            Folder.Dispose();
            await _storage.DisposeAsync();
        }
    }
}
