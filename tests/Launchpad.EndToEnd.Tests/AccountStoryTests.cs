using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using OtpNet;

namespace Launchpad.EndToEnd.Tests;

/// <summary>An account from its first letter on, over the mail server and the tables of a whole stack.</summary>
[Collection(OnOneStack.Name)]
public sealed class AccountStoryTests(OnOneStack.Fixture fixture) : IDisposable
{
    private readonly Stack stack = fixture.Stack;
    private readonly HttpClient http = new();
    private readonly string email = $"{Guid.NewGuid():N}@example.com";

    [Fact]
    public async Task An_owner_confirms_forgets_comes_back_and_puts_a_second_lock_on_the_door()
    {
        var first = await SignedInAsync("auth/signup", Purchases.Password, HttpStatusCode.Created);
        using var confirmed = await PostAsync("auth/verify", new { token = await LinkAsync("Confirm your address", "verify") });
        Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);

        const string Next = "eleven blue lanterns";
        using var forgot = await PostAsync("auth/forgot", new { email });
        Assert.Equal(HttpStatusCode.NoContent, forgot.StatusCode);
        using var reset = await PostAsync("auth/reset", new { token = await LinkAsync("Set a new password", "reset"), password = Next });
        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(first));

        var second = await SignedInAsync("auth/login", Next, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(second));
        using var begun = await PostAsync("auth/totp", null, second);
        var secret = Base32Encoding.ToBytes((await begun.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString());
        using var on = await PostAsync("auth/totp/confirm", new { code = new Totp(secret).ComputeTotp(DateTime.UtcNow) }, second);
        Assert.Equal(HttpStatusCode.OK, on.StatusCode);

        using var asked = await PostAsync("auth/login", new { email, password = Next });
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var challenge = (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("challenge").GetString();
        using var entered = await PostAsync("auth/login/second", new { challenge, code = new Totp(secret).ComputeTotp(DateTime.UtcNow.AddSeconds(30)) });
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
        await stack.LetterAsync(email, "Two-step sign-in is on");
    }

    public void Dispose() => http.Dispose();

    private async Task<string> SignedInAsync(string path, string password, HttpStatusCode status)
    {
        using var answer = await PostAsync(path, new { email, password });
        Assert.Equal(status, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    private async Task<HttpStatusCode> MeAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stack.ControlPlane, "api/auth/me"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, object? body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(stack.ControlPlane, $"api/{path}"))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, Stack.Within(1));
    }

    /// <summary>The token of the link, which leads to the app's own page.</summary>
    private async Task<string> LinkAsync(string subject, string page)
    {
        var match = Regex.Match(await stack.LetterAsync(email, subject), $@"{Regex.Escape(stack.Site.ToString())}{page}#token=(\S+)");
        Assert.True(match.Success);
        return match.Groups[1].Value;
    }
}
