using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Functions.Tests.Api;
using Launchpad.Host.Tests;
using Launchpad.Processes;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>What is on its way while processes die, rows are lost and days pass, by a clock that is moved by hand.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class DeliveryTests(LaunchpadApi api) : IAsyncLifetime
{
    private const string Bot = "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV";

    private readonly PartsByHand parts = new();

    private static CancellationToken Ct => CancellationToken.None;

    private ManualTime clock => parts.Clock;

    private string account => parts.Account;

    public async Task InitializeAsync()
    {
        await parts.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton(api.Service<SecretClient>()));
        await Get<DeploymentStore>().AddAsync(
            new() { Account = account, Id = Bot, Name = "Ada", Slug = "ada", Plan = "starter", Settings = new(null, null, false), CreatedAt = clock.GetUtcNow(), Status = DeploymentStatus.Requested }, Ct);
    }

    public async Task DisposeAsync() => await parts.DisposeAsync();

    [Fact]
    public async Task What_is_told_twice_is_on_its_way_once_and_nothing_is_lost_with_what_led_to_it()
    {
        await EndpointAsync();
        await FailAsync(OperationKind.Upgrade);
        await Get<Announcer>().RunAsync(Ct);
        var first = await QueuedAsync();
        Assert.Equal(["bot.status-changed", "operation.failed"], first.Select(one => one.Type).Order());

        // The process dies before it notes how far it came.
        await Get<Tables>().Webhooks.RemoveAsync(account, $"told-{Bot}", Ct);
        await Get<Announcer>().RunAsync(Ct);
        Assert.Equal(first.Select(one => one.Event), (await QueuedAsync()).Select(one => one.Event));
        Assert.Single(await LettersAsync(), LetterKinds.OperationFailed);

        // What leads to a record is lost: the next row of it brings the one before along.
        await FailAsync(OperationKind.Restart);
        await foreach (var row in Get<News>().AllAsync(Ct))
        {
            await Get<Tables>().Index.RemoveAsync(row.PartitionKey, row.RowKey, Ct);
        }

        await Get<Announcer>().RunAsync(Ct);
        Assert.Equal(2, (await QueuedAsync()).Count);
        await FailAsync(OperationKind.Suspend);
        await Get<Announcer>().RunAsync(Ct);
        Assert.Equal(4, (await QueuedAsync()).Count);
        Assert.Equal(3, (await LettersAsync()).Count(letter => letter == LetterKinds.OperationFailed));
    }

    [Fact]
    public async Task What_leads_to_a_record_stays_until_its_rows_must_be_there()
    {
        await Get<News>().LeadAsync(Bot, account, Ct);
        await Get<Announcer>().RunAsync(Ct);
        Assert.Single(await Get<News>().AllAsync(Ct).ToListAsync());
        clock.Skip(TimeSpan.FromMinutes(2));
        await Get<Announcer>().RunAsync(Ct);
        Assert.Empty(await Get<News>().AllAsync(Ct).ToListAsync());
    }

    [Fact]
    public async Task An_endpoint_that_takes_nothing_is_tried_for_three_days_and_switched_off_with_a_letter()
    {
        var endpoint = await EndpointAsync();
        await FailAsync(OperationKind.Upgrade);
        await Get<Announcer>().RunAsync(Ct);
        var (begun, ended) = (clock.GetUtcNow(), (DateTimeOffset?)null);
        for (var minute = 0; minute < 80 * 60 && ended is null; minute += 20)
        {
            clock.Skip(TimeSpan.FromMinutes(20));
            await Get<WebhookSender>().RunAsync(Ct);
            ended = (await Get<WebhookEndpoints>().FindAsync(account, endpoint.Id, Ct))!.DisabledWhy is null ? null : clock.GetUtcNow();
        }

        Assert.InRange((ended!.Value - begun).TotalDays, 3, 3.5);
        Assert.Equal(WebhookEndpoint.Failed, (await Get<WebhookEndpoints>().FindAsync(account, endpoint.Id, Ct))!.DisabledWhy);
        Assert.Single(await LettersAsync(), LetterKinds.WebhookDisabled);
        var tried = (await QueuedAsync()).Max(one => one.Attempts.Count);
        Assert.InRange(tried, 8, 10);
        Assert.All((await QueuedAsync()).SelectMany(one => one.Attempts), attempt => Assert.Equal("forbidden-address", attempt.Error));
    }

    [Fact]
    public async Task Nobody_is_written_to_about_what_he_does_not_want_to_hear_of_and_money_is_always_told()
    {
        var settings = Get<NotificationSettings>();
        await settings.SaveAsync(account, Enum.GetValues<NotificationKind>(), Ct);
        Assert.DoesNotContain(NotificationKind.Billing, await settings.OffAsync(account, Ct));
        Assert.DoesNotContain(NotificationKind.Security, await settings.OffAsync(account, Ct));
        await FailAsync(OperationKind.Upgrade);
        await Get<Announcer>().RunAsync(Ct);
        Assert.Empty(await LettersAsync());
        await settings.SaveAsync(account, [], Ct);
        await FailAsync(OperationKind.Upgrade);
        await Get<Announcer>().RunAsync(Ct);
        Assert.Single(await LettersAsync());
    }

    [Theory]
    [InlineData(OperationKind.Backup, null)]
    [InlineData(OperationKind.TestMessage, null)]
    [InlineData(OperationKind.Preview, null)]
    [InlineData(OperationKind.Upgrade, LetterKinds.OperationFailed)]
    [InlineData(OperationKind.Drill, LetterKinds.OperationFailed)]
    public async Task Only_what_nobody_waits_for_is_worth_a_letter(OperationKind kind, string? letter)
    {
        await FailAsync(kind);
        await Get<Announcer>().RunAsync(Ct);
        Assert.Equal(letter, (await LettersAsync()).SingleOrDefault());
    }

    private T Get<T>()
        where T : notnull => parts.Get<T>();

    /// <summary>Nothing is reached where the operator allows nothing.</summary>
    private async Task<WebhookEndpoint> EndpointAsync() =>
        (await Get<WebhookEndpoints>().AddAsync(account, "https://127.0.0.1:9000/", "", [], Ct))!.Value.Kept;

    private async Task FailAsync(OperationKind kind)
    {
        clock.Skip(TimeSpan.FromSeconds(1));
        var now = clock.GetUtcNow();
        var operation = new Operation(Shared.Ids.New(Shared.Ids.Operation, clock), account, Bot, kind, OperationStatus.Accepted, account, now, now.AddHours(1));
        await Get<OperationStore>().AddAsync(operation, Ct);
        await Get<OperationStore>().SaveAsync(
            operation with { Status = OperationStatus.Failed, FinishedAt = now, Failure = new("candidate-failed", "It did not come up.", "health", [], "Try again.") }, Ct);
    }

    private async Task<IReadOnlyList<Delivery>> QueuedAsync()
    {
        var endpoint = (await Get<WebhookEndpoints>().ListAsync(account, Ct)).Single();
        return await Get<Deliveries>().ListAsync(account, endpoint.Id, null, Ct);
    }

    private async Task<IReadOnlyList<string>> LettersAsync() => await Get<Tables>().Accounts
        .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey ge 'mail-' and RowKey lt 'mail-~' and kind ne {LetterKinds.ConfirmAddress}"))
        .Select(row => row.GetString("kind")).ToListAsync();
}
