using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using OtpNet;

namespace Launchpad.Functions.Tests.Auth;

[Collection(ApiCollection.Name)]
public sealed class SecondFactorTests(LaunchpadApi api)
{
    [Fact]
    public async Task Signing_in_asks_for_a_code_which_is_good_once()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var (secret, _) = await TurnOnAsync(ada);
        using var phone = ada.Elsewhere();
        var (status, asked) = await phone.LoginAsync();
        Assert.Equal(202, status);
        Assert.False(asked.TryGetProperty("token", out _));
        var challenge = asked.GetProperty("challenge").GetString();

        // The code that confirmed it is used up, and so is what lies before it.
        var code = CodeAfter(secret);
        Assert.Equal("wrong-code", Person.KindOf((await SecondAsync(phone, challenge, "000000")).Body));
        var (entered, body) = await SecondAsync(phone, challenge, code);
        Assert.Equal(200, entered);
        phone.Use(body);
        Assert.Equal(ada.Account, (await phone.GetAsync("auth/me")).Body.GetProperty("id").GetString());

        using var thief = ada.Elsewhere();
        var again = (await thief.LoginAsync()).Body.GetProperty("challenge").GetString();
        Assert.Equal(401, (await SecondAsync(thief, again, code)).Status);
    }

    [Fact]
    public async Task A_recovery_code_is_good_once_and_told_of()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var (_, codes) = await TurnOnAsync(ada);
        Assert.Equal(10, codes.Count);
        using var phone = ada.Elsewhere();
        var challenge = (await phone.LoginAsync()).Body.GetProperty("challenge").GetString();
        Assert.Equal(200, (await phone.PostAsync("auth/login/second", new { challenge, recoveryCode = codes[3].ToUpperInvariant() })).Status);
        Assert.Equal(401, (await phone.PostAsync("auth/login/second", new { challenge, recoveryCode = codes[3] })).Status);
        Assert.Contains("9 are left", (await api.LetterAsync(ada.Email, "A recovery code was used")).TextBody, StringComparison.Ordinal);
        Assert.Equal(9, (await ada.GetAsync("auth/security")).Body.GetProperty("totp").GetProperty("recoveryCodesLeft").GetInt32());

        var renewed = await ada.PostAsync("auth/totp/recovery-codes");
        Assert.Equal(200, renewed.Status);
        Assert.Equal(401, (await phone.PostAsync("auth/login/second", new { challenge, recoveryCode = codes[4] })).Status);
        var fresh = renewed.Body.GetProperty("recoveryCodes")[0].GetString();
        Assert.Equal(200, (await phone.PostAsync("auth/login/second", new { challenge, recoveryCode = fresh })).Status);
    }

    [Fact]
    public async Task Who_guesses_codes_has_to_wait_the_owner_is_told_and_gets_in()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var (secret, _) = await TurnOnAsync(ada);
        using var thief = ada.Elsewhere();
        var challenge = (await thief.LoginAsync()).Body.GetProperty("challenge").GetString();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => (await SecondAsync(thief, challenge, $"{i:D6}")).Status));
        Assert.Contains(429, statuses);
        Assert.DoesNotContain(200, statuses);
        await api.LetterAsync(ada.Email, "Somebody knows your password");

        // At the browser where she was before.
        var again = (await ada.LoginAsync()).Body.GetProperty("challenge").GetString();
        Assert.Equal(200, (await SecondAsync(ada, again, CodeAfter(secret))).Status);
    }

    [Fact]
    public async Task A_new_password_ends_what_was_begun_with_the_old_one()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var (secret, _) = await TurnOnAsync(ada);
        using var thief = ada.Elsewhere();
        var challenge = (await thief.LoginAsync()).Body.GetProperty("challenge").GetString();
        await ada.PostAsync("auth/password", new { password = "eleven blue lanterns", current = Person.Password });
        var (status, problem) = await SecondAsync(thief, challenge, CodeAfter(secret));
        Assert.Equal((401, "challenge-over"), (status, Person.KindOf(problem)));
        Assert.Equal("challenge-over", Person.KindOf((await SecondAsync(thief, "AAAA", "123456")).Body));
    }

    [Fact]
    public async Task It_is_off_until_a_code_was_confirmed_and_after_it_was_turned_off()
    {
        using var ada = await Person.ConfirmedAsync(api);
        Assert.Equal(200, (await ada.PostAsync("auth/totp")).Status);
        Assert.Equal(200, (await ada.LoginAsync()).Status);
        var (secret, _) = await TurnOnAsync(ada);
        Assert.Equal(202, (await ada.LoginAsync()).Status);
        Assert.Equal("second-factor-on", Person.KindOf((await ada.PostAsync("auth/totp")).Body));
        Assert.Equal(204, (await ada.DeleteAsync("auth/totp")).Status);
        Assert.Equal(200, (await ada.LoginAsync()).Status);
        Assert.Equal("second-factor-off", Person.KindOf((await ada.PostAsync("auth/totp/recovery-codes")).Body));
        await api.LetterAsync(ada.Email, "Two-step sign-in is on");
        await api.LetterAsync(ada.Email, "Two-step sign-in is off");
        Assert.NotEmpty(secret);
    }

    [Fact]
    public async Task An_address_that_is_not_confirmed_has_none()
    {
        using var ada = await Person.SignedUpAsync(api);
        var (status, problem) = await ada.PostAsync("auth/totp");
        Assert.Equal((409, "email-unconfirmed"), (status, Person.KindOf(problem)));
    }

    [Fact]
    public async Task The_picture_is_square_and_the_tables_have_nothing_to_read()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var begun = (await ada.PostAsync("auth/totp")).Body;
        var rows = begun.GetProperty("qr").EnumerateArray().Select(row => row.GetString()!).ToList();
        Assert.All(rows, row => Assert.Equal(rows.Count, row.Length));
        Assert.StartsWith("otpauth://totp/", begun.GetProperty("uri").GetString(), StringComparison.Ordinal);
        var secret = Base32Encoding.ToBytes(begun.GetProperty("secret").GetString());
        await foreach (var row in api.StorageTables.GetTableClient("accounts").QueryAsync<Azure.Data.Tables.TableEntity>(
            row => row.PartitionKey == ada.Account))
        {
            Assert.DoesNotContain(row.Select(pair => pair.Value), value => value is string text && (
                text.Contains(Base32Encoding.ToString(secret), StringComparison.OrdinalIgnoreCase)
                || text.Contains(Convert.ToBase64String(secret), StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task What_was_done_is_in_the_record_without_a_secret()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var (_, codes) = await TurnOnAsync(ada);
        var text = (await ada.GetAsync("auth/record")).Body.GetRawText();
        Assert.Contains("turn-on-second-factor", text, StringComparison.Ordinal);
        Assert.Contains("confirm-address", text, StringComparison.Ordinal);
        Assert.All(codes, code => Assert.DoesNotContain(code, text, StringComparison.Ordinal));
    }

    internal static async Task<(byte[] Secret, IReadOnlyList<string> Codes)> TurnOnAsync(Person person)
    {
        var (status, begun) = await person.PostAsync("auth/totp");
        Assert.Equal(200, status);
        var secret = Base32Encoding.ToBytes(begun.GetProperty("secret").GetString());
        Assert.Equal("wrong-code", Person.KindOf((await person.PostAsync("auth/totp/confirm", new { code = "abcdef" })).Body));
        var (confirmed, shown) = await person.PostAsync("auth/totp/confirm", new { code = new Totp(secret).ComputeTotp(DateTime.UtcNow) });
        Assert.Equal(200, confirmed);
        return (secret, [.. shown.GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!)]);
    }

    /// <summary>Of a step that is later than the one that confirmed it, also where that has just ended.</summary>
    internal static string CodeAfter(byte[] secret) => new Totp(secret).ComputeTotp(DateTime.UtcNow.AddSeconds(30));

    private static Task<(int Status, JsonElement Body)> SecondAsync(Person person, string? challenge, string code) =>
        person.PostAsync("auth/login/second", new { challenge, code });
}
