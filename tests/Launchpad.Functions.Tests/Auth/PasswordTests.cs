using System.Diagnostics;
using Launchpad.Functions.Tests.Api;

namespace Launchpad.Functions.Tests.Auth;

[Collection(ApiCollection.Name)]
public sealed class PasswordTests(LaunchpadApi api)
{
    private const string Other = "eleven blue lanterns";

    [Fact]
    public async Task Who_has_forgotten_his_password_sets_another_and_everybody_is_signed_out()
    {
        using var ada = await Person.SignedUpAsync(api);
        using var thief = ada.Elsewhere();
        thief.Use((await thief.LoginAsync()).Body);
        using var phone = ada.Elsewhere();
        Assert.Equal(204, (await phone.PostAsync("auth/forgot", new { email = ada.Email.ToUpperInvariant() })).Status);
        var token = await phone.TokenAsync("Set a new password");

        Assert.Equal(204, (await phone.PostAsync("auth/reset", new { token, password = Other })).Status);
        Assert.Equal(401, (await ada.GetAsync("auth/me")).Status);
        Assert.Equal(401, (await thief.GetAsync("auth/me")).Status);
        Assert.Equal(401, (await phone.LoginAsync()).Status);
        var (status, body) = await phone.LoginAsync(Other);
        Assert.Equal(200, status);
        Assert.NotNull(body.GetProperty("account").GetProperty("emailVerifiedAt").GetString());
        Assert.Equal(409, (await phone.PostAsync("auth/reset", new { token, password = Person.Password })).Status);
        await api.LetterAsync(ada.Email, "Your password was changed");
    }

    [Fact]
    public async Task The_answer_to_who_forgot_is_the_same_for_an_address_that_nobody_has()
    {
        using var ada = await Person.SignedUpAsync(api);
        var nobody = $"{Guid.NewGuid():N}@example.com";
        Assert.Equal(204, (await ada.PostAsync("auth/forgot", new { email = nobody })).Status);
        Assert.Equal(204, (await ada.PostAsync("auth/forgot", new { email = ada.Email })).Status);
        await api.LetterAsync(ada.Email, "Set a new password");
        Assert.Empty(await api.LettersAsync(nobody));
    }

    /// <summary>Whoever asks writes one row whatever the address: what differs is done later, by the clock.</summary>
    [Fact]
    public async Task And_so_is_the_time_that_it_takes()
    {
        using var ada = await Person.SignedUpAsync(api);
        var (known, unknown) = (new List<double>(), new List<double>());
        for (var time = 0; time < 9; time++)
        {
            using var person = ada.Elsewhere();
            known.Add(await MsAsync(person, ada.Email));
            unknown.Add(await MsAsync(person, $"{Guid.NewGuid():N}@example.com"));
        }

        // The first of each is warm by then; nine of each tell a lookup or a letter from noise.
        Assert.InRange(Median(known) / Median(unknown), 0.2, 5);
    }

    [Fact]
    public async Task One_address_is_written_to_once_in_a_while_whoever_asks()
    {
        using var ada = await Person.SignedUpAsync(api);
        for (var time = 0; time < 5; time++)
        {
            using var somebody = ada.Elsewhere();
            Assert.Equal(204, (await somebody.PostAsync("auth/forgot", new { email = ada.Email })).Status);
        }

        await api.LetterAsync(ada.Email, "Set a new password");
        await api.FireAsync("SendMail");
        Assert.InRange((await api.LettersAsync(ada.Email)).Count(letter => letter.Subject == "Set a new password"), 1, 2);
    }

    [Fact]
    public async Task Who_asks_for_many_addresses_has_to_wait()
    {
        using var ada = await Person.SignedUpAsync(api);
        var statuses = new List<int>();
        for (var time = 0; time < 22; time++)
        {
            statuses.Add((await ada.PostAsync("auth/forgot", new { email = $"{Guid.NewGuid():N}@example.com" })).Status);
        }

        Assert.Equal(204, statuses[0]);
        Assert.Contains(429, statuses);
        using var other = ada.Elsewhere();
        Assert.Equal(204, (await other.PostAsync("auth/forgot", new { email = ada.Email })).Status);
    }

    [Theory]
    [InlineData("short 7", "invalid")]
    [InlineData("password123!", "weak-password")]
    [InlineData("iloveyou1", "weak-password")]
    [InlineData("aaaaaaaaaaaaaaaa", "weak-password")]
    public async Task A_password_that_is_guessed_first_is_refused_wherever_one_is_set(string password, string kind)
    {
        using var ada = await Person.SignedUpAsync(api);
        var (status, problem) = await ada.PostAsync("auth/signup", new { email = $"{Guid.NewGuid():N}@example.com", password });
        Assert.Equal((400, kind), (status, Person.KindOf(problem)));
        Assert.Equal("password", problem.GetProperty("field").GetString());
        Assert.Equal(kind, Person.KindOf((await ada.PostAsync("auth/password", new { password, current = Person.Password })).Body));
    }

    [Fact]
    public async Task A_change_wants_the_current_one_and_ends_every_other_session()
    {
        using var ada = await Person.SignedUpAsync(api);
        using var elsewhere = ada.Elsewhere();
        elsewhere.Use((await elsewhere.LoginAsync()).Body);
        var (wrong, problem) = await ada.PostAsync("auth/password", new { password = Other, current = "not this one" });
        Assert.Equal((401, "wrong-credentials"), (wrong, Person.KindOf(problem)));

        var (status, body) = await ada.PostAsync("auth/password", new { password = Other, current = Person.Password });
        Assert.Equal(200, status);
        Assert.Equal(401, (await ada.GetAsync("auth/me")).Status);
        Assert.Equal(401, (await elsewhere.GetAsync("auth/me")).Status);
        ada.Use(body);
        Assert.Equal(200, (await ada.GetAsync("auth/me")).Status);
        Assert.Equal(200, (await elsewhere.LoginAsync(Other)).Status);
    }

    /// <summary>One keyboard sends a letter with its accent, another the accent behind the letter.</summary>
    [Fact]
    public async Task What_looks_the_same_is_the_same_password()
    {
        using var ada = await Person.SignedUpAsync(api);
        Assert.Equal(200, (await ada.PostAsync("auth/password", new { password = "grüne Kessel", current = Person.Password })).Status);
        Assert.Equal(200, (await ada.LoginAsync("gru\u0308ne Kessel")).Status);
        Assert.Equal(401, (await ada.LoginAsync("grune Kessel")).Status);
    }

    [Fact]
    public async Task Without_the_current_one_it_wants_a_proof_of_a_moment_ago()
    {
        using var ada = await Person.SignedUpAsync(api);
        await ada.GrowStaleAsync();
        var (status, problem) = await ada.PostAsync("auth/password", new { password = Other });
        Assert.Equal((403, "sign-in-again"), (status, Person.KindOf(problem)));
        Assert.Equal(200, (await ada.PostAsync("auth/step-up", new { password = Person.Password })).Status);
        Assert.Equal(200, (await ada.PostAsync("auth/password", new { password = Other })).Status);
    }

    private static async Task<double> MsAsync(Person person, string email)
    {
        var watch = Stopwatch.StartNew();
        await person.PostAsync("auth/forgot", new { email });
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> all) => all.Order().ElementAt(all.Count / 2);
}
