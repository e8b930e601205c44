using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Operators sign in at a door of their own, and nothing of customers opens it.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffSignInTests(LaunchpadApi api)
{
    private const string Password = StaffMember.Password;
    private const string Cookie = "__Host-launchpad-staff";

    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly string email = $"{Guid.NewGuid():N}@staff.example";

    [Fact]
    public async Task An_operator_signs_in_is_known_and_signs_out()
    {
        var who = await AddAsync();
        using var http = new HttpClient { BaseAddress = api.Address };
        using var answer = await LoginAsync(http, email.ToUpperInvariant(), Password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var signedIn = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(who.Id, signedIn.GetProperty("operator").GetProperty("id").GetString());

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.GetProperty("token").GetString());
        Assert.Equal(email, (await http.GetFromJsonAsync<JsonElement>(new Uri("staff/auth/me", UriKind.Relative))).GetProperty("email").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync(new Uri("staff/auth/logout", UriKind.Relative), null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("staff/auth/me", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_for_this_host_alone_and_no_script_reads_it()
    {
        await AddAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = api.Address };
        using var answer = await LoginAsync(http, email, Password);
        var set = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith(Cookie + "=", set, StringComparison.Ordinal);
        foreach (var part in new[] { "secure", "httponly", "samesite=strict", "path=/" })
        {
            Assert.Contains(part, set.Split(';').Select(one => one.Trim().ToLowerInvariant()));
        }
    }

    [Theory]
    [InlineData("GET", null, 200)]
    [InlineData("POST", null, 403)]
    [InlineData("POST", "https://elsewhere.example", 403)]
    [InlineData("POST", "https://localhost:7071", 403)]
    [InlineData("POST", "http://localhost:7071", 204)]
    public async Task A_change_with_the_cookie_says_that_it_is_of_the_own_origin(string method, string? origin, int status)
    {
        var (token, _) = await api.Service<StaffSessions>().OpenAsync(await AddAsync(), "a test", Ct);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = api.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), method == "GET" ? "staff/auth/me" : "staff/auth/logout");
        request.Headers.Add("Cookie", $"{Cookie}={token}");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var answer = await http.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_customers_session_is_none_of_the_staff_and_the_reverse()
    {
        using var customer = await api.SignedUpAsync();
        using var staff = await StaffMember.OfAsync(api);
        Assert.Equal(HttpStatusCode.Unauthorized, (await customer.Http.GetAsync(new Uri("staff/auth/me", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await staff.SendAsync(HttpMethod.Get, "auth/me")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await staff.SendAsync(HttpMethod.Get, "deployments")).Status);
    }

    [Fact]
    public async Task A_customers_password_lets_nobody_in_here()
    {
        var hash = await api.Service<Passwords>().HashAsync(Password, "test", Ct);
        await api.Service<AccountStore>().CreateAsync(email, email, hash, "127.0.0.1", Ct);
        using var http = new HttpClient { BaseAddress = api.Address };
        using var answer = await LoginAsync(http, email, Password);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Who_was_removed_is_out_at_once_also_when_he_is_added_again()
    {
        using var staff = await StaffMember.OfAsync(api);
        var operators = api.Service<OperatorStore>();
        Assert.NotNull(await operators.RemoveAsync(staff.Who.Email, Ct));
        Assert.Equal(HttpStatusCode.Unauthorized, (await staff.SendAsync(HttpMethod.Get, "staff/auth/me")).Status);
        Assert.NotNull(await operators.AddAsync(staff.Who.Email, "another", Ct));
        Assert.Equal(HttpStatusCode.Unauthorized, (await staff.SendAsync(HttpMethod.Get, "staff/auth/me")).Status);
        Assert.Null(await operators.AddAsync(staff.Who.Email.ToUpperInvariant(), "twice", Ct));
    }

    [Fact]
    public async Task Guessing_ends_in_429_and_does_not_keep_him_out_where_he_has_been()
    {
        await AddAsync();
        Assert.Equal(200, await StatusAsync(Password, "198.51.100.7"));
        var guesses = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => StatusAsync($"wrong horse {i}", "203.0.113.77")));
        Assert.Contains(429, guesses);
        Assert.DoesNotContain(200, guesses);
        Assert.Equal(200, await StatusAsync(Password, "198.51.100.7"));
    }

    private async Task<int> StatusAsync(string password, string from)
    {
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        using var answer = await LoginAsync(http, email, password);
        return (int)answer.StatusCode;
    }

    /// <summary>With a password of his own and no second factor yet, which is what the others add.</summary>
    private async Task<Operator> AddAsync()
    {
        var (operators, hash) = (api.Service<OperatorStore>(), await StaffMember.HashAsync(api, Password));
        var who = (await operators.AddAsync(email, hash, Ct))!;
        Assert.True(await operators.SetPasswordAsync(who, hash, Ct));
        return who;
    }

    private static Task<HttpResponseMessage> LoginAsync(HttpClient http, string email, string password) =>
        http.PostAsJsonAsync(new Uri("staff/auth/login", UriKind.Relative), new { email, password });
}
