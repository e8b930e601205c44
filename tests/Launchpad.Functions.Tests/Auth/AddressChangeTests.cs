using Azure.Data.Tables;
using Launchpad.Functions.Mail;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Storage;
using Stripe;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>Another address for an account: whose mailbox it is decides, and who loses one that way gets it back.</summary>
[Collection(ApiCollection.Name)]
public sealed class AddressChangeTests(LaunchpadApi api)
{
    private const string Asked = "Confirm your new address";
    private const string Told = "The address of your account was changed";

    private readonly string next = $"{Guid.NewGuid():N}@example.com";

    [Fact]
    public async Task The_account_has_the_address_from_when_its_link_is_followed_and_the_old_one_is_told()
    {
        using var ada = await Person.ConfirmedAsync(api);
        Assert.Equal(204, (await ada.PostAsync("auth/email", new { email = next })).Status);
        var token = await ada.TokenAsync(next, Asked);
        Assert.Equal(ada.Email, await EmailAsync(ada));
        using var phone = ada.Elsewhere();
        Assert.Equal(401, (await phone.PostAsync("auth/login", new { email = next, password = Person.Password })).Status);

        Assert.Equal(200, (await phone.PostAsync("auth/verify", new { token })).Status);

        Assert.Equal(next, await EmailAsync(ada));
        Assert.Equal(401, (await phone.LoginAsync()).Status);
        Assert.Equal(200, (await phone.PostAsync("auth/login", new { email = next, password = Person.Password })).Status);
        Assert.Equal("link-over", Person.KindOf((await phone.PostAsync("auth/verify", new { token })).Body));
        var told = await api.LetterAsync(ada.Email, Told);
        Assert.DoesNotContain(next, told.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_lost_his_address_takes_it_back_whatever_was_done_since_and_everybody_is_signed_out()
    {
        using var ada = await Person.ConfirmedAsync(api);
        await MoveAsync(ada, next);
        var back = await ada.TokenAsync(Told);
        await MoveAsync(ada, $"{Guid.NewGuid():N}@example.com");
        using var owner = ada.Elsewhere();

        Assert.Equal(200, (await owner.PostAsync("auth/verify", new { token = back })).Status);

        Assert.Equal(401, (await ada.GetAsync("auth/me")).Status);
        Assert.Equal(401, (await owner.PostAsync("auth/login", new { email = next, password = Person.Password })).Status);
        Assert.Equal(200, (await owner.LoginAsync()).Status);
        Assert.Equal(409, (await owner.PostAsync("auth/verify", new { token = back })).Status);
    }

    [Fact]
    public async Task An_address_that_was_never_confirmed_may_be_a_stranger_s_and_gets_no_way_back()
    {
        using var ada = await Person.SignedUpAsync(api);
        await MoveAsync(ada, next);
        await api.LetterAsync(ada.Email, "Confirm your address");
        Assert.DoesNotContain(await api.LettersAsync(ada.Email), letter => letter.Subject == Told);
    }

    [Fact]
    public async Task What_was_sent_to_the_old_address_before_opens_nothing_any_more()
    {
        using var ada = await Person.ConfirmedAsync(api);
        Assert.Equal(204, (await ada.PostAsync("auth/forgot", new { email = ada.Email })).Status);
        var reset = await ada.TokenAsync("Set a new password");
        await MoveAsync(ada, next);
        Assert.Equal("link-over", Person.KindOf((await ada.PostAsync("auth/reset", new { token = reset, password = "eleven blue lanterns" })).Body));
    }

    [Fact]
    public async Task Asking_tells_nobody_who_has_an_account_and_of_two_who_ask_for_one_address_the_first_to_follow_has_it()
    {
        using var ada = await Person.ConfirmedAsync(api);
        using var bob = await Person.ConfirmedAsync(api);
        Assert.Equal(204, (await ada.PostAsync("auth/email", new { email = bob.Email })).Status);
        var taken = await ada.TokenAsync(bob.Email, Asked);
        Assert.Equal("email-taken", Person.KindOf((await ada.PostAsync("auth/verify", new { token = taken })).Body));
        Assert.Equal(ada.Email, await EmailAsync(ada));
        Assert.Equal(200, (await bob.LoginAsync()).Status);

        Assert.Equal(204, (await bob.PostAsync("auth/email", new { email = next })).Status);
        var first = await bob.TokenAsync(next, Asked);
        Assert.Equal(204, (await ada.PostAsync("auth/email", new { email = next })).Status);
        string second;
        do
        {
            second = await ada.TokenAsync(next, Asked);
        }
        while (second == first);

        var both = await Task.WhenAll(new[] { first, second }.Select(token => ada.PostAsync("auth/verify", new { token })));
        Assert.Equal([200, 409], both.Select(one => one.Status).Order());
        Assert.Single(new[] { await EmailAsync(ada), await EmailAsync(bob) }, email => email == next);
    }

    [Fact]
    public async Task A_session_of_a_while_ago_the_address_that_it_has_and_what_is_none_are_refused()
    {
        using var ada = await Person.SignedUpAsync(api);
        Assert.Equal("invalid", Person.KindOf((await ada.PostAsync("auth/email", new { email = ada.Email.ToUpperInvariant() })).Body));
        Assert.Equal("invalid", Person.KindOf((await ada.PostAsync("auth/email", new { email = "nobody" })).Body));
        await ada.GrowStaleAsync();
        Assert.Equal("sign-in-again", Person.KindOf((await ada.PostAsync("auth/email", new { email = next })).Body));
    }

    /// <summary>As a process leaves it that dies between keeping the address and writing it into the account.</summary>
    [Fact]
    public async Task An_address_that_was_only_kept_leads_nowhere_the_link_goes_on_and_others_get_it_when_it_does_not()
    {
        using var ada = await Person.ConfirmedAsync(api);
        Assert.Equal(204, (await ada.PostAsync("auth/email", new { email = next })).Status);
        var token = await ada.TokenAsync(next, Asked);
        var store = api.Service<AccountStore>();
        Assert.True(await store.ClaimAsync(ada.Account, next, default));
        Assert.Null(await store.FindByEmailAsync(next, default));
        Assert.False(await store.ClaimAsync("acc_01ARZ3NDEKTSV4RRFFQ69G5FAV", next, default));
        Assert.Equal(200, (await ada.PostAsync("auth/verify", new { token })).Status);
        Assert.Equal(ada.Account, (await store.FindByEmailAsync(next, default))!.Account.Id);

        var other = $"{Guid.NewGuid():N}@example.com";
        using var bob = await Person.ConfirmedAsync(api);
        Assert.True(await store.ClaimAsync(bob.Account, other, default));
        Assert.NotNull(await After(TimeSpan.FromMinutes(2)).CreateAsync(other, other, "no password", "127.0.0.1", default));
    }

    [Fact]
    public async Task The_old_address_is_nobody_else_s_for_seven_days()
    {
        using var ada = await Person.ConfirmedAsync(api);
        await MoveAsync(ada, next);
        using var stranger = ada.Elsewhere();
        Assert.Equal(409, (await stranger.PostAsync("auth/signup", new { email = ada.Email, password = Person.Password })).Status);
        Assert.Null(await After(TimeSpan.FromDays(6)).CreateAsync(ada.Email, ada.Email, "no password", "127.0.0.1", default));
        Assert.NotNull(await After(TimeSpan.FromDays(8)).CreateAsync(ada.Email, ada.Email, "no password", "127.0.0.1", default));
        Assert.Equal(ada.Account, (await api.Service<AccountStore>().FindByEmailAsync(next, default))!.Account.Id);
    }

    /// <summary>As the mail server's absence leaves letters behind.</summary>
    [Fact]
    public async Task A_letter_that_waited_until_its_link_would_be_void_is_not_sent_and_the_one_that_leads_back_is()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var before = DateTimeOffset.UtcNow;
        Assert.Equal(200, (await ada.PostAsync("auth/password", new { password = "eleven blue lanterns", current = Person.Password })).Status);
        foreach (var kind in new[] { LetterKinds.ChangeAddress, LetterKinds.ResetPassword })
        {
            Assert.False(await IsSentAsync(kind, before), $"{kind} was sent");
            Assert.True(await IsSentAsync(kind, DateTimeOffset.UtcNow), $"{kind} was not sent");
        }

        Assert.True(await IsSentAsync(LetterKinds.AddressChanged, before));

        async Task<bool> IsSentAsync(string kind, DateTimeOffset asked) => await api.Service<Envelopes>()
            .AddressAsync(new(ada.Account, kind, kind, new Dictionary<string, string> { ["email"] = ada.Email }, asked, 0), default) is not null;
    }

    [Fact]
    public async Task Bills_follow_the_account_unless_they_are_sent_elsewhere()
    {
        var (stripe, account) = (api.Service<StripeCheckout>(), $"acc_{Guid.NewGuid():N}");
        var customers = new CustomerService(api.Stripe);
        var id = await stripe.CustomerAsync(new(account, "old@example.com"), null, default);
        await stripe.CustomerAsync(new(account, "new@example.com"), id, default);
        Assert.Equal("new@example.com", (await customers.GetAsync(id)).Email);

        await customers.UpdateAsync(id, new() { Email = "bills@example.com" });
        await stripe.CustomerAsync(new(account, "newer@example.com"), id, default);
        Assert.Equal("bills@example.com", (await customers.GetAsync(id)).Email);
    }

    private static async Task<string?> EmailAsync(Person person) => (await person.GetAsync("auth/me")).Body.GetProperty("email").GetString();

    private static async Task MoveAsync(Person person, string email)
    {
        Assert.Equal(204, (await person.PostAsync("auth/email", new { email })).Status);
        Assert.Equal(200, (await person.PostAsync("auth/verify", new { token = await person.TokenAsync(email, Asked) })).Status);
    }

    private AccountStore After(TimeSpan time)
    {
        var (tables, clock) = (new Tables(api.StorageTables), new LaterClock(time));
        return new(tables, new Outbox(tables, clock), clock);
    }

    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
