using Launchpad.Functions.Auth;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.OpenApi;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>A session that somebody else has got hold of destroys nothing and reveals nothing.</summary>
[Collection(ApiCollection.Name)]
public sealed class StepUpTests(LaunchpadApi api)
{
    /// <summary>They take back what lets somebody in, lets him hear, or ends his account, which is always safe.</summary>
    private static readonly string[] Safe =
        ["auth/sessions", "auth/sessions/{id}", "tokens/{token}", "invitations/{invitation}", "notifications/devices/{id}", "auth/closing"];

    /// <summary>Members of answers that open something.</summary>
    private static readonly string[] Opening = ["Token", "Secret", "RecoveryCodes", "Identity", "Key", "Link"];

    /// <summary>They answer what the caller has just shown himself worthy of, what opens nothing, or what only the owner's own eyes pick up.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["ConfirmTotp"] = "It ends what a step-up began.",
        ["ChangePassword"] = "It wants the current password, or a step-up.",
        ["GetProvenance"] = "Its key is a public one.",
        ["ListDevices"] = "Its key is a public one.",
        ["ConfirmPreview"] = "A word for one change that the owner sees.",
    };

    [Fact]
    public void Whatever_is_deleted_needs_it() => Assert.Empty(Routes.ByFunction.Values
        .Where(route => route.Methods.Contains("DELETE") && !route.IsStaff && !route.NeedsStepUp && !Safe.Contains(route.Template))
        .Select(route => route.Template));

    [Fact]
    public void Whatever_answers_something_that_opens_needs_it() => Assert.Empty(
        from function in ApiDocument.Functions()
        let isOpen = function.Method.GetCustomAttributes(typeof(OpenAttribute), false).Length > 0
        where !function.Route.IsStaff && !isOpen && !function.Route.NeedsStepUp && !Open.ContainsKey(function.Route.Function)
        from answer in function.Method.GetCustomAttributes(typeof(AnswersAttribute), false).Cast<AnswersAttribute>()
        from member in answer.Body?.GetProperties() ?? []
        where Opening.Any(name => member.Name.EndsWith(name, StringComparison.Ordinal))
        select $"{function.Route.Function}: {member.Name}");

    public static TheoryData<string, string> Needing
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var route in Routes.ByFunction.Values.Where(route => route.NeedsStepUp && !route.IsStaff))
            {
                all.Add(route.Methods.First(method => method != "HEAD"), route.Template);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Needing))]
    public async Task A_session_of_a_while_ago_is_not_enough(string method, string template)
    {
        using var owner = await api.SignedUpAsync();
        await Sessions.AgeAsync(api, owner.Http.DefaultRequestHeaders.Authorization!.Parameter!, TimeSpan.FromMinutes(6));
        using var request = new HttpRequestMessage(new HttpMethod(method), System.Text.RegularExpressions.Regex.Replace(template, @"\{[^}]+\}", "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV"));
        using var answer = await owner.Http.SendAsync(request);
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Contains("sign-in-again", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_and_a_code_renew_it_in_the_same_session()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var (secret, codes) = await SecondFactorTests.TurnOnAsync(ada);
        foreach (var proof in new object[] { new { password = Person.Password }, new { code = SecondFactorTests.CodeAfter(secret) }, new { recoveryCode = codes[0] } })
        {
            await ada.GrowStaleAsync();
            Assert.Equal(403, (await ada.PostAsync("auth/totp/recovery-codes")).Status);
            Assert.Equal(200, (await ada.PostAsync("auth/step-up", proof)).Status);
            Assert.True((await ada.GetAsync("auth/security")).Body.GetProperty("freshUntil").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(4));
        }

        Assert.Equal(200, (await ada.PostAsync("auth/totp/recovery-codes")).Status);
    }

    [Fact]
    public async Task A_wrong_proof_renews_nothing_and_guessing_ends()
    {
        using var ada = await Person.SignedUpAsync(api);
        await ada.GrowStaleAsync();
        Assert.Equal("wrong-credentials", Person.KindOf((await ada.PostAsync("auth/step-up", new { password = "not this one" })).Body));
        Assert.Equal("wrong-code", Person.KindOf((await ada.PostAsync("auth/step-up", new { code = "123456" })).Body));
        Assert.Equal("invalid", Person.KindOf((await ada.PostAsync("auth/step-up", new { code = "123456", password = Person.Password })).Body));
        Assert.Equal("invalid", Person.KindOf((await ada.PostAsync("auth/step-up", new { })).Body));
        var guesses = await Task.WhenAll(Enumerable.Range(0, 14).Select(async i => (await ada.PostAsync("auth/step-up", new { password = $"guess {i} more" })).Status));
        Assert.Contains(429, guesses);
        Assert.Equal(403, (await ada.DeleteAsync("auth/totp")).Status);

        // Who sits with the stolen session does not keep the owner from signing in.
        using var phone = ada.Elsewhere();
        Assert.Equal(200, (await phone.LoginAsync()).Status);
    }
}
