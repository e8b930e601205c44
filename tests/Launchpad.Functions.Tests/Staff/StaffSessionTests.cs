using System.Net;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>An operator sees where he is signed in, and ends what he does not know.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffSessionTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task He_sees_his_own_newest_first_by_their_browsers_and_one_that_he_closes_is_out_at_once()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var stranger = await StaffMember.OfAsync(api);
        using var phone = staff.Elsewhere();
        await phone.OpenAsync();
        var seen = await ListAsync(staff);
        Assert.Equal([(false, "a test"), (true, "another program")], seen.Select(one => (one.Current, one.Browser)));
        Assert.Equal(2, (await ListAsync(phone)).Count);

        // Nobody closes what is another operator's, nor sees that it is there.
        Assert.Equal(404, (await stranger.AskAsync($"staff/auth/sessions/{seen[0].Id}", null, "DELETE")).Status);
        Assert.Equal(404, (await staff.AskAsync("staff/auth/sessions/ses_nonsense", null, "DELETE")).Status);
        Assert.Equal(204, (await staff.AskAsync($"staff/auth/sessions/{seen[0].Id}", null, "DELETE")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await phone.SendAsync(HttpMethod.Get, "staff/auth/me")).Status);
        Assert.Single(await ListAsync(staff));
        Assert.Equal(404, (await staff.AskAsync($"staff/auth/sessions/{seen[0].Id}", null, "DELETE")).Status);
    }

    [Fact]
    public async Task All_others_are_closed_at_once_and_this_one_stays()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var stranger = await StaffMember.OfAsync(api);
        using var phone = staff.Elsewhere();
        await phone.OpenAsync();
        Assert.Equal(204, (await staff.AskAsync("staff/auth/sessions", null, "DELETE")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await phone.SendAsync(HttpMethod.Get, "staff/auth/me")).Status);
        Assert.True(Assert.Single(await ListAsync(staff)).Current);
        Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(HttpMethod.Get, "staff/auth/me")).Status);
    }

    [Fact]
    public async Task When_its_time_is_over_nothing_is_left_of_it()
    {
        using var staff = await StaffMember.OfAsync(api);
        var (sessions, tables) = (api.Service<StaffSessions>(), api.Service<Tables>());
        var leading = tables.Index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey ge {"staffsession-"} and PartitionKey lt {"staffsession-~"} and operator eq {staff.Who.Id}"));
        await foreach (var row in leading)
        {
            await sessions.RemoveAsync(row, Ct);
            row.Remove("operator");
            await sessions.RemoveAsync(row, Ct); // as one of before this was kept
        }

        Assert.Empty(await tables.Sessions.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {staff.Who.Id}")).ToListAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await staff.SendAsync(HttpMethod.Get, "staff/auth/me")).Status);
    }

    [Fact]
    public async Task A_customer_is_signed_out_everywhere_for_good_and_reads_who_did_it()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var owner = await api.SignedUpAsync();
        using var other = await api.SignedUpAsync();
        Assert.Equal(404, (await staff.AskAsync("staff/accounts/acc_01ARZ3NDEKTSV4RRFFQ69G5FAV/sign-out")).Status);
        Assert.Equal(404, (await staff.AskAsync("staff/accounts/nonsense/sign-out")).Status);
        Assert.Equal(204, (await staff.AskAsync($"staff/accounts/{owner.Account}/sign-out")).Status);
        Assert.Equal(401, (await owner.AskAsync("auth/me")).Status);
        Assert.Equal(200, (await other.AskAsync("auth/me")).Status);

        var account = (await api.Service<AccountStore>().FindAsync(owner.Account, Ct))!;
        var (token, _) = await api.Service<SessionStore>().OpenAsync(owner.Account, "a test", Ct);
        owner.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var rows = (await owner.GetAsync("auth/record")).GetProperty("rows").EnumerateArray();
        Assert.Contains(rows, row => row.GetProperty("actor").GetString() == staff.Who.Actor
            && row.GetProperty("data").GetProperty("action").GetString() == "sign-out-everywhere");
        var letter = await api.LetterAsync(account.Email, "You were signed out everywhere");
        Assert.Contains("Your bots go on", letter.TextBody, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<(string Id, string Browser, bool Current)>> ListAsync(StaffMember staff) =>
    [
        .. (await staff.GetAsync("staff/auth/sessions")).GetProperty("sessions").EnumerateArray().Select(one =>
            (one.GetProperty("id").GetString()!, one.GetProperty("browser").GetString()!, one.GetProperty("current").GetBoolean())),
    ];
}
