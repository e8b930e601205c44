using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Access;

namespace Launchpad.Functions.Tests.Access;

/// <summary>How others are let into an account, and out of it.</summary>
[Collection(ApiCollection.Name)]
public sealed class MemberTests(LaunchpadApi api)
{
    [Fact]
    public async Task Only_the_person_who_was_invited_comes_in_and_only_once()
    {
        using var owner = await Colleague.NewAsync(api);
        using var guest = await Colleague.NewAsync(api);
        using var stranger = await Colleague.NewAsync(api);
        var former = await InviteAsync(owner, guest, "viewer");
        var token = await InviteAsync(owner, guest, "operator");
        Assert.Equal(400, (await guest.SendAsync("POST", "auth/invitations", new { token = former })).Status);
        Assert.Equal(400, (await stranger.SendAsync("POST", "auth/invitations", new { token })).Status);
        Assert.Equal(400, (await owner.SendAsync("POST", "auth/invitations", new { token })).Status);
        var (status, place) = await guest.SendAsync("POST", "auth/invitations", new { token });
        Assert.Equal((200, "operator", owner.Email), (status, Text(place, "role"), Text(place, "email")));
        Assert.Equal(400, (await guest.SendAsync("POST", "auth/invitations", new { token })).Status);

        var accounts = (await guest.SendAsync("GET", "auth/accounts")).Body!.Value.GetProperty("accounts");
        Assert.Equal([guest.Account, owner.Account], accounts.EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        var members = (await owner.SendAsync("GET", "members")).Body!.Value;
        Assert.Equal([owner.Account, guest.Account], members.GetProperty("members").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        Assert.Equal(0, members.GetProperty("invitations").GetArrayLength());
    }

    [Fact]
    public async Task Whose_address_nobody_confirmed_is_let_in_nowhere_and_lets_nobody_in()
    {
        using var owner = await Colleague.NewAsync(api);
        using var guest = await Colleague.NewAsync(api, isConfirmed: false);
        var token = await InviteAsync(owner, guest, "admin");
        foreach (var (path, body) in new (string, object)[]
        {
            ("auth/invitations", new { token }),
            ("invitations", new { email = "x@example.com", role = "admin" }),
            ("tokens", new { name = "CI", permissions = new[] { "read" } }),
        })
        {
            var (status, problem) = await guest.SendAsync("POST", path, body);
            Assert.Equal((409, "urn:launchpad:problem:email-unconfirmed"), (status, Text(problem, "type")));
        }

        var members = (await owner.SendAsync("GET", "members")).Body!.Value;
        Assert.Equal((1, 1), (members.GetProperty("members").GetArrayLength(), members.GetProperty("invitations").GetArrayLength()));
    }

    [Fact]
    public async Task An_invitation_can_be_taken_back_and_its_word_is_in_no_list()
    {
        using var owner = await Colleague.NewAsync(api);
        using var guest = await Colleague.NewAsync(api);
        var token = await InviteAsync(owner, guest, "admin");
        var members = (await owner.SendAsync("GET", "members")).Body!.Value;
        Assert.DoesNotContain(token, members.GetRawText(), StringComparison.Ordinal);
        var id = members.GetProperty("invitations")[0].GetProperty("id").GetString();
        Assert.Equal(404, (await guest.SendAsync("DELETE", $"invitations/{id}")).Status);
        Assert.Equal(204, (await owner.SendAsync("DELETE", $"invitations/{id}")).Status);
        Assert.Equal(400, (await guest.SendAsync("POST", "auth/invitations", new { token })).Status);
    }

    [Fact]
    public async Task A_role_counts_from_the_next_request_and_whoever_is_shut_out_is_out_at_once()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var guest = await Colleague.InAsync(api, bot.Owner, Role.Viewer);
        Assert.Equal(200, (await guest.SendAsync("GET", $"deployments/{bot.Id}")).Status);
        Assert.Equal(403, (await guest.SendAsync("PATCH", $"deployments/{bot.Id}", new { name = "Grace" })).Status);
        await ChangeAsync(bot, guest, Role.Operator);
        Assert.Equal(200, (await guest.SendAsync("PATCH", $"deployments/{bot.Id}", new { name = "Grace" })).Status);
        var record = (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetProperty("rows").EnumerateArray();
        Assert.Contains(record, row => row.GetProperty("actor").GetString() == guest.Account);

        Assert.Equal(403, (await guest.SendAsync("PATCH", $"members/{guest.Account}", new { role = "admin" })).Status);
        await api.Service<MemberStore>().RemoveAsync(bot.Account, guest.Account, CancellationToken.None);
        var (gone, never) = (await guest.SendAsync("GET", $"deployments/{bot.Id}"), await AsStrangerAsync(bot));
        Assert.Equal((404, 404), (gone.Status, never.Status));
        Assert.Equal(Text(never.Body, "detail"), Text(gone.Body, "detail"));
    }

    [Fact]
    public async Task Nobody_becomes_an_owner_and_the_owner_stays()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var admin = await Colleague.InAsync(api, bot.Owner, Role.Admin);
        Assert.Equal(400, (await admin.SendAsync("POST", "invitations", new { email = "x@example.com", role = "owner" })).Status);
        Assert.Equal(400, (await admin.SendAsync("PATCH", $"members/{admin.Account}", new { role = "owner" })).Status);
        Assert.Equal(404, (await admin.SendAsync("DELETE", $"members/{bot.Account}")).Status);
        Assert.Equal(404, (await admin.SendAsync("PATCH", $"members/{bot.Account}", new { role = "viewer" })).Status);
        Assert.Equal(204, (await admin.SendAsync("DELETE", $"members/{admin.Account}")).Status);
        Assert.Equal(404, (await admin.SendAsync("GET", "members")).Status);
    }

    private async Task<(int Status, JsonElement? Body)> AsStrangerAsync(RunningBot bot)
    {
        using var stranger = await Colleague.NewAsync(api);
        stranger.WorkIn(bot.Account);
        return await stranger.SendAsync("GET", $"deployments/{bot.Id}");
    }

    private async Task ChangeAsync(RunningBot bot, Colleague guest, Role role) =>
        Assert.NotNull(await api.Service<MemberStore>().ChangeAsync(bot.Account, guest.Account, role, CancellationToken.None));

    private static async Task<string> InviteAsync(Colleague owner, Colleague guest, string role)
    {
        var (status, made) = await owner.SendAsync("POST", "invitations", new { email = guest.Email, role });
        Assert.Equal(201, status);
        return made!.Value.GetProperty("link").GetString()!.Split('#')[1];
    }

    private static string? Text(JsonElement? body, string name) => body!.Value.GetProperty(name).GetString();
}
