using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Staff;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;

namespace Launchpad.Functions.Tests.Access;

/// <summary>Whoever is shut out while he listens hears nothing more, and everybody else does.</summary>
[Collection(ApiCollection.Name)]
public sealed class ShutOutTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory]
    [InlineData("deployments/{id}/events")]
    [InlineData("deployments/{id}/logs/stream")]
    [InlineData("events")]
    public async Task A_member_who_is_removed(string path)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        using var guest = await Colleague.InAsync(api, owner, Role.Viewer);
        var member = (await guest.SendAsync("GET", "auth/me")).Body!.Value.GetProperty("id").GetString()!;
        using var own = await EventReader.OpenAsync(owner, $"deployments/{id}/events");
        using var his = await EventReader.OpenAsync(guest.Http, path.Replace("{id}", id, StringComparison.Ordinal));
        await own.TakeAsync(2);

        await api.Service<MemberStore>().RemoveAsync(owner.Account, member, Ct);

        await his.EndsAsync();
        await api.Service<Recorder>().ActAsync(id, "tester", "look", null, Ct);
        Assert.Equal("2", (await own.NextAsync()).Id);
    }

    [Theory]
    [InlineData("signed out")]
    [InlineData("signed out everywhere")]
    [InlineData("locked")]
    [InlineData("token taken back")]
    public async Task Who_was_let_in(string how)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var made = (await api.Service<ApiTokenStore>().AddAsync(
            owner.Account, owner.Account, "a program", [Permission.Read], null, TimeSpan.FromDays(1), Ct))!.Value;
        using var program = Colleague.Client(api, made.Token);
        using var events = await EventReader.OpenAsync(how == "token taken back" ? program : owner.Http, $"deployments/{id}/events");
        await events.TakeAsync(2);
        await ShutOutAsync(how, owner);
        await events.EndsAsync();
    }

    [Fact]
    public async Task An_operator_whose_session_was_ended()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var events = await EventReader.OpenAsync(staff.Http, "staff/events");
        await api.Service<StaffSessions>().CloseAsync(staff.Token, Ct);
        await events.EndsAsync();
    }

    private async Task ShutOutAsync(string how, Owner owner)
    {
        switch (how)
        {
            case "signed out":
                await api.Service<SessionStore>().CloseAsync(owner.Http.DefaultRequestHeaders.Authorization!.Parameter!, Ct);
                break;
            case "signed out everywhere":
                await api.Service<AccountSecurity>().SignOutAsync(owner.Account, Ct);
                break;
            case "locked":
                await api.Service<AccountSecurity>().LockAsync(owner.Account, isLocked: true, Ct);
                break;
            default:
                var token = Assert.Single(await api.Service<ApiTokenStore>().ListAsync(owner.Account, Ct));
                await api.Service<ApiTokenStore>().RemoveAsync(owner.Account, token.Id, Ct);
                break;
        }
    }
}
