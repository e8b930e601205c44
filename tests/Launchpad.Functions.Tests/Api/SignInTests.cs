using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Api;

/// <summary>Signing up and in, from several addresses: a proxy on this machine names them, as the host believes it.</summary>
[Collection(ApiCollection.Name)]
public sealed class SignInTests(LaunchpadApi api)
{
    private const string Password = "correct horse battery";
    private const string Home = "198.51.100.1";
    private const string Elsewhere = "203.0.113.66";

    private readonly string unique = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData("zoë.{0}@example.com", "zoe\u0308.{0}@example.com")]
    [InlineData("ada.{0}@bücher.example", "ada.{0}@xn--bcher-kva.example")]
    [InlineData("ada.{0}@xn--bcher-kva.example", "ADA.{0}@BU\u0308CHER.EXAMPLE")]
    [InlineData("ada.{0}@example.com", "Ada.{0}@ＥＸＡＭＰＬＥ。com")]
    public async Task Two_spellings_of_an_address_are_one_account(string first, string second)
    {
        (first, second) = (first.Replace("{0}", unique, StringComparison.Ordinal), second.Replace("{0}", unique, StringComparison.Ordinal));
        var id = await IdAsync(HttpStatusCode.Created, "signup", first, Home);
        Assert.Equal(409, await StatusAsync("signup", second, Password, Home));
        Assert.Equal(id, await IdAsync(HttpStatusCode.OK, "login", second, Home));
        Assert.Equal(id, await IdAsync(HttpStatusCode.OK, "login", first, Home));
    }

    /// <summary>As accounts were kept before addresses had one form: under what was typed.</summary>
    [Theory]
    [InlineData("zoe\u0308.{0}@example.com", "zoë.{0}@example.com")]
    [InlineData("ada.{0}@bücher.example", "ada.{0}@xn--bcher-kva.example")]
    [InlineData("ada.{0}@bu\u0308cher.example", "ada.{0}@bücher.example")]
    public async Task An_account_that_was_kept_as_typed_is_found_by_every_spelling(string kept, string other)
    {
        (kept, other) = (kept.Replace("{0}", unique, StringComparison.Ordinal), other.Replace("{0}", unique, StringComparison.Ordinal));
        var id = await KeepAsync(kept);
        Assert.Equal(id, await IdAsync(HttpStatusCode.OK, "login", kept, Home));
        Assert.Equal(id, await IdAsync(HttpStatusCode.OK, "login", other, Home));
        Assert.Equal(409, await StatusAsync("signup", other, Password, Home));
    }

    [Fact]
    public async Task Who_had_two_accounts_by_two_spellings_has_both_still()
    {
        var (composed, decomposed) = ($"zoë.{unique}@example.com", $"zoe\u0308.{unique}@example.com");
        var (one, two) = (await KeepAsync(composed), await KeepAsync(decomposed));
        Assert.Equal(one, await IdAsync(HttpStatusCode.OK, "login", composed, Home));
        Assert.Equal(two, await IdAsync(HttpStatusCode.OK, "login", decomposed, Home));
    }

    [Fact]
    public async Task An_account_whose_address_would_be_refused_today_is_found_by_that_address()
    {
        var hidden = $"ada\u200b.{unique}@example.com";
        var id = await KeepAsync(hidden);
        Assert.Equal(id, await IdAsync(HttpStatusCode.OK, "login", hidden, Home));
        Assert.Equal(400, await StatusAsync("signup", $"bob\u200b.{unique}@example.com", Password, Home));
    }

    [Fact]
    public async Task Guesses_from_elsewhere_do_not_keep_the_owner_out()
    {
        var email = $"{unique}@example.com";
        await IdAsync(HttpStatusCode.Created, "signup", email, Home);
        Assert.Equal(401, await StatusAsync("login", email, "wrong horse", Elsewhere));

        // At once: one after the other they would be further apart on a slow machine than it takes to be allowed another.
        var guesses = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => StatusAsync("login", email, $"wrong horse {i}", Elsewhere)));
        Assert.Contains(429, guesses);
        Assert.DoesNotContain(200, guesses);
        Assert.Equal(200, await StatusAsync("login", email, Password, Home));
        Assert.Equal(200, await StatusAsync("login", email, Password, "2001:db8::1"));
    }

    [Fact]
    public async Task A_flood_of_sign_ups_from_one_address_starves_nobody_at_another()
    {
        var email = $"{unique}@example.com";
        await IdAsync(HttpStatusCode.Created, "signup", email, Home);
        using var over = new CancellationTokenSource();
        var (begun, signedUp) = (new TaskCompletionSource(), 0);
        var flood = Enumerable.Range(0, 24).Select(async worker =>
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var status = await StatusAsync("signup", $"{unique}.{worker}.{i}@example.com", Password, Elsewhere);
                Assert.Contains(status, new[] { 201, 429 });
                _ = status == 201 ? Interlocked.Increment(ref signedUp) : 0;
                begun.TrySetResult();
            }
        }).ToList();
        await begun.Task;
        var meanwhile = new List<int>();
        for (var time = 0; time < 5; time++)
        {
            var before = signedUp;
            Assert.Equal(200, await StatusAsync("login", email, Password, Home));
            meanwhile.Add(signedUp - before);
        }

        await over.CancelAsync();
        await Task.WhenAll(flood);

        // Sixteen wait all the time: in one line each would have had that many before it, and on a busy machine some have more than theirs.
        Assert.InRange(meanwhile.Min(), 0, 12);
        Assert.True(signedUp > meanwhile.Max());
    }

    private async Task<string> KeepAsync(string email)
    {
        var (tables, account) = (api.Service<Tables>(), Shared.Ids.New(Shared.Ids.Account, TimeProvider.System));
        var hash = await api.Service<Passwords>().HashAsync(Password, "test", CancellationToken.None);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email.ToLowerInvariant())));
        await tables.Emails.AddEntityAsync(new TableEntity(key, "profile") { ["account"] = account });
        await tables.Accounts.AddEntityAsync(
            new TableEntity(account, "profile") { ["email"] = email, ["passwordHash"] = hash, ["createdAt"] = DateTimeOffset.UtcNow });
        return account;
    }

    private async Task<string> IdAsync(HttpStatusCode status, string verb, string email, string from)
    {
        using var answer = await PostAsync(verb, email, Password, from);
        Assert.Equal(status, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("account").GetProperty("id").GetString()!;
    }

    private async Task<int> StatusAsync(string verb, string email, string password, string from)
    {
        using var answer = await PostAsync(verb, email, password, from);
        return (int)answer.StatusCode;
    }

    private async Task<HttpResponseMessage> PostAsync(string verb, string email, string password, string from)
    {
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        return await http.PostAsJsonAsync(new Uri($"auth/{verb}", UriKind.Relative), new { email, password });
    }
}
