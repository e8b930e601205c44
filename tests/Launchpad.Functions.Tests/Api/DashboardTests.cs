using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Launchpad.Shared.Accounts;

namespace Launchpad.Functions.Tests.Api;

/// <summary>What a page needs beyond the deployments themselves.</summary>
[Collection(ApiCollection.Name)]
public sealed class DashboardTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Sessions_are_listed_and_one_that_is_closed_is_out_at_once()
    {
        using var owner = await api.SignedUpAsync();
        var (other, _) = await api.Service<SessionStore>().OpenAsync(owner.Account, "Firefox on Linux", Ct);
        var sessions = (await owner.GetAsync("auth/sessions")).GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal([false, true], sessions.Select(session => session.GetProperty("current").GetBoolean()));
        Assert.Equal("Firefox on Linux", sessions[0].GetProperty("browser").GetString());
        Assert.DoesNotContain(other, JsonSerializer.Serialize(sessions), StringComparison.Ordinal);

        using var stranger = await api.SignedUpAsync();
        var path = new Uri($"auth/sessions/{sessions[0].GetProperty("id").GetString()}", UriKind.Relative);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Http.DeleteAsync(path, Ct)).StatusCode);
        Assert.NotNull(await api.Service<SessionStore>().FindAsync(other, Ct));
        Assert.Equal(HttpStatusCode.NoContent, (await owner.Http.DeleteAsync(path, Ct)).StatusCode);
        Assert.Null(await api.Service<SessionStore>().FindAsync(other, Ct));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.Http.DeleteAsync(path, Ct)).StatusCode);
        Assert.Single((await owner.GetAsync("auth/sessions")).GetProperty("sessions").EnumerateArray());
    }

    [Theory]
    [InlineData("Origin", "https://elsewhere.example", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 201)]
    public async Task A_page_of_another_origin_cannot_use_the_cookie(string header, string value, int expected)
    {
        using var owner = await api.SignedUpAsync();
        var (token, _) = await api.Service<SessionStore>().OpenAsync(owner.Account, "a browser", Ct);
        using var browser = new HttpClient { BaseAddress = api.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "deployments") { Content = JsonContent.Create(new { name = "Ada", plan = "starter" }) };
        request.Headers.Add("Cookie", $"__Host-launchpad={token}");
        request.Headers.Add(header, value);
        // A proxy may add a token of its own.
        request.Headers.Add("Authorization", "Bearer of-a-proxy");
        using var answer = await browser.SendAsync(request, Ct);
        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_page_is_told_no_token_when_it_signs_in_and_a_program_is()
    {
        var who = new { email = $"{Guid.NewGuid():N}@example.com", password = "seven green kettles" };
        foreach (var (route, site) in new[] { ("auth/signup", "same-origin"), ("auth/login", "same-origin"), ("auth/login", null) })
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = api.Address };
            using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = JsonContent.Create(who) };
            request.Headers.Add("Sec-Fetch-Site", site is null ? [] : [site]);
            using var answer = await http.SendAsync(request, Ct);
            var kept = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];
            Assert.Equal(site is null ? kept : null, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("token").GetString());
            Assert.Equal(site is null, (await answer.Content.ReadAsStringAsync(Ct)).Contains(kept, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_bot_says_what_can_be_asked_of_it_and_the_api_agrees()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var order = await api.SignedUpAsync();
        var id = await order.OrderAsync();
        foreach (var (owner, deployment) in new[] { (bot.Owner, bot.Id), (order, id) })
        {
            var can = (await owner.GetAsync($"deployments/{deployment}")).GetProperty("can").EnumerateArray()
                .ToDictionary(one => one.GetProperty("action").GetString()!);
            Assert.All(can.Values, one => Assert.NotEqual(one.GetProperty("allowed").GetBoolean(), one.GetProperty("why").GetString() is { Length: > 0 }));
            foreach (var action in new[] { "resume", "retry", "undelete" })
            {
                using var answer = await owner.Http.PostAsync(new Uri($"deployments/{deployment}/{action}", UriKind.Relative), null, Ct);
                Assert.False(can[action].GetProperty("allowed").GetBoolean());
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            }
        }

        // One that is allowed is taken, and from then on everything else waits for it.
        using var taken = await bot.Owner.Http.PostAsync(new Uri($"deployments/{bot.Id}/restart", UriKind.Relative), null, Ct);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
    }

    [Fact]
    public async Task A_new_name_is_shown_and_the_address_stays()
    {
        using var bot = await RunningBot.OfAsync(api);
        var before = await bot.Owner.GetAsync($"deployments/{bot.Id}");
        var (status, text) = await bot.SendAsync(HttpMethod.Patch, $"deployments/{bot.Id}", new { name = "Grace 🤖" });
        Assert.Equal(200, status);
        Assert.Contains("Grace", text, StringComparison.Ordinal);
        var after = await bot.Owner.GetAsync($"deployments/{bot.Id}");
        Assert.Equal("Grace 🤖", after.GetProperty("name").GetString());
        Assert.Equal(before.GetProperty("url").GetString(), after.GetProperty("url").GetString());
        Assert.Equal(400, (await bot.SendAsync(HttpMethod.Patch, $"deployments/{bot.Id}", new { name = "\u202e" })).Status);
        // The name stands beside the chain, where it can be erased.
        var renamed = (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetProperty("rows").EnumerateArray().Last();
        Assert.Equal("Ada → Grace 🤖", renamed.GetProperty("words").GetString());
        Assert.Contains("rename", renamed.GetProperty("data").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Grace", renamed.GetProperty("data").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_is_listed_newest_first_and_can_be_asked_for_again()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var asked = await bot.Owner.Http.PostAsync(new Uri($"deployments/{bot.Id}/restart", UriKind.Relative), null, Ct);
        var first = RunningBot.OperationOf(await asked.Content.ReadAsStringAsync(Ct));
        await bot.FailedAsync(await asked.Content.ReadAsStringAsync(Ct));
        Assert.True((await bot.Owner.GetAsync($"operations/{first}")).GetProperty("retryable").GetBoolean());
        using var again = await bot.Owner.Http.PostAsync(new Uri($"operations/{first}/retry", UriKind.Relative), null, Ct);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        var second = RunningBot.OperationOf(await again.Content.ReadAsStringAsync(Ct));
        foreach (var path in new[] { "operations", $"deployments/{bot.Id}/operations" })
        {
            var listed = (await bot.Owner.GetAsync(path)).GetProperty("operations").EnumerateArray();
            Assert.Equal([second, first], listed.Select(one => one.GetProperty("id").GetString()));
        }

        Assert.Equal([first], (await bot.Owner.GetAsync($"operations?cursor={second}")).GetProperty("operations").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        using var tooLate = await bot.Owner.Http.PostAsync(new Uri($"operations/{first}/retry", UriKind.Relative), null, Ct);
        Assert.Equal("cannot-retry", RunningBot.KindOf(await tooLate.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task One_stream_tells_of_all_that_changes_and_goes_on_where_it_was()
    {
        using var owner = await api.SignedUpAsync();
        var first = await owner.OrderAsync();
        string? state;
        using (var events = await EventReader.OpenAsync(owner, "events"))
        {
            var (id, _, told) = await events.NextAsync();
            Assert.Equal(("deployment", first), (told.GetProperty("topic").GetString(), told.GetProperty("id").GetString()));
            Assert.NotNull(id);
            var second = await owner.OrderAsync();
            (state, _, told) = await events.NextAsync();
            Assert.Equal(second, told.GetProperty("id").GetString());
        }

        using var resumed = await EventReader.OpenAsync(owner, "events", state);
        await owner.Http.PatchAsJsonAsync(new Uri($"deployments/{first}", UriKind.Relative), new { name = "Grace" }, Ct);
        Assert.Equal(first, (await resumed.NextAsync()).Data.GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_document_of_the_api_is_served_as_it_is_kept()
    {
        using var anybody = new HttpClient { BaseAddress = api.Address };
        var served = await anybody.GetStringAsync(new Uri("openapi.json", UriKind.Relative), Ct);
        Assert.Equal("3.1.1", JsonElement.Parse(served).GetProperty("openapi").GetString());
        Assert.True((await anybody.GetFromJsonAsync<JsonElement>(new Uri("capabilities", UriKind.Relative), Ct)).GetProperty("testMode").GetBoolean());
    }

    [Fact]
    public async Task Of_secrets_everything_is_told_but_their_values()
    {
        using var bot = await RunningBot.OfAsync(api);
        var secrets = await bot.Owner.GetAsync($"deployments/{bot.Id}/secrets");
        Assert.Equal(["gateway-token", "telegram-token"], secrets.GetProperty("secrets").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.All(
            new[] { RunningBot.Token, RunningBot.GatewayToken },
            value => Assert.DoesNotContain(value, secrets.GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_short_names_do_what_they_stand_for()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var stranger = await api.SignedUpAsync();
        Assert.Equal(
            (await bot.Owner.GetAsync($"deployments/{bot.Id}")).GetRawText(), (await bot.Owner.GetAsync($"status?deployment={bot.Id}")).GetRawText());
        foreach (var (method, path) in new[] { ("GET", "status"), ("POST", "restart"), ("POST", "backup"), ("POST", "restore"), ("DELETE", "deprovision") })
        {
            using var foreign = new HttpRequestMessage(new(method), $"{path}?deployment={bot.Id}") { Content = JsonContent.Create(new { }) };
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.Http.SendAsync(foreign, Ct)).StatusCode);
            using var none = new HttpRequestMessage(new(method), path) { Content = JsonContent.Create(new { }) };
            Assert.Equal(HttpStatusCode.BadRequest, (await bot.Owner.Http.SendAsync(none, Ct)).StatusCode);
        }

        using var made = await stranger.Http.PostAsync(new Uri("provision", UriKind.Relative), JsonContent.Create(new { name = "Ada", plan = "starter" }), Ct);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        foreach (var (path, kind) in new[] { ("restart", "restart"), ("backup", "backup") })
        {
            using var begun = await bot.Owner.Http.PostAsync(new Uri($"{path}?deployment={bot.Id}", UriKind.Relative), null, Ct);
            var operation = RunningBot.OperationOf(await begun.Content.ReadAsStringAsync(Ct));
            Assert.Equal(kind, (await bot.Owner.GetAsync($"operations/{operation}")).GetProperty("kind").GetString());
            await bot.FailedAsync(await begun.Content.ReadAsStringAsync(Ct));
        }
    }
}
