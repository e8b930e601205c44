using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Launchpad.Functions.Access;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;

namespace Launchpad.Functions.Tests.Access;

/// <summary>Somebody who calls: a person, who works in his own account or in another's, or a program with a token.</summary>
internal sealed class Colleague(HttpClient http, string account, string email) : IDisposable
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    public string Account => account;

    public string Email => email;

    public HttpClient Http => http;

    public static async Task<Colleague> NewAsync(LaunchpadApi api, bool isConfirmed = true)
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        var account = await api.AccountAsync(email, isConfirmed);
        var (token, _) = await api.Service<SessionStore>().OpenAsync(account.Id, "a test", Ct);
        return new(Client(api, token), account.Id, email);
    }

    /// <summary>Lets a new person into an account, who works there from now on.</summary>
    public static async Task<Colleague> InAsync(LaunchpadApi api, Owner owner, Role role)
    {
        var person = await NewAsync(api);
        var (token, _) = await api.Service<MemberStore>().InviteAsync(owner.Account, person.Email, role, owner.Account, Ct);
        Assert.Equal(200, (await person.SendAsync("POST", "auth/invitations", new { token })).Status);
        person.WorkIn(owner.Account);
        return person;
    }

    /// <summary>A program that an account's owner gave a token to.</summary>
    public static async Task<Colleague> WithTokenAsync(LaunchpadApi api, Owner owner, IReadOnlyList<Permission> may, string? deployment = null)
    {
        var made = await api.Service<ApiTokenStore>().AddAsync(
            owner.Account, owner.Account, "a program", may, deployment, TimeSpan.FromDays(1), Ct);
        return new(Client(api, made!.Value.Token), owner.Account, "");
    }

    public static HttpClient Client(LaunchpadApi api, string token)
    {
        var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    public void WorkIn(string other)
    {
        http.DefaultRequestHeaders.Remove(CallerFinder.Header);
        http.DefaultRequestHeaders.Add(CallerFinder.Header, other);
    }

    public async Task<(int Status, JsonElement? Body)> SendAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        if (method is not "GET" && path.Split('?')[0].Split('/')[^1] is "config" or "rollback")
        {
            request.Headers.TryAddWithoutValidation("If-Match", "\"v1\"");
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        var isJson = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) is true;
        return ((int)answer.StatusCode, isJson ? await answer.Content.ReadFromJsonAsync<JsonElement>(Ct) : null);
    }

    public void Dispose() => http.Dispose();
}
