using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;

namespace Launchpad.Functions.Tests.Auth;

[Collection(ApiCollection.Name)]
public sealed class SessionTests(LaunchpadApi api)
{
    private static CancellationToken Ct => CancellationToken.None;

    [Fact]
    public async Task All_others_can_be_closed_at_once()
    {
        using var ada = await Person.SignedUpAsync(api);
        using var phone = ada.Elsewhere();
        phone.Use((await phone.LoginAsync()).Body);
        Assert.Equal(2, (await ada.GetAsync("auth/sessions")).Body.GetProperty("sessions").GetArrayLength());
        Assert.Equal(204, (await ada.DeleteAsync("auth/sessions")).Status);
        Assert.Equal(401, (await phone.GetAsync("auth/me")).Status);
        var left = Assert.Single((await ada.GetAsync("auth/sessions")).Body.GetProperty("sessions").EnumerateArray());
        Assert.True(left.GetProperty("current").GetBoolean());
    }

    [Fact]
    public async Task One_that_is_not_used_ends_before_its_time_and_an_assistants_does_not()
    {
        var (sessions, account) = (api.Service<SessionStore>(), Shared.Ids.New(Shared.Ids.Account, TimeProvider.System));
        var (token, _) = await sessions.OpenAsync(account, "a test", Ct);
        var (assistant, _) = await sessions.OpenAsync(account, "a program", Scopes.Assistant, TimeSpan.FromDays(90), Ct);
        foreach (var one in new[] { token, assistant })
        {
            await Sessions.AgeAsync(api, one, SessionStore.IdleMax - TimeSpan.FromMinutes(5));
            Assert.NotNull(await sessions.FindAsync(one, Ct));
        }

        // It was just used: seven more days.
        await Sessions.AgeAsync(api, token, SessionStore.IdleMax - TimeSpan.FromMinutes(5));
        Assert.NotNull(await sessions.FindAsync(token, Ct));
        await Sessions.AgeAsync(api, token, SessionStore.IdleMax + TimeSpan.FromMinutes(5));
        await Sessions.AgeAsync(api, assistant, SessionStore.IdleMax + TimeSpan.FromMinutes(5));
        Assert.Null(await sessions.FindAsync(token, Ct));
        Assert.NotNull(await sessions.FindAsync(assistant, Ct));
    }

    [Fact]
    public async Task Who_signs_in_at_one_browser_more_is_signed_out_where_he_did_longest_ago()
    {
        var (sessions, account) = (api.Service<SessionStore>(), Shared.Ids.New(Shared.Ids.Account, TimeProvider.System));
        var (assistant, _) = await sessions.OpenAsync(account, "a program", Scopes.Assistant, TimeSpan.FromDays(90), Ct);
        var opened = new List<string>();
        for (var browser = 0; browser < SessionStore.BrowsersMax + 2; browser++)
        {
            opened.Add((await sessions.OpenAsync(account, "a test", Ct)).Token);
        }

        Assert.Null(await sessions.FindAsync(opened[0], Ct));
        Assert.Null(await sessions.FindAsync(opened[1], Ct));
        Assert.NotNull(await sessions.FindAsync(opened[2], Ct));
        Assert.NotNull(await sessions.FindAsync(opened[^1], Ct));
        Assert.NotNull(await sessions.FindAsync(assistant, Ct));
        Assert.Equal(SessionStore.BrowsersMax + 1, (await sessions.ListAsync(account, null, Ct)).Count);
    }

    [Fact]
    public async Task That_it_is_used_is_written_down_once_an_hour()
    {
        var (sessions, account) = (api.Service<SessionStore>(), Shared.Ids.New(Shared.Ids.Account, TimeProvider.System));
        var (token, _) = await sessions.OpenAsync(account, "a test", Ct);
        await Sessions.AgeAsync(api, token, TimeSpan.FromMinutes(50));
        var before = (await sessions.FindAsync(token, Ct))!.LastUsedAt;
        Assert.Equal(before, (await sessions.FindAsync(token, Ct))!.LastUsedAt);
        await Sessions.AgeAsync(api, token, TimeSpan.FromMinutes(11));
        await sessions.FindAsync(token, Ct);
        Assert.True((await sessions.FindAsync(token, Ct))!.LastUsedAt > before);
        Assert.True(Assert.Single(await sessions.ListAsync(account, null, Ct)).LastUsedAt > before);
    }
}
