using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Operators are written to about what is done with the way they sign in.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffLetterTests(LaunchpadApi api)
{
    [Fact]
    public async Task Each_change_of_how_he_signs_in_is_told_to_his_address_which_is_not_kept()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        var email = staff.Who.Email;
        Assert.Contains("/ops/sign-in", (await api.LetterAsync(email, "Two-step sign-in is on for you as an operator")).TextBody, StringComparison.Ordinal);
        using var thief = staff.Elsewhere();
        var (entered, body) = await thief.AskAsync("staff/auth/login/second", new { challenge = await thief.ChallengeAsync(), recoveryCode = staff.Codes[0] });
        Assert.Equal(200, entered);
        thief.Use(body);
        Assert.Contains("one of your recovery codes", (await api.LetterAsync(email, "An operator recovery code was used")).TextBody, StringComparison.Ordinal);
        Assert.Equal(200, (await thief.AskAsync("staff/auth/totp/recovery-codes")).Status);
        await api.LetterAsync(email, "Your operator recovery codes are new");
        var (changed, signedIn) = await thief.AskAsync("staff/auth/password", new { current = StaffMember.Password, password = "another nine kettles" });
        Assert.Equal(200, changed);
        thief.Use(signedIn);
        await api.LetterAsync(email, "Your operator password was changed");
        Assert.Equal(204, (await thief.AskAsync("staff/auth/totp", null, "DELETE")).Status);
        await api.LetterAsync(email, "Two-step sign-in is off for you as an operator");

        // A sign-in by itself is none, and what was sent has no address any more.
        Assert.Equal(5, (await api.LettersAsync(email)).Count);
        var kept = await api.Service<Tables>().Accounts.QueryAsync<Azure.Data.Tables.TableEntity>(row => row.PartitionKey == staff.Who.Id).ToListAsync();
        Assert.Equal(5, kept.Count(row => row.GetString("kind") == LetterKinds.StaffSecurity));
        Assert.DoesNotContain(kept.SelectMany(row => row).Select(cell => cell.Value), value => value is string text && text.Contains(email, StringComparison.Ordinal));
    }
}
