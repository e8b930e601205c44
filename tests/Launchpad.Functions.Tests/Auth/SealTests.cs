using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Launchpad.Functions.Auth;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Health;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>What is sealed names its key, and each year has another.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class SealTests(LaunchpadApi api)
{
    private const string First = "launchpad-sealing-key";
    private static readonly CancellationToken Ct = CancellationToken.None;
    private readonly Clock clock = new() { Now = new(2031, 6, 1, 0, 0, 0, TimeSpan.Zero) };

    private SecretVault Vault => api.Service<SecretVault>();

    private Seal Seal => new(Vault, api.Service<Tables>(), clock);

    [Fact]
    public async Task The_next_year_has_a_key_of_its_own_and_what_was_sealed_before_opens()
    {
        var before = await Seal.CloseAsync("this", "secret"u8.ToArray(), Ct);
        Assert.StartsWith("2031.", before, StringComparison.Ordinal);
        Assert.False(Seal.IsOld(before));
        clock.Now = clock.Now.AddYears(1);
        var after = await Seal.CloseAsync("this", "secret"u8.ToArray(), Ct);
        Assert.Equal((true, false), (Seal.IsOld(before), Seal.IsOld(after)));
        Assert.NotEqual(await Vault.GetAsync($"{First}-2031", Ct), await Vault.GetAsync($"{First}-2032", Ct));
        foreach (var text in (string[])[before, after])
        {
            Assert.Equal("secret", Encoding.UTF8.GetString((await Seal.OpenAsync("this", text, Ct))!));
            Assert.Null(await Seal.OpenAsync("that", text, Ct));
        }

        // With another year's key it does not open, nor when its own is gone.
        Assert.Null(await Seal.OpenAsync("this", "2032" + before[4..], Ct));
        await Vault.EraseAsync($"{First}-2031", Ct);
        Assert.Null(await Seal.OpenAsync("this", before, Ct));
        Assert.NotNull(await Seal.OpenAsync("this", after, Ct));
    }

    [Fact]
    public async Task A_challenge_opens_for_what_it_is_for_and_for_five_minutes()
    {
        var challenges = new Challenges(Seal, api.Service<Tables>(), clock);
        var (text, expires) = await challenges.MakeAsync("this", new[] { "what comes back" }, Ct);
        Assert.Equal(clock.Now.AddMinutes(5), expires);
        Assert.Null(await challenges.OpenAsync<string[]>("that", text, Ct));
        clock.Now = expires.AddTicks(-1);
        Assert.Equal("what comes back", (await challenges.OpenAsync<string[]>("this", text, Ct))!.Single());
        clock.Now = expires;
        Assert.Null(await challenges.OpenAsync<string[]>("this", text, Ct));
    }

    [Theory]
    [InlineData("2040")]
    [InlineData("1999")]
    [InlineData("20.1")]
    [InlineData("+203")]
    [InlineData("")]
    public async Task A_year_that_has_no_key_opens_nothing_and_gets_none(string year)
    {
        var text = await Seal.CloseAsync("this", "secret"u8.ToArray(), Ct);
        Assert.Null(await Seal.OpenAsync("this", year + text[4..], Ct));
        Assert.Null(await Vault.GetAsync($"{First}-2040", Ct));
    }

    [Fact]
    public async Task What_was_sealed_before_there_was_more_than_one_key_opens_and_is_sealed_anew_when_it_is_used()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var (secret, _) = await SecondFactorTests.TurnOnAsync(ada);
        var old = await OfOldAsync($"second factor of {ada.Account}", secret);
        Assert.True(Seal.IsOld(old));
        var accounts = api.Service<Tables>().Accounts;
        await accounts.UpdateEntityAsync(new TableEntity(ada.Account, "totp") { ["secret"] = old }, ETag.All, TableUpdateMode.Merge, Ct);

        for (var time = 0; time < 2; time++)
        {
            using var phone = ada.Elsewhere();
            var challenge = (await phone.LoginAsync()).Body.GetProperty("challenge").GetString();
            Assert.Equal(200, (await phone.PostAsync("auth/login/second", new { challenge, code = await NextAsync(accounts, ada.Account, secret) })).Status);
            var kept = (await accounts.FindAsync(ada.Account, "totp", Ct))!.GetString("secret");
            Assert.StartsWith($"{DateTimeOffset.UtcNow.Year}.", kept, StringComparison.Ordinal);
        }
    }

    /// <summary>A code is good once: as if the one before were a while ago.</summary>
    private static async Task<string> NextAsync(TableClient accounts, string account, byte[] secret)
    {
        await accounts.UpdateEntityAsync(new TableEntity(account, "totp") { ["step"] = 0L }, ETag.All, TableUpdateMode.Merge, Ct);
        return SecondFactorTests.CodeAfter(secret);
    }

    /// <summary>As the first builds did it.</summary>
    private async Task<string> OfOldAsync(string purpose, byte[] plain)
    {
        if (await Vault.GetAsync(First, Ct) is not { } key)
        {
            await Vault.SetAsync(First, key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Ct);
        }

        using var cipher = new AesGcm(Convert.FromBase64String(key), 16);
        var (nonce, closed, tag) = (RandomNumberGenerator.GetBytes(12), new byte[plain.Length], new byte[16]);
        cipher.Encrypt(nonce, plain, closed, tag, Encoding.UTF8.GetBytes(purpose));
        return Base64Url.EncodeToString([.. nonce, .. closed, .. tag]);
    }
}
