using System.Net.Http.Json;
using System.Text.Json;

namespace Launchpad.Host.Tests;

public sealed class AdminTests(SharedHost host) : IClassFixture<SharedHost>
{
    [Theory]
    [InlineData("GET", "/admin/host/status")]
    [InlineData("GET", "/admin/functions")]
    [InlineData("GET", "/admin/instances")]
    [InlineData("GET", "/admin/instances/any")]
    [InlineData("POST", "/admin/functions/Nightly")]
    public async Task Nothing_is_told_without_the_master_key_or_through_a_proxy(string method, string path)
    {
        Assert.Equal(401, await StatusAsync(method, path, null));
        Assert.Equal(401, await StatusAsync(method, path, "any function"));
        Assert.Equal(404, await StatusAsync(method, path, SampleHost.MasterKey, forwardedFor: "127.0.0.1"));
    }

    [Fact]
    public async Task Without_a_master_key_nobody_is_the_master()
    {
        await using var keyless = await SampleHost.StartAsync(null, null, "--AzureFunctionsJobHost:MasterKey=");
        using var request = Request("GET", "/admin/functions", "");
        using var response = await keyless.Http.SendAsync(request);
        Assert.Equal(401, (int)response.StatusCode);
    }

    [Fact]
    public async Task Functions_are_listed_with_what_triggers_them()
    {
        var functions = (await GetAsync("/admin/functions")).EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!);
        Assert.Equal("/api/items/{id:int}", functions["ItemById"].GetProperty("route").GetString());
        Assert.Equal("GET", Assert.Single(functions["ItemById"].GetProperty("methods").EnumerateArray()).GetString());
        Assert.Equal("timerTrigger", functions["Nightly"].GetProperty("trigger").GetString());
        Assert.Equal("0 0 3 * * *", functions["Nightly"].GetProperty("schedule").GetString());
        Assert.Equal(3, functions["Nightly"].GetProperty("next").GetDateTime().Hour);
        Assert.Equal("orchestrationTrigger", functions["Greet"].GetProperty("trigger").GetString());
    }

    [Fact]
    public async Task The_host_says_that_it_runs() =>
        Assert.Equal("Running", (await GetAsync("/admin/host/status")).GetProperty("state").GetString());

    [Fact]
    public async Task A_timer_can_be_run_at_once_and_keeps_its_schedule()
    {
        Assert.Equal(202, await StatusAsync("POST", "/admin/functions/nightly", SampleHost.MasterKey, body: """{"input":""}"""));
        await Eventually.True(() => host.App.Journal.Lines.Any(line => line.StartsWith("nightly pastDue=False")), "the timer has run");
        var nightly = (await GetAsync("/admin/functions")).EnumerateArray().Single(f => f.GetProperty("name").GetString() == "Nightly");
        Assert.Equal(JsonValueKind.Null, nightly.GetProperty("last").ValueKind);
    }

    [Theory]
    [InlineData("Nowhere", "{}", 404)]
    [InlineData("ItemById", "{}", 400)]
    [InlineData("Nightly", "", 400)]
    [InlineData("Nightly", "[]", 400)]
    [InlineData("Nightly", "{", 400)]
    public async Task What_cannot_be_run_at_once_is_refused(string function, string body, int status) =>
        Assert.Equal(status, await StatusAsync("POST", $"/admin/functions/{function}", SampleHost.MasterKey, body: body));

    [Fact]
    public async Task An_instance_is_shown_with_its_history()
    {
        await StartAsync("shown", "Ada");
        var instance = await GetAsync("/admin/instances/shown");
        Assert.Equal("Greet", instance.GetProperty("name").GetString());
        Assert.Equal("Completed", instance.GetProperty("runtimeStatus").GetString());
        Assert.Equal("Ada", instance.GetProperty("input").GetProperty("names")[0].GetString());
        Assert.Contains("Say", instance.GetProperty("history").GetRawText(), StringComparison.Ordinal);
        Assert.EndsWith("  completed", instance.GetProperty("timeline").EnumerateArray().Last().GetString(), StringComparison.Ordinal);
        Assert.Equal(404, await StatusAsync("GET", "/admin/instances/unknown", SampleHost.MasterKey));
    }

    [Fact]
    public async Task Instances_are_listed_page_by_page()
    {
        foreach (var name in new[] { "page-1", "page-2", "page-3" })
        {
            await StartAsync(name, name == "page-3" ? "nobody" : "Ada");
        }

        var ids = new List<string?>();
        string? token = null;
        do
        {
            var page = await GetAsync($"/admin/instances?prefix=page-&top=2&continuationToken={Uri.EscapeDataString(token ?? "")}");
            ids.AddRange(page.GetProperty("instances").EnumerateArray().Select(i => i.GetProperty("instanceId").GetString()));
            token = page.GetProperty("continuationToken").GetString();
        }
        while (token is not null);
        Assert.Equal(["page-1", "page-2", "page-3"], ids.Order());

        var failed = (await GetAsync("/admin/instances?prefix=page-&status=failed,Terminated")).GetProperty("instances");
        Assert.Equal("page-3", Assert.Single(failed.EnumerateArray()).GetProperty("instanceId").GetString());
    }

    [Theory]
    [InlineData("status=Gone")]
    [InlineData("status=99")]
    [InlineData("top=0")]
    [InlineData("top=1001")]
    [InlineData("top=all")]
    [InlineData("createdFrom=yesterday")]
    public async Task A_question_that_makes_no_sense_is_refused(string query) =>
        Assert.Equal(400, await StatusAsync("GET", $"/admin/instances?{query}", SampleHost.MasterKey));

    private async Task StartAsync(string id, string name)
    {
        using var started = await host.App.Http.PostAsJsonAsync($"/api/greet/{id}", new { names = new[] { name } });
        Assert.Equal(202, (int)started.StatusCode);
        await host.App.GetAsync($"/api/greet/{id}/result");
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var request = Request("GET", path, SampleHost.MasterKey);
        using var response = await host.App.Http.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<int> StatusAsync(string method, string path, string? key, string? forwardedFor = null, string? body = null)
    {
        using var request = Request(method, path, key);
        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        request.Content = body is null ? null : new StringContent(body);
        using var response = await host.App.Http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static HttpRequestMessage Request(string method, string path, string? key)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        return request;
    }
}
