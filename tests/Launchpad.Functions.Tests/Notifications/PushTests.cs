using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Functions.Mail;
using Launchpad.Functions.Tests.Api;
using Launchpad.Host.Tests;
using Launchpad.Processes;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Push;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Webhooks;
using Lib.Net.Http.WebPush;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>What devices are told while the mail server is down, push services refuse and days pass, by a clock that is moved by hand.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class PushTests(LaunchpadApi api) : IAsyncLifetime
{
    private readonly PartsByHand parts = new();
    private readonly Heard heard = new();
    private PushService service = null!;

    private static CancellationToken Ct => CancellationToken.None;

    private ManualTime clock => parts.Clock;

    private string account => parts.Account;

    public async Task InitializeAsync()
    {
        service = await PushService.StartAsync(api.Certificate);
        // Nobody takes letters there.
        await parts.StartAsync(
            new Dictionary<string, string?> { ["Mail:Port"] = $"{FreePort.Take()}", ["Mail:Tls"] = "None", ["Webhooks:AllowedNetworks"] = "127.0.0.1/32" },
            services => services.AddSingleton(api.Service<SecretClient>()).AddSingleton<ILoggerProvider>(heard));
        Get<OutboundHttp>().Handler.SslOptions.RemoteCertificateValidationCallback =
            (_, shown, _, _) => shown?.GetCertHashString() == api.Certificate.GetCertHashString();
    }

    public async Task DisposeAsync()
    {
        await parts.DisposeAsync();
        await service.DisposeAsync();
        Assert.Empty(service.Wrong);
    }

    /// <summary>RFC 8291, appendix A.</summary>
    [Fact]
    public void What_opens_messages_here_opens_the_one_of_the_specification()
    {
        using var browser = Subscriber.Of(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
            "BTBZMqHH6r4Tts7J_aSIgg");
        Assert.Equal("When I grow up, I want to be a watermelon", browser.Open(System.Buffers.Text.Base64Url.DecodeFromChars(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
            + "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")));
    }

    [Fact]
    public async Task It_arrives_once_on_each_device_though_the_mail_server_is_down_and_the_letter_is_tried_again()
    {
        using var phone = await AddAsync();
        using var laptop = await AddAsync();
        await AskAsync(LetterKinds.BotDown, new() { ["bot"] = "Dr. Ada", ["deployment"] = "dep_1" });
        for (var hour = 0; hour < 42; hour++)
        {
            await RunAsync();
            clock.Skip(TimeSpan.FromHours(1));
        }

        foreach (var browser in new[] { phone, laptop })
        {
            var shown = Assert.Single(service.Of(browser));
            Assert.Equal("Your bot is down: Dr. Ada", shown.GetProperty("title").GetString());
            Assert.Equal("Dr. Ada does not run any more, and did not come back by itself.", shown.GetProperty("body").GetString());
            Assert.Equal("/bots/dep_1", shown.GetProperty("url").GetString());
        }

        Assert.All(service.All, one => Assert.Equal(("high", "mailto:launchpad@example.com"), (one.Urgency, one.Subject)));
        var known = await Get<DeviceStore>().ListAsync(account, Ct);
        Assert.All(known, device => Assert.NotNull(device.LastSentAt));
        Assert.Equal(await Get<VapidKeys>().PublicKeyAsync(Ct), service.All.First().Key);
    }

    [Fact]
    public async Task What_is_gone_at_its_push_service_is_no_device_any_more()
    {
        service.Answer = (_, _) => 410;
        using var phone = await AddAsync();
        await AskAsync(LetterKinds.PasskeyAdded);
        await AskAsync(LetterKinds.PasskeyRemoved);
        await RunAsync();
        Assert.Single(service.All);
        Assert.Empty(await Get<DeviceStore>().ListAsync(account, Ct));
        Assert.All(await SentAsync(phone), one => Assert.Equal(DeliveryStatus.Dropped, one.Status));
    }

    [Fact]
    public async Task A_push_service_that_wants_to_be_left_alone_is_and_gets_it_afterwards()
    {
        service.Answer = (before, context) =>
        {
            context.Response.Headers.RetryAfter = "600";
            return before == 0 ? 429 : 201;
        };
        using var phone = await AddAsync();
        await AskAsync(LetterKinds.PasskeyAdded);
        await RunAsync();
        clock.Skip(TimeSpan.FromMinutes(9));
        await RunAsync();
        Assert.Single(service.Of(phone));
        clock.Skip(TimeSpan.FromMinutes(2));
        await RunAsync();
        Assert.Equal(2, service.Of(phone).Count);
        Assert.Equal([429, 201], Assert.Single(await SentAsync(phone)).Attempts.Select(one => one.Status));
        Assert.Equal(service.All.First().Topic, service.All.Last().Topic);
    }

    [Theory]
    [InlineData(413, 1)]
    [InlineData(302, 1)]
    [InlineData(503, 20)]
    public async Task What_is_refused_for_good_is_given_up_at_once_and_anything_else_after_a_day(int status, int triesMin)
    {
        service.Answer = (_, context) =>
        {
            context.Response.Headers.Location = "https://169.254.169.254/";
            return status;
        };
        using var phone = await AddAsync();
        await AskAsync(LetterKinds.PasskeyAdded);
        for (var step = 0; step < 30 * 2; step++)
        {
            await RunAsync();
            clock.Skip(TimeSpan.FromMinutes(30));
        }

        var sent = Assert.Single(await SentAsync(phone));
        Assert.Equal(DeliveryStatus.Failed, sent.Status);
        Assert.InRange(service.All.Count, triesMin, 30);
        Assert.Single(await Get<DeviceStore>().ListAsync(account, Ct));
    }

    [Fact]
    public async Task Nothing_is_shown_of_what_somebody_does_not_want_to_hear_of_nor_what_is_nothing_without_its_link()
    {
        using var phone = await AddAsync();
        await Get<NotificationSettings>().SaveAsync(account, [NotificationKind.Backups], Ct);
        foreach (var kind in new[] { NotificationKind.Backups, NotificationKind.Health })
        {
            clock.Skip(TimeSpan.FromSeconds(1));
            await Get<CustomerLetters>().SendAsync(account, kind, LetterKinds.BackupMissing, $"{kind}", new Dictionary<string, string> { ["bot"] = "Ada" }, Ct);
        }

        foreach (var kind in new[] { LetterKinds.ConfirmAddress, LetterKinds.ChangeAddress, LetterKinds.AddressChanged, LetterKinds.ResetPassword })
        {
            await AskAsync(kind, new() { ["email"] = "ada@example.com" });
        }

        await RunAsync();
        Assert.Equal("No backup: Ada", Assert.Single(service.Of(phone)).GetProperty("title").GetString());
        Assert.Null(Assert.Single(service.All).Urgency);
    }

    [Fact]
    public async Task A_device_of_before_everybody_was_signed_out_hears_nothing_any_more()
    {
        using var phone = await AddAsync();
        clock.Skip(TimeSpan.FromSeconds(1));
        await Get<AccountSecurity>().ChangePasswordAsync(account, "another hash", Ct);
        await AskAsync(LetterKinds.PasskeyAdded);
        await RunAsync();
        Assert.Empty(service.All);
        Assert.Empty(await Get<DeviceStore>().ListAsync(account, Ct));

        // Whoever knows the new password lets it hear again.
        await Get<DeviceStore>().AddAsync(account, phone.Target, "Firefox on Linux", Ct);
        await AskAsync(LetterKinds.PasskeyAdded);
        await RunAsync();
        Assert.Single(service.Of(phone));
    }

    /// <summary>It was on its way already.</summary>
    [Fact]
    public async Task What_waits_for_such_a_device_is_not_sent_either()
    {
        service.Answer = (_, _) => 503;
        using var phone = await AddAsync();
        await AskAsync(LetterKinds.PasskeyAdded);
        await RunAsync();
        service.Answer = (_, _) => 201;
        await Get<AccountSecurity>().ChangePasswordAsync(account, "another hash", Ct);
        clock.Skip(TimeSpan.FromHours(1));
        await RunAsync();
        Assert.Single(service.All);
        Assert.Equal(DeliveryStatus.Dropped, Assert.Single(await SentAsync(phone)).Status);
    }

    [Fact]
    public async Task One_that_does_not_answer_keeps_no_other_waiting()
    {
        using var dead = new Subscriber($"https://127.0.0.1:{FreePort.Take()}/push/nobody");
        using var phone = await AddAsync();
        await Get<DeviceStore>().AddAsync(account, dead.Target, "Firefox on Linux", Ct);
        await AskAsync(LetterKinds.PasskeyAdded);
        await RunAsync();
        Assert.Single(service.Of(phone));
        Assert.Equal("unreachable", Assert.Single(Assert.Single(await SentAsync(dead)).Attempts).Error);
    }

    [Theory]
    [InlineData("https://localhost/push")]
    [InlineData("https://127.0.0.1/push")]
    [InlineData("https://[::1]/push")]
    [InlineData("https://169.254.169.254/push")]
    public async Task Nothing_is_sent_to_what_is_not_public(string endpoint)
    {
        using var outbound = new OutboundHttp(Options.Create(new WebhookOptions()));
        using var browser = new Subscriber(endpoint);
        var gateway = new PushGateway(outbound, Get<VapidKeys>(), TimeProvider.System);
        var (attempt, _) = await gateway.SendAsync(browser.Target, new PushMessage("{}") { Topic = "a", TimeToLive = 1 }, Ct);
        Assert.Equal((null, "forbidden-address"), (attempt.Status, attempt.Error));
    }

    [Fact]
    public async Task Where_a_browser_is_reached_and_what_opens_its_messages_is_written_down_nowhere_in_the_clear()
    {
        service.Answer = (before, _) => before == 0 ? 500 : 201;
        using var phone = await AddAsync();
        await AskAsync(LetterKinds.PasskeyAdded);
        await RunAsync();
        clock.Skip(TimeSpan.FromHours(1));
        await RunAsync();
        await service.DisposeAsync();
        await AskAsync(LetterKinds.PasskeyRemoved);
        await RunAsync();

        var written = new List<string>();
        foreach (var table in new[] { Get<Tables>().Accounts, Get<Tables>().Webhooks, Get<Tables>().Index })
        {
            var values = table.QueryAsync<TableEntity>().SelectMany(row => ((IDictionary<string, object>)row).ToAsyncEnumerable());
            written.AddRange(await values.Select(pair => $"{pair.Value}").ToListAsync());
        }

        Assert.Contains(written, text => text.Contains("500", StringComparison.Ordinal));
        foreach (var secret in new[] { new Uri(phone.Endpoint).AbsolutePath, phone.Auth, phone.P256dh })
        {
            Assert.DoesNotContain(written, text => text.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(heard.All, text => text.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task However_many_need_a_key_at_once_there_is_one()
    {
        var (name, made) = ($"test-{Guid.NewGuid():N}", 0);
        var keys = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var vault = new SecretVault(api.Service<SecretClient>());
            return await new ProductKeys(vault, Get<Tables>(), TimeProvider.System).GetAsync(name, () => $"key {Interlocked.Increment(ref made)}", Ct);
        }));
        Assert.Equal(["key 1"], keys.Distinct());
    }

    private T Get<T>()
        where T : notnull => parts.Get<T>();

    private async Task<Subscriber> AddAsync()
    {
        var browser = service.Subscribe();
        await Get<DeviceStore>().AddAsync(account, browser.Target, "Firefox on Linux", Ct);
        return browser;
    }

    private Task AskAsync(string kind, Dictionary<string, string>? values = null)
    {
        clock.Skip(TimeSpan.FromSeconds(1));
        return Get<Outbox>().SendAsync(account, kind, $"{kind}-{clock.GetUtcNow().UtcTicks}", values ?? [], Ct);
    }

    private async Task RunAsync()
    {
        // What is due now is due before now.
        clock.Skip(TimeSpan.FromMilliseconds(1));
        await Get<Postman>().RunAsync(Ct);
        clock.Skip(TimeSpan.FromMilliseconds(1));
        await Get<PushSender>().RunAsync(Ct);
    }

    private Task<IReadOnlyList<Delivery>> SentAsync(Subscriber to) =>
        Get<PushDeliveries>().ListAsync(account, DeviceStore.IdOf(to.Endpoint), after: null, Ct);
}
