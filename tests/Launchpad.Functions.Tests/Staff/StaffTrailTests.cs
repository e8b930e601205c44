using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;
using OtpNet;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>What operators do with their own sign-in leaves rows in the staff's record that say who it was.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffTrailTests(LaunchpadApi api)
{
    private const string Own = "eleven blue lanterns";

    /// <summary>Functions and what their rows are called. What operators do besides has tests of its own.</summary>
    private static readonly Dictionary<string, string> Driven = new()
    {
        ["StaffLogin"] = "sign-in",
        ["StaffChangePassword"] = "change-password",
        ["StaffBeginTotp"] = "begin-totp",
        ["StaffConfirmTotp"] = "turn-on-second-factor",
        ["StaffLoginSecond"] = "sign-in",
        ["StaffStepUp"] = "step-up",
        ["StaffRenewRecoveryCodes"] = "renew-recovery-codes",
        ["StaffTurnOffTotp"] = "turn-off-second-factor",
        ["StaffCloseSession"] = "sign-out",
        ["StaffCloseOtherSessions"] = "sign-out-elsewhere",
        ["StaffLogout"] = "logout",
    };

    private readonly RecordStore records = api.Service<RecordStore>();

    [Fact]
    public void No_change_of_a_sign_in_is_forgotten() => Assert.Equal(
        Routes.ByFunction.Values.Where(route => route.IsRecorded && route.Template.StartsWith("staff/auth/", StringComparison.Ordinal))
            .Select(route => route.Function).Order(),
        Driven.Keys.Order());

    [Fact]
    public async Task What_an_operator_does_with_his_sign_in_is_in_the_staffs_record_without_a_secret()
    {
        using var staff = await StaffMember.AddedAsync(api);
        var by = staff.Who.Actor;
        staff.Use(await StepAsync("StaffLogin", () => staff.LoginAsync()));
        staff.Use(await StepAsync("StaffChangePassword", () => staff.AskAsync("staff/auth/password", new { password = Own })));
        var secret = (await StepAsync("StaffBeginTotp", () => staff.AskAsync("staff/auth/totp"))).GetProperty("secret").GetString()!;
        var code = new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(DateTime.UtcNow);
        var enrolled = await StepAsync("StaffConfirmTotp", () => staff.AskAsync("staff/auth/totp/confirm", new { code }));
        var recoveryCode = enrolled.GetProperty("recoveryCodes")[0].GetString()!;

        using var phone = staff.Elsewhere();
        var challenge = (await phone.LoginAsync(Own)).Body.GetProperty("challenge").GetString();
        phone.Use(await StepAsync("StaffLoginSecond", () => phone.AskAsync("staff/auth/login/second", new { challenge, recoveryCode })));
        await StepAsync("StaffStepUp", () => phone.AskAsync("staff/auth/step-up", new { password = Own }));
        await StepAsync("StaffRenewRecoveryCodes", () => phone.AskAsync("staff/auth/totp/recovery-codes"));
        await StepAsync("StaffTurnOffTotp", () => phone.AskAsync("staff/auth/totp", null, "DELETE"));
        await phone.OpenAsync();
        var other = (await phone.GetAsync("staff/auth/sessions")).GetProperty("sessions")[1].GetProperty("id").GetString();
        await StepAsync("StaffCloseSession", () => phone.AskAsync($"staff/auth/sessions/{other}", null, "DELETE"));
        await StepAsync("StaffCloseOtherSessions", () => phone.AskAsync("staff/auth/sessions", null, "DELETE"));
        await StepAsync("StaffLogout", () => phone.AskAsync("staff/auth/logout"));

        var mine = string.Join('\n', (await records.AllAsync(Operator.Chain, default)).Where(row => row.Actor == by).Select(row => row.Data));
        foreach (var hidden in new[] { secret, recoveryCode, staff.Who.Email, Own, StaffMember.Password })
        {
            Assert.DoesNotContain(hidden, mine, StringComparison.Ordinal);
        }

        async Task<JsonElement> StepAsync(string function, Func<Task<(int Status, JsonElement Body)>> act)
        {
            var before = (await records.HeadAsync(Operator.Chain, default)).Sequence;
            var (status, body) = await act();
            Assert.InRange(status, 200, 299);
            var rows = await records.ReadAsync(Operator.Chain, before, before + 100, default);
            Assert.Single(rows, row => row.Actor == by && JsonElement.Parse(row.Data).GetProperty("action").GetString() == Driven[function]);
            return body;
        }
    }
}
