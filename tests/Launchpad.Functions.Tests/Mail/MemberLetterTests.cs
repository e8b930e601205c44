using Azure.Security.KeyVault.Secrets;
using Launchpad.Functions.Mail;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Tests.Mail;

/// <summary>Who hears of what happens in an account that several people work in.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class MemberLetterTests(LaunchpadApi api) : IAsyncLifetime
{
    private readonly PartsByHand parts = new();

    private static CancellationToken Ct => CancellationToken.None;

    public Task InitializeAsync() =>
        parts.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton(api.Service<SecretClient>()));

    public async Task DisposeAsync() => await parts.DisposeAsync();

    [Fact]
    public async Task Each_member_hears_of_what_he_could_do_something_about()
    {
        var people = new Dictionary<string, string> { [parts.Account] = "owner" };
        foreach (var role in (Role[])[Role.Admin, Role.Operator, Role.Viewer, Role.Billing])
        {
            people[await LetInAsync(role)] = role.ToString();
        }

        Assert.Equal(["Admin", "Operator", "owner"], await ToldAsync(people, NotificationKind.Health, LetterKinds.BotDown));
        Assert.Equal(["Admin", "Billing", "owner"], await ToldAsync(people, NotificationKind.Billing, LetterKinds.BillingReminder));
        Assert.Equal(["Admin", "owner"], await ToldAsync(people, NotificationKind.Webhooks, LetterKinds.WebhookDisabled));
        Assert.Equal(["owner"], await ToldAsync(people, NotificationKind.Security, LetterKinds.PasskeyAdded));
    }

    [Fact]
    public async Task What_one_wants_no_letters_about_is_sent_to_the_others_all_the_same()
    {
        var member = await LetInAsync(Role.Operator);
        await parts.Get<NotificationSettings>().SaveAsync(parts.Account, [NotificationKind.Health], Ct);
        Assert.Equal(["member"], await ToldAsync(new() { [member] = "member", [parts.Account] = "owner" }, NotificationKind.Health, LetterKinds.BotDown));
    }

    [Fact]
    public async Task A_member_is_told_whose_bot_it_is_and_is_led_into_that_account()
    {
        var member = await LetInAsync(Role.Operator);
        var letter = await LetterAsync(member);
        Assert.Contains("ada@example.com", letter!.Paragraphs[^1], StringComparison.Ordinal);
        Assert.Equal($"?account={parts.Account}", letter.Link!.Query);
        Assert.Equal("", (await LetterAsync(parts.Account))!.Link!.Query);
    }

    [Fact]
    public async Task A_member_who_was_shut_out_before_it_was_sent_hears_nothing()
    {
        var member = await LetInAsync(Role.Admin);
        await SendAsync(NotificationKind.Health, LetterKinds.BotDown);
        await parts.Get<MemberStore>().RemoveAsync(parts.Account, member, Ct);
        Assert.Null(await ReadAsync(member));
        Assert.NotNull(await ReadAsync(parts.Account));
    }

    private async Task<Letter?> LetterAsync(string reader)
    {
        await SendAsync(NotificationKind.Health, LetterKinds.BotDown);
        return await ReadAsync(reader);
    }

    private async Task<Letter?> ReadAsync(string reader)
    {
        var waiting = (await parts.Get<Outbox>().DueAsync(Ct)).Single(one => one.Notice?.Account == reader && one.Notice.Kind == LetterKinds.BotDown);
        return await parts.Get<Addressees>().FindAsync(waiting.Notice!, Ct) is (_, var notice, _) ? parts.Get<Letters>().Of(notice, null) : null;
    }

    private Task SendAsync(NotificationKind kind, string letter) => parts.Get<CustomerLetters>().SendAsync(
        parts.Account, kind, letter, $"about-{letter}", new Dictionary<string, string> { ["bot"] = "Ada", ["deployment"] = "dep_1" }, Ct);

    private async Task<List<string>> ToldAsync(Dictionary<string, string> people, NotificationKind kind, string letter)
    {
        await SendAsync(kind, letter);
        var due = await parts.Get<Outbox>().DueAsync(Ct);
        return [.. due.Where(one => one.Notice?.Kind == letter).Select(one => people[one.Notice!.Account]).Order(StringComparer.OrdinalIgnoreCase)];
    }

    private async Task<string> LetInAsync(Role role)
    {
        var email = $"{role}@example.com".ToLowerInvariant();
        var person = (await parts.Get<AccountStore>().CreateAsync(email, email, "no password", "127.0.0.1", Ct))!;
        var (token, _) = await parts.Get<MemberStore>().InviteAsync(parts.Account, email, role, parts.Account, Ct);
        Assert.NotNull(await parts.Get<MemberStore>().AcceptAsync(token, person, Ct));
        return person.Id;
    }
}
