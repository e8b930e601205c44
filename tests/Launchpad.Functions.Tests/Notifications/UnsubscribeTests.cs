using System.Net;
using Launchpad.Functions.Notifications;
using Launchpad.Functions.Tests.Access;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Records;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>What a mail program does for its reader, who is not signed in there.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class UnsubscribeTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task One_press_turns_one_kind_off_and_pressing_again_changes_nothing()
    {
        using var ada = await Colleague.NewAsync(api);
        await api.Service<NotificationSettings>().SaveAsync(ada.Account, [NotificationKind.Backups], Ct);
        Assert.Equal(HttpStatusCode.NoContent, await PressAsync(api, ada.Account));
        Assert.Equal([NotificationKind.Health, NotificationKind.Backups], (await OffAsync(ada)).Order());
        var told = await HeadAsync(ada);
        Assert.Equal(HttpStatusCode.NoContent, await PressAsync(api, ada.Account));
        Assert.Equal(told, await HeadAsync(ada));
    }

    [Fact]
    public async Task Whoever_only_looks_is_led_to_the_page_and_changes_nothing()
    {
        using var ada = await Colleague.NewAsync(api);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(await LinkAsync(api, ada.Account, NotificationKind.Health), Ct);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.EndsWith("/account/notifications", answer.Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        Assert.Empty(await OffAsync(ada));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_was_never_in_a_letter_turns_nothing_off(string token) =>
        Assert.Equal(HttpStatusCode.BadRequest, await PressAsync(new Uri(api.Address, $"notifications/off?token={token}")));

    [Fact]
    public async Task A_letter_that_is_always_written_has_no_such_link()
    {
        using var ada = await Colleague.NewAsync(api);
        Assert.Null(await api.Service<Unsubscribing>().LinkAsync(Letter(ada.Account, NotificationKind.Billing), Ct));
    }

    internal static async Task<HttpStatusCode> PressAsync(LaunchpadApi api, string account) =>
        await PressAsync(await LinkAsync(api, account, NotificationKind.Health));

    /// <summary>As RFC 8058 has it: a form, and no cookie.</summary>
    private static async Task<HttpStatusCode> PressAsync(Uri link)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var answer = await http.PostAsync(link, form, Ct);
        return answer.StatusCode;
    }

    private static async Task<Uri> LinkAsync(LaunchpadApi api, string account, NotificationKind kind)
    {
        var link = (await api.Service<Unsubscribing>().LinkAsync(Letter(account, kind), Ct))!;
        return new(api.Address, $"notifications/off{link.Query}");
    }

    private static Notice Letter(string account, NotificationKind kind) => new(
        account, LetterKinds.BotDown, "one", new Dictionary<string, string> { [CustomerLetters.About] = kind.Wire() }, DateTimeOffset.UtcNow, 0);

    private Task<IReadOnlySet<NotificationKind>> OffAsync(Colleague of) => api.Service<NotificationSettings>().OffAsync(of.Account, Ct);

    private async Task<long> HeadAsync(Colleague of) => (await api.Service<RecordStore>().HeadAsync(of.Account, Ct)).Sequence;
}
