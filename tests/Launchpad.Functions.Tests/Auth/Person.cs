using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Launchpad.Functions.Tests.Api;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>Somebody who has signed up over HTTP, with an address and a mailbox of his own.</summary>
internal sealed class Person : IDisposable
{
    public const string Password = "seven green kettles";

    private readonly LaunchpadApi api;

    private Person(LaunchpadApi api, string address)
    {
        this.api = api;
        Http = new HttpClient { BaseAddress = api.Address };
        Http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
    }

    public string Email { get; private init; } = "";

    public string Account { get; private set; } = "";

    public HttpClient Http { get; }

    public static async Task<Person> SignedUpAsync(LaunchpadApi api)
    {
        var person = new Person(api, NewAddress()) { Email = $"{Guid.NewGuid():N}@example.com" };
        var (status, body) = await person.PostAsync("auth/signup", new { email = person.Email, password = Password });
        Assert.Equal(201, status);
        person.Use(body);
        person.Account = body.GetProperty("account").GetProperty("id").GetString()!;
        return person;
    }

    /// <summary>With an address that is known to be his.</summary>
    public static async Task<Person> ConfirmedAsync(LaunchpadApi api)
    {
        var person = await SignedUpAsync(api);
        var (status, body) = await person.PostAsync("auth/verify", new { token = await person.TokenAsync("Confirm your address") });
        Assert.Equal(200, status);
        Assert.NotEqual(JsonValueKind.Null, body.GetProperty("emailVerifiedAt").ValueKind);
        return person;
    }

    /// <summary>The same person at another browser, who is signed in nowhere yet.</summary>
    public Person Elsewhere() => new(api, NewAddress()) { Email = Email, Account = Account };

    /// <summary>Signed in with what was answered.</summary>
    public void Use(JsonElement signedIn) =>
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.GetProperty("token").GetString());

    /// <summary>What stands in the link of the newest letter of that name.</summary>
    public Task<string> TokenAsync(string subject) => TokenAsync(Email, subject);

    /// <summary>The same, of a letter to another address.</summary>
    public async Task<string> TokenAsync(string email, string subject) =>
        Regex.Match((await api.LetterAsync(email, subject)).TextBody!, @"[#&]token=(\S+)").Groups[1].Value;

    public Task<(int Status, JsonElement Body)> LoginAsync(string password = Password) => PostAsync("auth/login", new { email = Email, password });

    public Task<(int Status, JsonElement Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<(int Status, JsonElement Body)> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<(int Status, JsonElement Body)> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    /// <summary>As if the last proof of who he is were longer ago.</summary>
    public Task GrowStaleAsync() => Sessions.AgeAsync(api, Http.DefaultRequestHeaders.Authorization!.Parameter!, TimeSpan.FromMinutes(6));

    public static string KindOf(JsonElement problem) => problem.GetProperty("type").GetString()!.Split(':')[^1];

    public void Dispose() => Http.Dispose();

    private static string NewAddress() => $"2001:db8:{Random.Shared.Next(0x10000):x}:{Random.Shared.Next(0x10000):x}::1";

    private async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default);
    }
}
