using System.Text.Json;
using System.Text.RegularExpressions;
using Launchpad.Functions.Staff;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Auth;
using Launchpad.Functions.Tests.Health;
using Launchpad.Shared.Staff;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>An operator's session that somebody else has got hold of destroys nothing and gives nothing back.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffStepUpTests(LaunchpadApi api)
{
    /// <summary>Changes that an open browser is enough for.</summary>
    private static readonly Dictionary<string, string> Harmless = new()
    {
        ["StaffLogout"] = "It takes back what lets somebody in.",
        ["StaffSignOutAccount"] = "It takes back what lets somebody in.",
        ["StaffLockAccount"] = "It takes back what lets somebody in, and is undone with one press.",
        ["StaffUnlockAccount"] = "It opens what was open before, to who can sign in.",
        ["StaffCloseSession"] = "It takes back what lets somebody in.",
        ["StaffCloseOtherSessions"] = "It takes back what lets somebody in.",
        ["StaffStepUp"] = "It is the proof.",
        ["StaffChangePassword"] = "It wants the current password, or a step-up.",
        ["StaffConfirmTotp"] = "It ends what a step-up began.",
        ["StaffRetryOperation"] = "What its owner had asked for is done.",
        ["StaffExtendOperation"] = "What goes on is given more time.",
        ["StaffCordonVm"] = "Nothing moves, and it can be taken back.",
        ["StaffUncordonVm"] = "Nothing moves, and it can be taken back.",
        ["StaffAcknowledgeAlert"] = "A note.",
        ["StaffSilenceAlert"] = "A note that ends by itself.",
        ["StaffRunReconcile"] = "What the clock does anyway.",
    };

    public static TheoryData<string, string> Needing
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var route in Changes.Where(route => route.NeedsStepUp))
            {
                all.Add(route.Methods.First(method => method != "HEAD"), route.Template);
            }

            return all;
        }
    }

    private static IEnumerable<Route> Changes => Routes.ByFunction.Values.Where(route => route.IsStaff && !route.Methods.Contains("GET"));

    [Fact]
    public void Every_change_needs_it_or_is_known_to_be_harmless() =>
        Assert.Equal(Harmless.Keys.Order(), Changes.Where(route => !route.NeedsStepUp).Select(route => route.Function).Order());

    [Theory]
    [MemberData(nameof(Needing))]
    public async Task A_session_of_a_while_ago_is_not_enough(string method, string template)
    {
        using var staff = await StaffMember.OfAsync(api);
        await staff.GrowStaleAsync();
        var path = Regex.Replace(template, @"\{[^}]+\}", "op_01ARZ3NDEKTSV4RRFFQ69G5FAV");
        var (status, problem) = await staff.AskAsync(path, null, method);
        Assert.Equal((403, "sign-in-again"), (status, Person.KindOf(problem)));
    }

    [Fact]
    public async Task What_would_be_done_about_a_difference_is_told_without_it()
    {
        using var staff = await StaffMember.OfAsync(api);
        await staff.GrowStaleAsync();
        const string Fix = "staff/reconcile/findings/none/fix";
        Assert.Equal(404, (await staff.AskAsync($"{Fix}?preview=true")).Status);
        Assert.Equal(403, (await staff.AskAsync($"{Fix}?preview=false")).Status);
    }

    [Fact]
    public async Task The_password_a_code_and_a_recovery_code_renew_it_in_the_same_session()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        object[] proofs = [new { password = StaffMember.Password }, new { code = staff.Code }, new { recoveryCode = staff.Codes[0] }];
        foreach (var proof in proofs)
        {
            await staff.GrowStaleAsync();
            Assert.Equal(JsonValueKind.Null, (await staff.GetAsync("staff/auth/security")).GetProperty("freshUntil").ValueKind);
            Assert.Equal(403, (await staff.AskAsync("staff/auth/totp/recovery-codes")).Status);
            Assert.Equal(200, (await staff.AskAsync("staff/auth/step-up", proof)).Status);
            var until = (await staff.GetAsync("staff/auth/security")).GetProperty("freshUntil").GetDateTimeOffset();
            Assert.True(until > DateTimeOffset.UtcNow.AddMinutes(4));
        }

        Assert.Equal(200, (await staff.AskAsync("staff/auth/totp/recovery-codes")).Status);
    }

    [Fact]
    public async Task A_wrong_proof_renews_nothing_and_guessing_ends()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        await staff.GrowStaleAsync();
        foreach (var (proof, kind) in new (object, string)[]
        {
            (new { password = "not this one" }, "wrong-credentials"),
            (new { code = "123456" }, "wrong-code"),
            (new { code = "123456", password = StaffMember.Password }, "invalid"),
            (new { }, "invalid"),
        })
        {
            Assert.Equal(kind, Person.KindOf((await staff.AskAsync("staff/auth/step-up", proof)).Body));
        }

        var guesses = await Task.WhenAll(
            Enumerable.Range(0, 14).Select(async i => (await staff.AskAsync("staff/auth/step-up", new { password = $"guess {i} more" })).Status));
        Assert.Contains(429, guesses);
        Assert.Equal(403, (await staff.AskAsync("staff/auth/totp", null, "DELETE")).Status);

        // Who sits with the stolen session does not keep the operator from signing in.
        using var phone = staff.Elsewhere("198.51.100.73");
        Assert.Equal(200, (await phone.SecondAsync(await phone.ChallengeAsync(), staff.Code)).Status);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void It_is_good_for_five_minutes(int seconds, bool isFresh)
    {
        var clock = new Clock();
        var callers = new StaffCallers(
            api.Service<StaffSessions>(), api.Service<IOptions<SiteOptions>>(), Options.Create(new StaffOptions()), clock);
        var who = new Operator("stf_0", "ada@staff.example", clock.Now);
        var session = new StaffSession(new(who, "", [], null, null, null), clock.Now, clock.Now);
        clock.Now += TimeSpan.FromSeconds(seconds);
        Assert.Equal(isFresh, callers.FreshUntil(session) is not null);
    }
}
