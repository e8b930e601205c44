using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Launchpad.Functions.Tests.Api;

/// <summary>How the app answers whatever it is asked, under its host.</summary>
[Collection(ApiCollection.Name)]
public sealed class MannersTests(LaunchpadApi api)
{
    private const string Problem = "urn:launchpad:problem:";

    public static TheoryData<string> Templates =>
        [.. Routes.ByFunction.Values.Where(one => one.Methods.Length > 0).Select(one => one.Template).Distinct()];

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task A_path_says_what_it_takes_and_refuses_anything_else(string template)
    {
        using var owner = await api.SignedUpAsync();
        var path = Filled(template);
        using var options = await owner.SendAsync("OPTIONS", path);
        Assert.Equal((HttpStatusCode.NoContent, 0L), (options.StatusCode, options.Content.Headers.ContentLength ?? 0));
        var allowed = options.Content.Headers.Allow;
        Assert.Equal(
            Routes.ByFunction.Values.Where(one => Filled(one.Template) == path).SelectMany(one => one.Methods).Append("OPTIONS").Order(),
            allowed.Order());

        foreach (var method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE" }.Except(allowed))
        {
            using var refused = await owner.SendAsync(method, path);
            await IsProblemAsync(refused, 405, "method-not-allowed");
            Assert.Equal(allowed, refused.Content.Headers.Allow);
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task The_head_of_an_answer_is_that_of_the_answer(string template)
    {
        using var owner = await api.SignedUpAsync();
        var path = Filled(template).Replace("{id}", await owner.OrderAsync(), StringComparison.Ordinal);
        if (!Routes.ByFunction.Values.Any(one => one.Template == template && one.Methods.Contains("GET")))
        {
            return;
        }

        using var get = await owner.SendAsync("GET", path);
        using var head = await owner.SendAsync("HEAD", path);
        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("GET", "nothing")]
    [InlineData("POST", "deployments/dep_1/nothing")]
    [InlineData("OPTIONS", "nothing/at/all")]
    [InlineData("GET", "admin/host/status")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "plans/%20/%C3%A9")]
    public async Task A_path_that_does_not_exist_is_not_found(string method, string path)
    {
        using var owner = await api.SignedUpAsync();
        using var answer = await owner.SendAsync(method, path);
        await IsProblemAsync(answer, 404, "not-found");
    }

    [Fact]
    public async Task A_preflight_is_answered_like_any_other_question_about_methods()
    {
        using var owner = await api.SignedUpAsync();
        using var answer = await owner.SendAsync(
            "OPTIONS", "plans", null, ("Origin", "https://elsewhere.example"), ("Access-Control-Request-Method", "GET"));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("deployments/{id}")]
    [InlineData("deployments/{id}/config")]
    [InlineData("deployments/{id}/versions")]
    [InlineData("deployments/{id}/health")]
    [InlineData("deployments")]
    [InlineData("plans")]
    [InlineData("auth/me")]
    public async Task What_the_caller_has_already_is_not_sent_again(string template)
    {
        using var owner = await api.SignedUpAsync();
        var path = template.Replace("{id}", await owner.OrderAsync(), StringComparison.Ordinal);
        using var first = await owner.SendAsync("GET", path);
        var tag = first.Headers.ETag!.ToString();
        foreach (var (method, seen) in new[]
            { ("GET", tag), ("GET", "W/" + tag), ("GET", $"\"other\", {tag}"), ("GET", "*"), ("HEAD", tag) })
        {
            using var same = await owner.SendAsync(method, path, null, ("If-None-Match", seen));
            Assert.Equal((HttpStatusCode.NotModified, tag), (same.StatusCode, same.Headers.ETag?.ToString()));
            Assert.Empty(await same.Content.ReadAsByteArrayAsync());
        }

        using var other = await owner.SendAsync("GET", path, null, ("If-None-Match", "\"other\""));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await other.Content.ReadAsStringAsync());
        using var moved = await owner.SendAsync("GET", path, null, ("If-Match", "\"other\""));
        await IsProblemAsync(moved, 412, "moved");
        using var unread = await owner.SendAsync("GET", path, null, ("If-None-Match", "no-quotes"));
        await IsProblemAsync(unread, 400, "malformed");
    }

    [Fact]
    public async Task A_config_that_changed_in_any_part_is_sent_again()
    {
        using var owner = await api.SignedUpAsync();
        var path = $"deployments/{await owner.OrderAsync()}";
        using var before = await owner.SendAsync("GET", $"{path}/config");
        var tag = before.Headers.ETag!.ToString();
        using var pinned = await owner.SendAsync("PUT", $"{path}/updates", """{"pinned":true}""", ("If-Match", tag));
        Assert.Equal(HttpStatusCode.OK, pinned.StatusCode);
        using var after = await owner.SendAsync("GET", $"{path}/config", null, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        foreach (var seen in new[] { tag, "\"v7\"" })
        {
            using var late = await owner.SendAsync("PUT", $"{path}/updates", """{"pinned":false}""", ("If-Match", seen));
            await IsProblemAsync(late, 412, "moved");
        }
    }

    [Theory]
    [InlineData("?preview=yes")]
    [InlineData("?plan=yes")]
    [InlineData("?preview=True")]
    [InlineData("?preview=1")]
    [InlineData("?preview=")]
    [InlineData("?preview")]
    [InlineData("?preview=true&preview=true")]
    [InlineData("?preview=true&preview=false")]
    [InlineData("?paln=true")]
    [InlineData("?dryRun")]
    public async Task A_query_that_is_not_understood_changes_nothing(string query)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        foreach (var (method, path) in new[] { ("PATCH", "config"), ("POST", "upgrade"), ("POST", "rollback") })
        {
            using var answer = await owner.SendAsync(method, $"deployments/{id}/{path}{query}", "{}", ("If-Match", "*"));
            await IsProblemAsync(answer, 400, "invalid");
        }
    }

    [Theory]
    [InlineData("DELETE", "deployments/{id}?window=None")]
    [InlineData("DELETE", "deployments/{id}?windows=none")]
    [InlineData("POST", "deployments/{id}/suspend?preview=true")]
    [InlineData("GET", "deployments/{id}/versions?before=3&before=4")]
    public async Task So_does_any_other_query(string method, string path)
    {
        using var owner = await api.SignedUpAsync();
        using var answer = await owner.SendAsync(method, path.Replace("{id}", await owner.OrderAsync(), StringComparison.Ordinal));
        await IsProblemAsync(answer, 400, "invalid");
    }

    [Theory]
    [InlineData("?plan=true")]
    [InlineData("?PLAN=false")]
    [InlineData("")]
    public async Task A_query_that_is_understood_is_passed_on(string query)
    {
        using var owner = await api.SignedUpAsync();
        var path = $"deployments/{await owner.OrderAsync()}/config{query}";
        using var answer = await owner.SendAsync("PATCH", path, "{}", ("If-Match", "\"v0\""));
        await IsProblemAsync(answer, 409, "wrong-state");
    }

    [Fact]
    public async Task A_broken_body_is_the_callers_fault_through_the_whole_way()
    {
        using var owner = await api.SignedUpAsync();
        var path = $"deployments/{await owner.OrderAsync()}/config";
        using var twice = await owner.SendAsync("PATCH", path, """{"config":{"a":{},"a":{}}}""", ("If-Match", "*"));
        Assert.Contains("$.config.a", await IsProblemAsync(twice, 400, "malformed"), StringComparison.Ordinal);

        using var bytes = new ByteArrayContent([.. Encoding.UTF8.GetBytes("""{"text":"ä"}""").Except([(byte)0xA4])]);
        bytes.Headers.ContentType = new("application/json");
        path = path.Replace("config", "test-message", StringComparison.Ordinal);
        using var cut = await owner.Http.PostAsync(new Uri(path, UriKind.Relative), bytes);
        Assert.Contains("not UTF-8", await IsProblemAsync(cut, 400, "malformed"), StringComparison.Ordinal);

        using var form = await owner.Http.PostAsync(new Uri("auth/login", UriKind.Relative), new FormUrlEncodedContent([]));
        await IsProblemAsync(form, 415, "unsupported-media-type");
    }

    private static string Filled(string template) => template.Replace("{number}", "1", StringComparison.Ordinal)
        .Replace("{vm}", "vm_1", StringComparison.Ordinal);

    private static async Task<string> IsProblemAsync(HttpResponseMessage answer, int status, string type)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = JsonElement.Parse(text);
        Assert.Equal((Problem + type, status), (problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32()));
        return problem.GetProperty("detail").GetString()!;
    }
}

internal static class Sending
{
    public static async Task<HttpResponseMessage> SendAsync(
        this Owner owner, string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await owner.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
