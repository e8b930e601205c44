using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Functions.Staff;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Auth;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;
using OtpNet;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>A password alone opens nothing of the staff's.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffSecondFactorTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Signing_in_asks_for_a_code_which_is_good_once()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        using var phone = staff.Elsewhere();
        var (status, asked) = await phone.LoginAsync();
        Assert.Equal(202, status);
        Assert.False(asked.TryGetProperty("token", out _));
        var (challenge, code) = (asked.GetProperty("challenge").GetString(), staff.Code);
        Assert.Equal("wrong-code", Person.KindOf((await phone.SecondAsync(challenge, "000000")).Body));
        var (entered, body) = await phone.SecondAsync(challenge, code);
        Assert.Equal(200, entered);
        phone.Use(body);
        await phone.GetAsync("staff/alerts");

        using var thief = staff.Elsewhere();
        Assert.Equal("wrong-code", Person.KindOf((await thief.SecondAsync(await thief.ChallengeAsync(), code)).Body));
        Assert.Equal("challenge-over", Person.KindOf((await thief.SecondAsync("AAAA", "123456")).Body));
    }

    [Fact]
    public async Task A_recovery_code_is_good_once_and_those_of_before_are_void()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        Assert.Equal(10, staff.Codes.Count);
        using var phone = staff.Elsewhere();
        var challenge = await phone.ChallengeAsync();
        Assert.Equal(200, await RecoverAsync(staff.Codes[3].ToUpperInvariant()));
        Assert.Equal(401, await RecoverAsync(staff.Codes[3]));
        Assert.Equal(9, (await staff.GetAsync("staff/auth/security")).GetProperty("totp").GetProperty("recoveryCodesLeft").GetInt32());
        var (renewed, shown) = await staff.AskAsync("staff/auth/totp/recovery-codes");
        Assert.Equal(200, renewed);
        Assert.Equal(401, await RecoverAsync(staff.Codes[4]));
        Assert.Equal(200, await RecoverAsync(shown.GetProperty("recoveryCodes")[0].GetString()!));

        async Task<int> RecoverAsync(string recoveryCode) =>
            (await phone.AskAsync("staff/auth/login/second", new { challenge, recoveryCode })).Status;
    }

    [Fact]
    public async Task Who_guesses_codes_has_to_wait_and_the_operator_gets_in_where_he_has_been()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        using var home = staff.Elsewhere("198.51.100.71");
        var second = new { challenge = await home.ChallengeAsync(), recoveryCode = staff.Codes[0] };
        Assert.Equal(200, (await home.AskAsync("staff/auth/login/second", second)).Status);
        using var thief = staff.Elsewhere("203.0.113.71");
        var challenge = await thief.ChallengeAsync();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => (await thief.SecondAsync(challenge, $"{i:D6}")).Status));
        Assert.Contains(429, statuses);
        Assert.DoesNotContain(200, statuses);
        Assert.Equal(200, (await home.SecondAsync(await home.ChallengeAsync(), staff.Code)).Status);
    }

    [Fact]
    public async Task What_was_begun_is_void_when_he_was_removed_reset_or_has_another_password()
    {
        var operators = api.Service<OperatorStore>();
        foreach (var change in new Func<StaffMember, Task>[]
        {
            async one =>
            {
                await operators.RemoveAsync(one.Who.Email, Ct);
                await operators.AddAsync(one.Who.Email, await StaffMember.HashAsync(api, StaffMember.Password), Ct);
            },
            one => operators.ResetAsync(one.Who.Email, "another", Ct),
            one => operators.SetPasswordAsync(one.Who, "another", Ct),
        })
        {
            using var staff = await StaffMember.WithPasswordAsync(api);
            var challenge = await staff.ChallengeAsync();
            await change(staff);
            var (status, problem) = await staff.SecondAsync(challenge, staff.Code);
            Assert.Equal((401, "challenge-over"), (status, Person.KindOf(problem)));
            Assert.Equal(401, (await staff.AskAsync("staff/auth/me", method: "GET")).Status);
        }
    }

    [Fact]
    public async Task A_session_that_was_opened_without_a_code_ends_when_there_is_one()
    {
        using var staff = await StaffMember.OfOwnPasswordAsync(api, "no password leads here");
        using var thief = staff.Elsewhere();
        await Task.WhenAll(staff.OpenAsync(), thief.OpenAsync());
        await staff.EnrolAsync();
        Assert.Equal(401, (await thief.AskAsync("staff/auth/me", method: "GET")).Status);
        await staff.GetAsync("staff/alerts");
    }

    [Fact]
    public async Task Who_turns_it_off_can_do_nothing_but_turn_on_another_one()
    {
        using var staff = await StaffMember.OfAsync(api);
        var before = staff.Secret;
        Assert.Equal("second-factor-on", Person.KindOf((await staff.AskAsync("staff/auth/totp")).Body));
        Assert.Equal(204, (await staff.AskAsync("staff/auth/totp", null, "DELETE")).Status);
        Assert.Equal("second-factor-needed", Person.KindOf((await staff.AskAsync("staff/alerts", null, "GET")).Body));
        Assert.Equal("second-factor-needed", Person.KindOf((await staff.AskAsync("staff/auth/totp/recovery-codes")).Body));
        await staff.EnrolAsync();
        Assert.NotEqual(before, staff.Secret);
        await staff.GetAsync("staff/alerts");
    }

    [Fact]
    public async Task A_wrong_code_turns_nothing_on()
    {
        using var staff = await StaffMember.OfOwnPasswordAsync(api, "no password leads here");
        await staff.OpenAsync();
        Assert.Equal("challenge-over", Person.KindOf((await ConfirmAsync("123456")).Body));
        var begun = (await staff.AskAsync("staff/auth/totp")).Body;
        Assert.Equal("wrong-code", Person.KindOf((await ConfirmAsync("abcdef")).Body));
        Assert.Equal("enrol", (await staff.GetAsync("staff/auth/me")).GetProperty("stage").GetString());

        // Neither the secret nor a code can be read in the tables.
        var secret = Base32Encoding.ToBytes(begun.GetProperty("secret").GetString());
        await foreach (var row in api.Service<Tables>().Operators.QueryAsync<TableEntity>(row => row.PartitionKey == staff.Who.Id))
        {
            Assert.DoesNotContain(row.Select(pair => pair.Value), value => value is string text && (
                text.Contains(Base32Encoding.ToString(secret), StringComparison.OrdinalIgnoreCase)
                || text.Contains(Convert.ToBase64String(secret), StringComparison.Ordinal)));
        }

        Task<(int Status, JsonElement Body)> ConfirmAsync(string code) => staff.AskAsync("staff/auth/totp/confirm", new { code });
    }

    [Theory]
    [InlineData(true, "enrol")]
    [InlineData(false, "whole")]
    public async Task Only_a_setting_lets_operators_go_without(bool isRequired, string stage)
    {
        using var staff = await StaffMember.OfOwnPasswordAsync(api, "no password leads here");
        await staff.OpenAsync();
        var callers = new StaffCallers(
            api.Service<StaffSessions>(), api.Service<IOptions<SiteOptions>>(),
            Options.Create(new StaffOptions { RequireSecondFactor = isRequired }), TimeProvider.System);
        Assert.Equal(stage, callers.View((await api.Service<StaffSessions>().FindAsync(staff.Token, Ct))!).Stage);
    }

    [Fact]
    public async Task Who_tries_to_get_in_is_in_the_staffs_record()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        using var thief = staff.Elsewhere("203.0.113.72");
        Assert.Equal(401, (await thief.LoginAsync("not this one")).Status);
        Assert.Equal(401, (await thief.SecondAsync(await thief.ChallengeAsync(), "000000")).Status);

        // The first row is written when its answer is out, so that the answer's time tells nothing.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await ActionsAsync(staff.Who)).Intersect(["wrong-password", "wrong-code"]).Count() < 2)
        {
            await Task.Delay(100, patience.Token);
        }
    }

    private async Task<IReadOnlyList<string>> ActionsAsync(Operator who) =>
        [.. (await api.Service<RecordStore>().AllAsync(Operator.Chain, Ct)).Where(row => row.Actor == who.Actor)
            .Select(row => JsonElement.Parse(row.Data).GetProperty("action").GetString()!)];
}
