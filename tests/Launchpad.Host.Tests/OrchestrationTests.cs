using System.Net.Http.Json;
using System.Text.Json;

namespace Launchpad.Host.Tests;

public sealed class OrchestrationTests(SharedHost host) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task A_request_starts_a_saga_whose_activities_do_the_work()
    {
        var id = await StartAsync(new { names = new[] { "Ada", "Grace" }, loud = true });
        var answer = await ResultAsync(id);
        Assert.Equal("Completed", answer.GetProperty("status").GetString());
        var greeting = JsonElement.Parse(answer.GetProperty("output").GetString()!);
        Assert.Equal("HELLO Ada, HELLO Grace", Property(greeting, "text").GetString());
        Assert.Equal("7", Property(greeting, "version").GetString());
        Assert.Single(host.App.Journal.Lines, line => line.StartsWith($"say Ada for {id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_activity_has_a_scope_of_its_own_and_the_app_s_middleware_around_it()
    {
        var id = await StartAsync(new { names = new[] { "Lin", "Lin" } });
        await ResultAsync(id);
        var visits = host.App.Journal.Lines.Where(line => line.StartsWith($"say Lin for {id}", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, visits.Distinct().Count());
        Assert.Contains("outer in Greet (orchestrationTrigger)", host.App.Journal.Lines);
        Assert.Contains("outer in Say (activityTrigger)", host.App.Journal.Lines);
    }

    [Fact]
    public async Task Middleware_sees_what_an_activity_will_be_given_and_may_replace_it()
    {
        var id = await StartAsync(new { names = new[] { "Edsger", "someone" } });
        var output = (await ResultAsync(id)).GetProperty("output").GetString()!;
        Assert.Equal("hello Edsger, hello somebody else", Property(JsonElement.Parse(output), "text").GetString());
        Assert.Contains("peek Edsger", host.App.Journal.Lines);
    }

    [Fact]
    public async Task An_event_raised_over_HTTP_reaches_the_saga_that_waits_for_it()
    {
        var id = await StartAsync(new { names = new[] { "Ada" }, waitForEvent = "signal" });
        using var raised = await host.App.Http.PostAsync(new Uri($"/api/greet/{id}/events/signal", UriKind.Relative), null);
        Assert.Equal(204, (int)raised.StatusCode);
        var output = (await ResultAsync(id)).GetProperty("output").GetString()!;
        Assert.Equal("hello Ada, POST", Property(JsonElement.Parse(output), "text").GetString());
    }

    [Fact]
    public async Task An_activity_that_fails_fails_its_saga_and_is_logged()
    {
        var id = await StartAsync(new { names = new[] { "nobody" } });
        var answer = await ResultAsync(id);
        Assert.Equal("Failed", answer.GetProperty("status").GetString());
        Assert.Contains("nobody to greet", answer.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            host.App.Log.Lines,
            line => line.StartsWith($"Error Function.Say: Executed Say for {id} (Failed", StringComparison.Ordinal));
    }

    private async Task<string> StartAsync(object body)
    {
        var id = $"greet-{Guid.NewGuid():N}";
        using var response = await host.App.Http.PostAsJsonAsync($"/api/greet/{id}", body);
        Assert.Equal(202, (int)response.StatusCode);
        return id;
    }

    private async Task<JsonElement> ResultAsync(string id)
    {
        var (status, body) = await host.App.GetAsync($"/api/greet/{id}/result");
        Assert.Equal(200, status);
        return JsonElement.Parse(body);
    }

    // Payloads are written as System.Text.Json does by default: with the names of the record.
    private static JsonElement Property(JsonElement element, string name) =>
        element.EnumerateObject().Single(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
