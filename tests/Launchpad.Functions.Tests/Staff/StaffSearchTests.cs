using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Records;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Who did what, and whose that is.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffSearchTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_record_is_searched_from_its_end_page_by_page_and_nothing_is_left_out()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var recorder = api.Service<Recorder>();
        for (var i = 0; i < 130; i++)
        {
            await recorder.ActAsync(id, i % 2 == 0 ? "even" : "odd", "count", new { i }, Ct);
        }

        var all = await RowsAsync(staff, id);
        Assert.Equal(all.OrderByDescending(Sequence), all);
        var record = await owner.GetAsync($"deployments/{id}/record");
        Assert.Equal(record.GetProperty("head").GetProperty("sequence").GetInt64() + 1, all.Count);

        var odd = await RowsAsync(staff, $"{id} kind:action actor:odd action:count");
        Assert.Equal(Enumerable.Range(0, 65).Select(i => 129 - (2 * i)), odd.Select(row => row.GetProperty("data").GetProperty("i").GetInt32()));
        Assert.Equal(all.Select(Sequence), (await RowsAsync(staff, owner.Account)).Select(Sequence));
    }

    [Fact]
    public async Task What_operators_did_is_a_record_of_its_own()
    {
        using var staff = await StaffMember.OfAsync(api);
        var query = $"actor:{staff.Who.Actor} action:sign-in";
        Assert.Empty(await RowsAsync(staff, query));
        await api.Service<Launchpad.Functions.Staff.StaffLog>().ActAsync(staff.Who, "sign-in", null, Ct);
        Assert.Equal("sign-in", Assert.Single(await RowsAsync(staff, query)).GetProperty("data").GetProperty("action").GetString());
    }

    [Theory]
    [InlineData("staff/audit?q=nonsense")]
    [InlineData("staff/audit?q=kind:")]
    [InlineData("staff/accounts?q=nonsense")]
    [InlineData("staff/accounts")]
    public async Task What_nobody_can_look_for_is_refused(string path)
    {
        using var staff = await StaffMember.OfAsync(api);
        Assert.Equal(400, (int)(await staff.SendAsync(HttpMethod.Get, path)).Status);
    }

    [Fact]
    public async Task A_customer_is_found_by_id_and_by_address()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var email = (await api.Service<AccountStore>().FindAsync(owner.Account, Ct))!.Email;
        foreach (var typed in new[] { owner.Account, email, email.ToUpperInvariant() })
        {
            var found = Assert.Single((await staff.GetAsync($"staff/accounts?q={Uri.EscapeDataString(typed)}")).GetProperty("accounts").EnumerateArray());
            Assert.Equal((owner.Account, email), (found.GetProperty("id").GetString(), found.GetProperty("email").GetString()));
            Assert.Equal(id, Assert.Single(found.GetProperty("deployments").EnumerateArray()).GetProperty("id").GetString());
        }

        Assert.Empty((await staff.GetAsync($"staff/accounts?q={Guid.NewGuid():N}@example.com")).GetProperty("accounts").EnumerateArray());
    }

    private static long Sequence(JsonElement row) => row.GetProperty("sequence").GetInt64();

    private static async Task<List<JsonElement>> RowsAsync(StaffMember staff, string query)
    {
        var (rows, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await staff.GetAsync($"staff/audit?q={Uri.EscapeDataString(query)}{cursor}");
            rows.AddRange(page.GetProperty("rows").EnumerateArray().Select(one => one.GetProperty("row")));
            cursor = page.GetProperty("cursor").GetString() is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "";
        }
        while (cursor.Length > 0);

        return rows;
    }
}
