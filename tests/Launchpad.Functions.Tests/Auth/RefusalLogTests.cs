using System.Net.Http.Headers;
using System.Net.Http.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Access;
using Launchpad.Shared.Access;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>Whoever is not let in, not let do it or told to wait leaves a line with the route and his network, and nothing that he typed.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class RefusalLogTests(LaunchpadApi api)
{
    private readonly string subnet = $"{Random.Shared.Next(0x1000, 0x10000):x}";

    private string Network => $"20010db80000{subnet}";

    [Fact]
    public async Task A_wrong_password_and_a_wrong_code()
    {
        using var person = await Person.SignedUpAsync(api);
        const string Typed = "nine blue kettles, no";
        Assert.Equal(401, await SendAsync("auth/login", new { email = person.Email, password = Typed }));
        var line = await api.Log.FindAsync("Refused Login", Network, "wrong-credentials");
        Assert.DoesNotContain(person.Email, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Typed, line, StringComparison.Ordinal);
        Assert.Equal(401, await SendAsync("auth/login/second", new { challenge = "none of ours", code = "123456" }));
        Assert.DoesNotContain("none of ours", await api.Log.FindAsync("Refused LoginSecond", Network), StringComparison.Ordinal);
        Assert.Equal(401, await SendAsync("staff/auth/login", new { email = "nobody@staff.example", password = Typed }));
        Assert.DoesNotContain("nobody@staff.example", await api.Log.FindAsync("Refused StaffLogin", Network), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_signed_in_and_who_may_not()
    {
        Assert.Equal(401, await SendAsync("deployments", new { name = "Ada", plan = "starter" }));
        await api.Log.FindAsync("Refused CreateDeployment", Network, "sign-in-needed");
        using var owner = await api.SignedUpAsync();
        var made = await api.Service<ApiTokenStore>().AddAsync(owner.Account, owner.Account, "a program", [Permission.Read], null, TimeSpan.FromDays(1), default);
        Assert.Equal(403, await SendAsync("deployments", new { name = "Ada", plan = "starter" }, made!.Value.Token));
        await api.Log.FindAsync("Refused CreateDeployment", Network, "not-allowed");
    }

    [Fact]
    public async Task Who_has_to_wait()
    {
        using var person = await Person.SignedUpAsync(api);
        int status;
        do
        {
            status = await SendAsync("auth/login", new { email = person.Email, password = "nine blue kettles, no" });
        }
        while (status == 401);

        Assert.Equal(429, status);
        await api.Log.FindAsync("Refused Login", Network, "too-many-attempts");
    }

    private async Task<int> SendAsync(string path, object body, string? token = null)
    {
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", $"2001:db8:0:{subnet}::1");
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return (int)answer.StatusCode;
    }
}
