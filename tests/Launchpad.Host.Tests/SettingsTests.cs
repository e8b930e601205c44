namespace Launchpad.Host.Tests;

/// <summary>host.json, here overridden by settings, and CORS.</summary>
public sealed class SettingsTests(SettingsTests.Strict strict) : IClassFixture<SettingsTests.Strict>
{
    private HostProcess App => strict.App;

    [Fact]
    public async Task Routes_are_under_the_prefix_and_every_answer_has_the_headers_that_were_asked_for()
    {
        Assert.Equal((404, ""), await App.GetAsync("/api/items/7"));
        (string, int)[] answers = [("/v1/inner/items/7", 200), ("/v1/inner/throws", 500), ("/v1/inner/keyed", 401), ("/nowhere", 404)];
        foreach (var (path, status) in answers)
        {
            using var response = await App.SendAsync("GET", path);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        }
    }

    [Fact]
    public async Task What_is_over_the_limits_is_answered_429_and_what_waits_runs_when_there_is_room()
    {
        var begun = strict.Folder.Journal.Count(line => line == "slow begins");
        var running = App.GetAsync("/v1/inner/slow/1200");
        await strict.Folder.WritesAsync("slow begins", begun + 1);
        Task<(int Status, string Body)>[] others = [App.GetAsync("/v1/inner/slow/10"), App.GetAsync("/v1/inner/slow/10")];
        Assert.Equal(429, (await await Task.WhenAny(others)).Status);
        Assert.Equal((200, "GET done"), await running);
        Assert.Equal([200, 429], (await Task.WhenAll(others)).Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task A_function_that_takes_too_long_is_cancelled_and_its_caller_told()
    {
        var cancelled = strict.Folder.Journal.Count(line => line == "slow is cancelled");
        var worker = await App.WorkerAsync();
        Assert.Equal((500, ""), await App.GetAsync("/v1/inner/slow/60000"));
        await strict.Folder.WritesAsync("slow is cancelled", cancelled + 1);
        Assert.Equal(worker, await App.WorkerAsync());
    }

    [Fact]
    public async Task A_function_that_takes_too_long_and_does_not_listen_ends_with_its_process_as_on_Azure()
    {
        var worker = await App.WorkerAsync();
        Assert.Equal((500, ""), await App.GetAsync("/v1/inner/stubborn"));
        await Eventually.TrueAsync(async () => await App.GetAsync("/v1/inner/items/7") == (200, "GET item 7"), "the app answers again");
        Assert.NotEqual(worker, await App.WorkerAsync());
        Assert.Contains(App.Log, line => line.Contains("Stubborn ran longer than 00:00:03", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_app_logs_is_shown_as_host_json_says()
    {
        Assert.Equal(202, (await App.GetAsync("/v1/inner/answers/nothing")).Status);
        await Eventually.True(() => App.Log.Any(line => line.Contains("said loudly", StringComparison.Ordinal)), "the app's log is shown");
        Assert.DoesNotContain(App.Log, line => line.Contains("said quietly", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://app.example.org", true)]
    [InlineData("https://elsewhere.example.org", false)]
    public async Task Pages_of_the_origins_that_were_named_may_call(string origin, bool allowed)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/inner/items/7");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "DELETE");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
        using var permission = await App.Http.SendAsync(preflight);
        Assert.Equal(204, (int)permission.StatusCode);
        permission.Headers.TryGetValues("Access-Control-Allow-Origin", out var granted);
        Assert.Equal(allowed ? [origin] : [], granted ?? []);
        Assert.Equal(allowed, permission.Headers.Contains("Access-Control-Allow-Credentials"));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/inner/throws");
        request.Headers.Add("Origin", origin);
        using var response = await App.Http.SendAsync(request);
        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    /// <summary>A host with little patience.</summary>
    public sealed class Strict : IAsyncLifetime
    {
        private readonly Storage _storage = new();

        internal SampleFolder Folder { get; private set; } = null!;

        internal HostProcess App { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await _storage.InitializeAsync();
            Folder = new(
                _storage,
                ("AzureFunctionsJobHost__extensions__http__customHeaders__X-Content-Type-Options", "nosniff"),
                ("AzureFunctionsJobHost__extensions__http__maxConcurrentRequests", "1"),
                ("AzureFunctionsJobHost__extensions__http__maxOutstandingRequests", "2"),
                ("AzureFunctionsJobHost__functionTimeout", "00:00:03"),
                ("AzureFunctionsJobHost__logging__logLevel__Sample.Quiet", "Warning"),
                ("Host__CORS", "https://app.example.org, https://www.example.org"),
                ("Host__CORSCredentials", "true"));
            const string Json = """{"version":"2.0","extensions":{"http":{"routePrefix":"v1/inner"}}}""";
            App = await HostProcess.StartAsync(Folder, Folder.AppWith(Json));
        }

        public async Task DisposeAsync()
        {
            await App.DisposeAsync();
            Folder.Dispose();
            await _storage.DisposeAsync();
        }
    }
}
