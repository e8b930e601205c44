using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Auth;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;
using OtpNet;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>An operator at a browser.</summary>
internal sealed class StaffMember : IDisposable
{
    public const string Password = "correct horse battery staff";

    private readonly LaunchpadApi api;

    private StaffMember(LaunchpadApi api, Operator who, string? address = null)
    {
        (this.api, Who) = (api, who);
        Http = new HttpClient { BaseAddress = api.Address };
        if (address is not null)
        {
            Http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        }
    }

    public Operator Who { get; }

    public HttpClient Http { get; }

    public string Token => Http.DefaultRequestHeaders.Authorization!.Parameter!;

    /// <summary>What his authenticator keeps.</summary>
    public byte[] Secret { get; private set; } = [];

    public IReadOnlyList<string> Codes { get; private set; } = [];

    /// <summary>Of a step that is later than the one that confirmed it, also where that has just ended.</summary>
    public string Code => SecondFactorTests.CodeAfter(Secret);

    /// <summary>One who may do everything. How one signs in is the affair of <see cref="StaffSignInTests"/>.</summary>
    public static async Task<StaffMember> OfAsync(LaunchpadApi api)
    {
        var member = await OfOwnPasswordAsync(api, "no password leads here");
        await member.OpenAsync();
        return await member.EnrolAsync();
    }

    /// <summary>The same with a password that he knows, which takes longer.</summary>
    public static async Task<StaffMember> WithPasswordAsync(LaunchpadApi api)
    {
        var member = await OfOwnPasswordAsync(api, await HashAsync(api, Password));
        await member.OpenAsync();
        return await member.EnrolAsync();
    }

    /// <summary>One who was added a moment ago, with a password that was made for him, and has not signed in.</summary>
    public static async Task<StaffMember> AddedAsync(LaunchpadApi api) => await AddAsync(api, await HashAsync(api, Password));

    /// <summary>Who is known by a password alone and has not signed in.</summary>
    public static async Task<StaffMember> OfOwnPasswordAsync(LaunchpadApi api, string hash)
    {
        var member = await AddAsync(api, hash);
        Assert.True(await api.Service<OperatorStore>().SetPasswordAsync(member.Who, hash, CancellationToken.None));
        return member;
    }

    public static Task<string> HashAsync(LaunchpadApi api, string password) =>
        api.Service<Passwords>().HashAsync(password, "test", CancellationToken.None);

    /// <summary>A session as if he had just signed in.</summary>
    public async Task OpenAsync() => Use((await api.Service<StaffSessions>().OpenAsync(Who, "a test", CancellationToken.None)).Token);

    public async Task<StaffMember> EnrolAsync()
    {
        var (begun, asked) = await PostAsync("staff/auth/totp");
        Assert.Equal(HttpStatusCode.OK, begun);
        Secret = Base32Encoding.ToBytes(asked.GetProperty("secret").GetString());
        var (on, shown) = await PostAsync("staff/auth/totp/confirm", new { code = new Totp(Secret).ComputeTotp(DateTime.UtcNow) });
        Assert.Equal(HttpStatusCode.OK, on);
        Codes = [.. shown.GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!)];
        Use(shown);
        return this;
    }

    /// <summary>The same operator at another browser, who is signed in nowhere yet.</summary>
    public StaffMember Elsewhere(string? address = null) => new(api, Who, address) { Secret = Secret, Codes = Codes };

    /// <summary>Signed in with what was answered.</summary>
    public void Use(JsonElement signedIn) => Use(signedIn.GetProperty("token").GetString()!);

    public async Task<(int Status, JsonElement Body)> LoginAsync(string password = Password) =>
        await AskAsync("staff/auth/login", new { email = Who.Email, password });

    public Task<(int Status, JsonElement Body)> SecondAsync(string? challenge, string code) =>
        AskAsync("staff/auth/login/second", new { challenge, code });

    public async Task<string> ChallengeAsync() => (await LoginAsync()).Body.GetProperty("challenge").GetString()!;

    /// <summary>As if the last proof of who he is were longer ago.</summary>
    public Task GrowStaleAsync() => Auth.Sessions.GrowStaleAsync(api, Token);

    public async Task<(int Status, JsonElement Body)> AskAsync(string path, object? body = null, string method = "POST")
    {
        var (status, answer) = await SendAsync(new HttpMethod(method), path, body);
        return ((int)status, answer);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(
        HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        Array.ForEach(headers, header => request.Headers.Add(header.Name, header.Value));
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public void Dispose() => Http.Dispose();

    private static async Task<StaffMember> AddAsync(LaunchpadApi api, string hash) =>
        new(api, (await api.Service<OperatorStore>().AddAsync($"{Guid.NewGuid():N}@staff.example", hash, CancellationToken.None))!);

    private void Use(string token) => Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
}
