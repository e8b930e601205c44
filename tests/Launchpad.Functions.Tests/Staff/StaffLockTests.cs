using System.Text.Json;
using Launchpad.Functions.Tests.Access;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Who is locked out is out by every way in, and back when an operator says so.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffLockTests(LaunchpadApi api)
{
    private const string Reason = "Stolen cards, by three banks.";
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Nobody_gets_into_a_locked_account_and_who_can_sign_in_does_once_it_is_open_again()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var person = await Person.SignedUpAsync(api);
        using var guest = await InAsync(person);
        using var program = await WithTokenAsync(person.Account, by: person.Account);
        Assert.Equal((200, 200), ((await guest.SendAsync("GET", "deployments")).Status, (await program.SendAsync("GET", "deployments")).Status));

        for (var times = 0; times < 2; times++)
        {
            Assert.Equal(204, (await LockAsync(staff, person.Account)).Status);
        }

        Assert.Equal(401, (await person.GetAsync("auth/me")).Status);
        Assert.Equal((403, "account-locked"), Said(await person.LoginAsync()));
        Assert.Equal((401, "wrong-credentials"), Said(await person.LoginAsync("nine blue kettles, no")));
        foreach (var one in (Colleague[])[guest, program])
        {
            var (status, problem) = await one.SendAsync("GET", "deployments");
            Assert.Equal((403, "account-locked"), Said((status, problem!.Value)));
        }

        Assert.Equal(200, (await guest.SendAsync("GET", "auth/me")).Status);
        Assert.Equal(JsonValueKind.String, (await FindAsync(staff, person)).GetProperty("lockedAt").ValueKind);

        Assert.Equal(204, (await staff.AskAsync($"staff/accounts/{person.Account}/lock", null, "DELETE")).Status);
        Assert.Equal(401, (await person.GetAsync("auth/me")).Status);
        var (opened, signedIn) = await person.LoginAsync();
        Assert.Equal(200, opened);
        person.Use(signedIn);
        Assert.Equal((200, 200), ((await guest.SendAsync("GET", "deployments")).Status, (await program.SendAsync("GET", "deployments")).Status));
        Assert.Equal(JsonValueKind.Null, (await FindAsync(staff, person)).GetProperty("lockedAt").ValueKind);
        await SaidOnceAsync(staff, person);
    }

    [Fact]
    public async Task Whose_own_account_is_locked_gets_into_no_other_and_neither_does_his_token()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var person = await Person.SignedUpAsync(api);
        using var guest = await InAsync(person);
        var own = (await guest.SendAsync("GET", "auth/me")).Body!.Value.GetProperty("id").GetString()!;
        using var program = await WithTokenAsync(person.Account, by: own);
        Assert.Equal(200, (await program.SendAsync("GET", "deployments")).Status);

        Assert.Equal(204, (await LockAsync(staff, own)).Status);

        Assert.Equal((401, 403), ((await guest.SendAsync("GET", "deployments")).Status, (await program.SendAsync("GET", "deployments")).Status));
        Assert.Equal(200, (await person.GetAsync("deployments")).Status);
    }

    [Fact]
    public async Task Only_an_account_is_locked_and_only_with_a_reason()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var person = await Person.SignedUpAsync(api);
        foreach (var none in (string[])["acc_01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense"])
        {
            Assert.Equal((404, 404), ((await LockAsync(staff, none)).Status, (await staff.AskAsync($"staff/accounts/{none}/lock", null, "DELETE")).Status));
        }

        Assert.Equal((400, 400), ((await LockAsync(staff, person.Account, " ")).Status, (await LockAsync(staff, person.Account, null)).Status));
        Assert.Equal(401, (await person.PostAsync($"staff/accounts/{person.Account}/lock", new { reason = Reason })).Status);
        Assert.Equal(200, (await person.GetAsync("auth/me")).Status);
    }

    [Fact]
    public async Task All_customers_are_signed_out_and_no_operator_is()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var person = await Person.SignedUpAsync(api);
        using var other = await Colleague.NewAsync(api);
        using var program = await WithTokenAsync(person.Account, by: person.Account);
        Assert.Equal(400, (await staff.AskAsync("staff/accounts/sign-out", new { reason = "" })).Status);
        Assert.Equal((200, 200), ((await person.GetAsync("auth/me")).Status, (await other.SendAsync("GET", "auth/me")).Status));

        Assert.Equal(204, (await staff.AskAsync("staff/accounts/sign-out", new { reason = Reason })).Status);

        Assert.Equal((401, 401), ((await person.GetAsync("auth/me")).Status, (await other.SendAsync("GET", "auth/me")).Status));
        Assert.Equal((200, 200), ((await program.SendAsync("GET", "deployments")).Status, (await staff.AskAsync("staff/auth/me", null, "GET")).Status));
        var (status, signedIn) = await person.LoginAsync();
        Assert.Equal(200, status);
        person.Use(signedIn);
        Assert.Single((await person.GetAsync("auth/sessions")).Body.GetProperty("sessions").EnumerateArray());
    }

    private static Task<(int Status, JsonElement Body)> LockAsync(StaffMember staff, string account, string? reason = Reason) =>
        staff.AskAsync($"staff/accounts/{account}/lock", new { reason });

    private static (int, string) Said((int Status, JsonElement Body) answer) => (answer.Status, Person.KindOf(answer.Body));

    private static async Task<JsonElement> FindAsync(StaffMember staff, Person person) =>
        (await staff.GetAsync($"staff/accounts?q={person.Account}")).GetProperty("accounts").EnumerateArray().Single();

    /// <summary>In both records, for the customer without the reason, and by mail.</summary>
    private async Task SaidOnceAsync(StaffMember staff, Person person)
    {
        await api.LetterAsync(person.Email, "Your account is locked");
        await api.LetterAsync(person.Email, "Your account is open again");
        Assert.Single(await api.LettersAsync(person.Email), letter => letter.Subject == "Your account is locked");
        var rows = (await person.GetAsync("auth/record")).Body.GetProperty("rows").EnumerateArray().Where(row => row.GetProperty("actor").GetString() == staff.Who.Actor).ToList();
        Assert.Equal(["lock-account", "unlock-account"], rows.Select(row => row.GetProperty("data").GetProperty("action").GetString()));
        Assert.DoesNotContain(rows, row => row.GetRawText().Contains(Reason, StringComparison.Ordinal));
        var own = await api.Service<RecordStore>().AllAsync(Operator.Chain, Ct);
        Assert.Single(own, row => row.Data.Contains(person.Account, StringComparison.Ordinal) && row.Data.Contains(Reason, StringComparison.Ordinal));
    }

    private async Task<Colleague> InAsync(Person owner)
    {
        var guest = await Colleague.NewAsync(api);
        var (token, _) = await api.Service<MemberStore>().InviteAsync(owner.Account, guest.Email, Role.Admin, owner.Account, Ct);
        Assert.Equal(200, (await guest.SendAsync("POST", "auth/invitations", new { token })).Status);
        guest.WorkIn(owner.Account);
        return guest;
    }

    private async Task<Colleague> WithTokenAsync(string account, string by)
    {
        var made = await api.Service<ApiTokenStore>().AddAsync(account, by, "a program", [Permission.Read], null, TimeSpan.FromDays(1), Ct);
        return new(Colleague.Client(api, made!.Value.Token), account, "");
    }
}
