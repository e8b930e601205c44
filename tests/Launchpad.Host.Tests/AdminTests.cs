using System.Text.Json;

namespace Launchpad.Host.Tests;

[Collection(SharedHostCollection.Name)]
public sealed class AdminTests(SharedHost host)
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
        Assert.Equal(404, await StatusAsync(method, path, SampleFolder.MasterKey, proxied: ("X-Forwarded-For", "127.0.0.1")));
        Assert.Equal(404, await StatusAsync(method, path, SampleFolder.MasterKey, proxied: ("X-Forwarded-Host", "bot.example.org")));
        Assert.Equal(404, await StatusAsync(method, path, SampleFolder.MasterKey, proxied: ("Forwarded", "for=203.0.113.7")));
    }

    [Fact]
    public async Task Functions_are_listed_with_what_triggers_them()
    {
        var functions = (await host.App.AdminAsync("/admin/functions")).EnumerateArray()
            .ToDictionary(f => f.GetProperty("name").GetString()!);
        Assert.Equal("/api/items/{id:int}", functions["ItemById"].GetProperty("route").GetString());
        Assert.Equal("GET", Assert.Single(functions["ItemById"].GetProperty("methods").EnumerateArray()).GetString());
        Assert.Equal("timerTrigger", functions["Nightly"].GetProperty("trigger").GetString());
        Assert.Equal("0 0 3 * * *", functions["Nightly"].GetProperty("schedule").GetString());
        Assert.Equal(3, functions["Nightly"].GetProperty("next").GetDateTime().Hour);
        Assert.Equal("orchestrationTrigger", functions["Greet"].GetProperty("trigger").GetString());
        Assert.Equal("entityTrigger", functions["Counter"].GetProperty("trigger").GetString());
    }

    [Fact]
    public async Task The_host_says_that_it_runs_and_which_process_the_app_is()
    {
        var status = await host.App.AdminAsync("/admin/host/status");
        Assert.Equal("Running", status.GetProperty("state").GetString());
        Assert.True(HostProcess.IsRunning(status.GetProperty("processId").GetInt32()));
        Assert.True(HostProcess.IsRunning(status.GetProperty("workerProcessId").GetInt32()));
    }

    [Fact]
    public async Task A_timer_can_be_run_at_once_and_keeps_its_schedule()
    {
        Assert.Equal(202, await StatusAsync("POST", "/admin/functions/nightly", SampleFolder.MasterKey, """{"input":""}"""));
        await host.Folder.WritesAsync("nightly is over");
        Assert.Contains("nightly pastDue=False next=03:00:00", host.Folder.Journal);
        var nightly = (await host.App.AdminAsync("/admin/functions")).EnumerateArray()
            .Single(f => f.GetProperty("name").GetString() == "Nightly");
        Assert.Equal(JsonValueKind.Null, nightly.GetProperty("last").ValueKind);
    }

    [Theory]
    [InlineData("Nowhere", "{}", 404)]
    [InlineData("ItemById", "{}", 400)]
    [InlineData("Nightly", "", 400)]
    [InlineData("Nightly", "[]", 400)]
    [InlineData("Nightly", "{", 400)]
    public async Task What_cannot_be_run_at_once_is_refused(string function, string body, int status) =>
        Assert.Equal(status, await StatusAsync("POST", $"/admin/functions/{function}", SampleFolder.MasterKey, body));

    [Fact]
    public async Task An_instance_is_shown_with_its_history()
    {
        await host.App.OutputAsync(await host.App.BeginAsync("Greet", new { names = new[] { "Ada" } }, "shown"));
        var instance = await host.App.AdminAsync("/admin/instances/shown");
        Assert.Equal("Greet", instance.GetProperty("name").GetString());
        Assert.Equal("Completed", instance.GetProperty("runtimeStatus").GetString());
        Assert.Equal("Ada", instance.GetProperty("input").GetProperty("names")[0].GetString());
        Assert.Contains("Say", instance.GetProperty("history").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(404, await StatusAsync("GET", "/admin/instances/unknown", SampleFolder.MasterKey));
    }

    [Fact]
    public async Task Instances_are_listed_page_by_page()
    {
        foreach (var id in new[] { "page-1", "page-2", "page-3" })
        {
            var name = id is "page-3" ? "nobody" : "Ada";
            await host.App.ReachesAsync(await host.App.BeginAsync("Greet", new { names = new[] { name } }, id), "Completed", "Failed");
        }

        var ids = new List<string?>();
        string? token = null;
        do
        {
            var next = Uri.EscapeDataString(token ?? "");
            var page = await host.App.AdminAsync($"/admin/instances?prefix=page-&top=2&continuationToken={next}");
            ids.AddRange(page.GetProperty("instances").EnumerateArray().Select(i => i.GetProperty("instanceId").GetString()));
            token = page.GetProperty("continuationToken").GetString();
        }
        while (!string.IsNullOrEmpty(token) && ids.Count < 10);
        Assert.Equal(["page-1", "page-2", "page-3"], ids.Order());

        var failed = (await host.App.AdminAsync("/admin/instances?prefix=page-&status=failed,Terminated")).GetProperty("instances");
        Assert.Equal("page-3", Assert.Single(failed.EnumerateArray()).GetProperty("instanceId").GetString());
        var future = await host.App.AdminAsync("/admin/instances?createdFrom=2100-01-01T00:00:00Z");
        Assert.Empty(future.GetProperty("instances").EnumerateArray());
    }

    [Theory]
    [InlineData("status=Gone")]
    [InlineData("status=99")]
    [InlineData("top=0")]
    [InlineData("top=1001")]
    [InlineData("top=all")]
    [InlineData("createdFrom=yesterday")]
    public async Task A_question_that_makes_no_sense_is_refused(string query) =>
        Assert.Equal(400, await StatusAsync("GET", $"/admin/instances?{query}", SampleFolder.MasterKey));

    private async Task<int> StatusAsync(
        string method, string path, string? key, string? body = null, (string Name, string Value)? proxied = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        if (proxied is { } header)
        {
            request.Headers.Add(header.Name, header.Value);
        }

        request.Content = body is null ? null : new StringContent(body);
        using var response = await host.App.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
