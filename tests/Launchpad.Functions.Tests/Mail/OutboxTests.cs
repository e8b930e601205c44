using Azure.Data.Tables;
using Launchpad.Functions.Mail;
using Launchpad.Host.Tests;
using Launchpad.Processes;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Health;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SmtpServer;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Launchpad.Functions.Tests.Mail;

/// <summary>Letters that a server takes late, twice or never, by a clock that is moved by hand.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private readonly PartsByHand parts = new();
    private readonly Server server = new();

    private static CancellationToken Ct => CancellationToken.None;

    private ManualTime clock => parts.Clock;

    private string account => parts.Account;

    public Task InitializeAsync() => parts.StartAsync(new Dictionary<string, string?> { ["Mail:Port"] = $"{server.Port}", ["Mail:Tls"] = "None" });

    public async Task DisposeAsync()
    {
        server.Stop();
        await parts.DisposeAsync();
    }

    [Fact]
    public async Task A_letter_is_sent_once_however_often_it_is_asked_for()
    {
        server.Start();
        for (var time = 0; time < 3; time++)
        {
            await AskAsync("one");
            await RunAsync();
        }

        await AskAsync("another");
        await RunAsync();
        Assert.Equal(3, server.Taken.Count);
        Assert.Null(await Get<Outbox>().OldestAsync(Ct));
    }

    [Fact]
    public async Task What_the_server_does_not_take_is_tried_again_later_and_later_and_sent_in_the_end()
    {
        await RunAsync();
        var tries = 0;
        for (var second = 0; second < 130; second += 5)
        {
            clock.Skip(TimeSpan.FromSeconds(5));
            var before = await AttemptsAsync();
            await RunAsync();
            tries += await AttemptsAsync() - before;
        }

        // After 15, 45 and 105 seconds.
        Assert.Equal(3, tries);
        server.Start();
        clock.Skip(TimeSpan.FromMinutes(3));
        await RunAsync();
        Assert.Equal("ada@example.com", Assert.Single(server.Taken));
    }

    [Fact]
    public async Task Somebody_is_called_when_nothing_goes_out_and_when_one_is_given_up()
    {
        await RunAsync();
        clock.Skip(TimeSpan.FromMinutes(14));
        await LookAsync();
        Assert.Empty(await PagesAsync());
        clock.Skip(TimeSpan.FromMinutes(2));
        await LookAsync();
        Assert.Equal((PageKind.MailUnsent, "mail"), Assert.Single(await PagesAsync()));

        for (var hour = 0; hour < 60; hour++)
        {
            clock.Skip(TimeSpan.FromHours(1.1));
            await RunAsync();
        }

        await LookAsync();
        Assert.Equal((PageKind.MailUnsent, account), Assert.Single(await PagesAsync()));

        // The next letter that arrives ends it.
        server.Start();
        await AskAsync("one");
        await RunAsync();
        Assert.Empty(await PagesAsync());
        Assert.Single(server.Taken);
    }

    [Fact]
    public async Task A_mailbox_that_does_not_exist_is_not_tried_again_and_nobody_is_called()
    {
        server.Start(refuses: true);
        await RunAsync();
        Assert.Null(await Get<Outbox>().OldestAsync(Ct));
        Assert.Empty(server.Taken);
        clock.Skip(TimeSpan.FromHours(1));
        await LookAsync();
        Assert.Empty(await PagesAsync());
    }

    [Fact]
    public async Task A_letter_whose_change_was_never_made_is_not_sent_and_not_waited_for()
    {
        server.Start();
        await RunAsync();
        await Get<Outbox>().PrepareAsync(account, LetterKinds.PasswordChanged, "never", null, Ct);
        await RunAsync();
        Assert.NotNull(await Get<Outbox>().OldestAsync(Ct));
        clock.Skip(TimeSpan.FromMinutes(11));
        await RunAsync();
        Assert.Null(await Get<Outbox>().OldestAsync(Ct));
        Assert.Single(server.Taken);
    }

    private T Get<T>()
        where T : notnull => parts.Get<T>();

    private Task AskAsync(string key) => Get<Outbox>().SendAsync(account, LetterKinds.PasskeyAdded, key, new Dictionary<string, string>(), Ct);

    private Task RunAsync()
    {
        // What is due now is due before now.
        clock.Skip(TimeSpan.FromMilliseconds(1));
        return Get<Postman>().RunAsync(Ct);
    }

    private Task LookAsync() => Get<MailAlarm>().LookAsync(Ct);

    private async Task<int> AttemptsAsync() => await Get<Tables>().Accounts
        .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey ge 'mail-'"))
        .SumAsync(row => row.GetInt32("attempts") ?? 0);

    private async Task<IEnumerable<(PageKind, string)>> PagesAsync() => (await Get<Pager>().OpenAsync(Ct)).Select(page => (page.Kind, page.Subject));

    /// <summary>A real one, which takes mail, or has no such mailbox.</summary>
    private sealed class Server : MessageStore
    {
        private SmtpServer.SmtpServer? running;

        public int Port { get; } = FreePort.Take();

        public List<string> Taken { get; } = [];

        public void Start(bool refuses = false)
        {
            var provider = new SmtpServer.ComponentModel.ServiceProvider();
            provider.Add(this);
            if (refuses)
            {
                provider.Add(new NoMailbox());
            }

            running = new(
                new SmtpServerOptionsBuilder().ServerName("test")
                    .Endpoint(at => at.Endpoint(new(System.Net.IPAddress.Loopback, Port))).Build(),
                provider);
            _ = running.StartAsync(Ct);
        }

        public void Stop() => running?.Shutdown();

        public override Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, System.Buffers.ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            Taken.AddRange(transaction.To.Select(to => to.AsAddress()));
            return Task.FromResult(SmtpResponse.Ok);
        }
    }

    private sealed class NoMailbox : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            throw new SmtpResponseException(SmtpResponse.MailboxNameNotAllowed);
    }
}
