using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;

namespace Launchpad.Functions.Tests.Auth;

[Collection(ApiCollection.Name)]
public sealed class AddressTests(LaunchpadApi api)
{
    [Fact]
    public async Task The_link_of_the_letter_confirms_the_address_once()
    {
        using var ada = await Person.SignedUpAsync(api);
        Assert.Equal(JsonValueKind.Null, (await ada.GetAsync("auth/me")).Body.GetProperty("emailVerifiedAt").ValueKind);
        var token = await ada.TokenAsync("Confirm your address");

        // The link is opened where nobody is signed in.
        using var phone = ada.Elsewhere();
        Assert.Equal(200, (await phone.PostAsync("auth/verify", new { token })).Status);
        Assert.NotEqual(JsonValueKind.Null, (await ada.GetAsync("auth/me")).Body.GetProperty("emailVerifiedAt").ValueKind);

        var (status, problem) = await phone.PostAsync("auth/verify", new { token });
        Assert.Equal((409, "link-over"), (status, Person.KindOf(problem)));
    }

    [Fact]
    public async Task Another_link_can_be_asked_for_and_either_works_until_one_was_used()
    {
        using var ada = await Person.SignedUpAsync(api);
        var first = await ada.TokenAsync("Confirm your address");
        Assert.Equal(204, (await ada.PostAsync("auth/verify/resend")).Status);
        string second;
        do
        {
            second = await ada.TokenAsync("Confirm your address");
        }
        while (second == first);

        Assert.Equal(200, (await ada.PostAsync("auth/verify", new { token = second })).Status);
        Assert.Equal(409, (await ada.PostAsync("auth/verify", new { token = first })).Status);
        Assert.Equal(204, (await ada.PostAsync("auth/verify/resend")).Status);
        Assert.Equal(2, (await api.LettersAsync(ada.Email)).Count);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("acc_01ARZ3NDEKTSV4RRFFQ69G5FAV.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData(null)]
    public async Task What_is_no_link_of_ours_is_over(string? token)
    {
        using var ada = await Person.SignedUpAsync(api);
        Assert.Equal(409, (await ada.PostAsync("auth/verify", new { token })).Status);
    }

    [Fact]
    public async Task A_link_to_confirm_sets_no_password()
    {
        using var ada = await Person.SignedUpAsync(api);
        var token = await ada.TokenAsync("Confirm your address");
        Assert.Equal(409, (await ada.PostAsync("auth/reset", new { token, password = "another nine kettles" })).Status);
    }

    [Fact]
    public async Task Nothing_in_the_tables_opens_a_link()
    {
        using var ada = await Person.SignedUpAsync(api);
        var token = await ada.TokenAsync("Confirm your address");
        var secret = token.Split('.')[1];
        await foreach (var row in api.StorageTables.GetTableClient("accounts").QueryAsync<Azure.Data.Tables.TableEntity>(
            row => row.PartitionKey == ada.Account))
        {
            Assert.DoesNotContain(row.Select(pair => pair.Value), value => value is string text && text.Contains(secret, StringComparison.Ordinal));
        }

        Assert.NotNull(await api.Service<AccountLinks>().FindAsync(token, LinkPurpose.Verify, CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_signs_up_with_a_taken_address_is_told_and_so_is_its_owner_once()
    {
        using var ada = await Person.SignedUpAsync(api);
        using var stranger = ada.Elsewhere();
        for (var time = 0; time < 2; time++)
        {
            var (status, problem) = await stranger.PostAsync("auth/signup", new { email = ada.Email, password = "not hers but long" });
            Assert.Equal((409, "email-taken"), (status, Person.KindOf(problem)));
        }

        await api.LetterAsync(ada.Email, "You have an account already");
        Assert.Single(await api.LettersAsync(ada.Email), letter => letter.Subject == "You have an account already");
    }
}
