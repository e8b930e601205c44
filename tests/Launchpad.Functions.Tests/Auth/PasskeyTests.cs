using System.Text.Json;
using Launchpad.Functions.Tests.Api;

namespace Launchpad.Functions.Tests.Auth;

[Collection(ApiCollection.Name)]
public sealed class PasskeyTests(LaunchpadApi api)
{
    [Fact]
    public async Task A_passkey_signs_in_without_address_password_or_code()
    {
        using var ada = await Person.ConfirmedAsync(api);
        await SecondFactorTests.TurnOnAsync(ada);
        using var device = new Authenticator();
        var key = await AddAsync(ada, device);
        using var phone = ada.Elsewhere();
        var (status, body) = await ShowAsync(phone, device);
        Assert.Equal(200, status);
        phone.Use(body);
        Assert.Equal(ada.Account, (await phone.GetAsync("auth/me")).Body.GetProperty("id").GetString());
        var listed = Assert.Single((await phone.GetAsync("auth/security")).Body.GetProperty("passkeys").EnumerateArray());
        Assert.Equal((key, "My phone"), (listed.GetProperty("id").GetString(), listed.GetProperty("name").GetString()));
        Assert.NotNull(listed.GetProperty("lastUsedAt").GetString());
        await api.LetterAsync(ada.Email, "A passkey was added");
    }

    [Fact]
    public async Task What_was_shown_once_is_not_taken_again()
    {
        using var ada = await Person.ConfirmedAsync(api);
        using var device = new Authenticator();
        await AddAsync(ada, device);
        var begun = (await ada.PostAsync("auth/login/passkey/options")).Body;
        var shown = new { state = begun.GetProperty("state").GetString(), credential = device.Get(begun.GetProperty("options")) };
        Assert.Equal(200, (await ada.PostAsync("auth/login/passkey", shown)).Status);
        var (status, problem) = await ada.PostAsync("auth/login/passkey", shown);
        Assert.Equal((401, "passkey-refused"), (status, Person.KindOf(problem)));
    }

    [Fact]
    public async Task What_is_not_the_owners_own_answer_is_refused()
    {
        using var ada = await Person.ConfirmedAsync(api);
        using var eve = await Person.ConfirmedAsync(api);
        using var device = new Authenticator();
        using var hers = new Authenticator();
        await AddAsync(ada, device);
        await AddAsync(eve, hers);

        // Another's key that says it is Ada's; a key that nobody has; a page of another origin; the answer to another question.
        Assert.Equal(401, (await ShowAsync(eve, hers, ada.Account)).Status);
        using var unknown = new Authenticator();
        Assert.Equal(401, (await ShowAsync(eve, unknown, ada.Account)).Status);
        var (one, other) = ((await eve.PostAsync("auth/login/passkey/options")).Body, (await eve.PostAsync("auth/login/passkey/options")).Body);
        var mixed = new { state = one.GetProperty("state").GetString(), credential = device.Get(other.GetProperty("options")) };
        Assert.Equal(401, (await eve.PostAsync("auth/login/passkey", mixed)).Status);
        Assert.Equal(401, (await eve.PostAsync("auth/login/passkey", new { state = "AAAA", credential = new { id = 1 } })).Status);
        Assert.Equal(401, (await eve.PostAsync("auth/login/passkey", new { })).Status);

        Assert.Equal(200, (await ShowAsync(eve, device)).Status);
    }

    [Fact]
    public async Task A_device_that_does_not_look_who_holds_it_is_refused()
    {
        using var ada = await Person.ConfirmedAsync(api);
        using var careless = new Authenticator { LooksAtUser = false };
        Assert.Equal(401, (await TryAddAsync(ada, careless)).Status);
        using var elsewhere = new Authenticator("https://elsewhere.example");
        Assert.Equal(401, (await TryAddAsync(ada, elsewhere)).Status);
    }

    [Fact]
    public async Task A_removed_one_signs_in_no_more_and_a_stranger_removes_none()
    {
        using var ada = await Person.ConfirmedAsync(api);
        using var eve = await Person.ConfirmedAsync(api);
        using var device = new Authenticator();
        var key = await AddAsync(ada, device);
        Assert.Equal(404, (await eve.DeleteAsync($"auth/passkeys/{key}")).Status);
        Assert.Equal(404, (await ada.DeleteAsync("auth/passkeys/nonsense")).Status);
        Assert.Equal(200, (await ShowAsync(ada, device)).Status);
        Assert.Equal(204, (await ada.DeleteAsync($"auth/passkeys/{key}")).Status);
        Assert.Equal(401, (await ShowAsync(ada, device)).Status);
        await api.LetterAsync(ada.Email, "A passkey was removed");
    }

    [Fact]
    public async Task A_passkey_is_proof_enough_for_what_destroys()
    {
        using var ada = await Person.ConfirmedAsync(api);
        using var eve = await Person.ConfirmedAsync(api);
        using var device = new Authenticator();
        Assert.Equal("no-passkey", Person.KindOf((await ada.PostAsync("auth/step-up/passkey")).Body));
        await AddAsync(ada, device);
        await ada.GrowStaleAsync();
        Assert.Equal("sign-in-again", Person.KindOf((await ada.DeleteAsync("auth/totp")).Body));
        var begun = (await ada.PostAsync("auth/step-up/passkey")).Body;
        var shown = new { state = begun.GetProperty("state").GetString(), credential = device.Get(begun.GetProperty("options")) };
        Assert.Equal(401, (await eve.PostAsync("auth/step-up", shown)).Status);
        Assert.Equal(200, (await ada.PostAsync("auth/step-up", shown)).Status);
        Assert.Equal(204, (await ada.DeleteAsync("auth/totp")).Status);
    }

    [Fact]
    public async Task An_address_that_is_not_confirmed_has_none()
    {
        using var ada = await Person.SignedUpAsync(api);
        Assert.Equal("email-unconfirmed", Person.KindOf((await ada.PostAsync("auth/passkey-options")).Body));
    }

    internal static async Task<string> AddAsync(Person person, Authenticator device)
    {
        var (status, added) = await TryAddAsync(person, device);
        Assert.Equal(201, status);
        return added.GetProperty("id").GetString()!;
    }

    private static async Task<(int Status, JsonElement Body)> TryAddAsync(Person person, Authenticator device)
    {
        var (status, begun) = await person.PostAsync("auth/passkey-options");
        Assert.Equal(200, status);
        return await person.PostAsync(
            "auth/passkeys",
            new { state = begun.GetProperty("state").GetString(), name = "My phone", credential = device.Create(begun.GetProperty("options")) });
    }

    internal static async Task<(int Status, JsonElement Body)> ShowAsync(Person person, Authenticator device, string? sayingItIs = null)
    {
        var begun = (await person.PostAsync("auth/login/passkey/options")).Body;
        return await person.PostAsync(
            "auth/login/passkey",
            new { state = begun.GetProperty("state").GetString(), credential = device.Get(begun.GetProperty("options"), sayingItIs) });
    }
}
