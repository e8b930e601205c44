using System.Text.Json;

namespace Launchpad.Host.Tests;

public sealed class MiddlewareTests : IAsyncLifetime
{
    private SampleHost host = null!;

    public async Task InitializeAsync() => host = await SampleHost.StartAsync();

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Fact]
    public async Task Middleware_runs_in_the_order_it_was_added_around_the_function_in_one_scope()
    {
        await AtStartIsOver();
        var (_, body) = await host.GetAsync("/api/middleware");
        var answer = JsonElement.Parse(body);
        Assert.True(answer.GetProperty("sameVisit").GetBoolean());
        await Eventually.True(() => host.Journal.Lines.Count == 7, "the scope is disposed of");
        Assert.Equal(
            [
                "before-http sees request: False",
                "outer in Middleware (httpTrigger)",
                "inner in",
                "function",
                "inner out",
                "outer out Middleware",
                $"visit {answer.GetProperty("visit").GetString()} over",
            ],
            host.Journal.Lines);
    }

    [Fact]
    public async Task Middleware_that_does_not_go_on_keeps_the_function_from_running()
    {
        await AtStartIsOver();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/instance");
        request.Headers.Add("x-stop", "1");
        using var response = await host.Http.SendAsync(request);
        Assert.Equal(403, (int)response.StatusCode);
        Assert.Equal(["outer in Instance (httpTrigger)"], host.Journal.Lines);
    }

    [Fact]
    public async Task Middleware_may_replace_the_result()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/answers/action");
        request.Headers.Add("x-replace", "1");
        using var response = await host.Http.SendAsync(request);
        Assert.Equal(418, (int)response.StatusCode);
    }

    [Fact]
    public async Task Middleware_runs_around_timers_too()
    {
        await Eventually.True(() => host.Journal.Lines.Contains("outer out AtStart"), "the timer has run");
        Assert.Contains("outer in AtStart (timerTrigger)", host.Journal.Lines);
    }

    private async Task AtStartIsOver()
    {
        await Eventually.True(() => host.Journal.Lines.Contains("outer out AtStart"), "the timer that runs at start has run");
        host.Journal.Clear();
    }
}
