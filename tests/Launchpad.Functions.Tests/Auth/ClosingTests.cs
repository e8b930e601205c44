using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Access;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Billing;
using Launchpad.Functions.Tests.Staff;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Webhooks;
using Stripe;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>An account is closed when its owner asks, stays when he takes it back, and leaves nothing of him when its time has come.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class ClosingTests(LaunchpadApi api)
{
    private const string Profile = "profile";
    private static readonly CancellationToken Ct = CancellationToken.None;

    private Tables Tables => api.Service<Tables>();

    [Fact]
    public async Task It_says_before_what_it_takes_along_and_then_bots_are_deleted_and_none_is_ordered()
    {
        using var owner = await api.SignedUpAsync();
        using var colleague = await Colleague.InAsync(api, owner, Role.Operator);
        using var program = await Colleague.WithTokenAsync(api, owner, [Permission.Read]);
        var bot = await owner.OrderAsync();
        var before = await owner.GetAsync("auth/closing");
        Assert.False(before.GetProperty("asked").GetBoolean());
        Assert.Equal([bot], before.GetProperty("bots").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        Assert.Equal((1, 1, 0), (Number(before, "members"), Number(before, "tokens"), Number(before, "webhooks")));
        Assert.All(before.GetProperty("kept").EnumerateArray(), kept => Assert.NotEmpty(kept.GetProperty("why").GetString()!));
        Assert.Equal(JsonValueKind.Null, (await owner.GetAsync("auth/me")).GetProperty("closesAt").ValueKind);

        var asked = await SendAsync(owner, HttpMethod.Post, 202);
        Assert.True(asked.GetProperty("asked").GetBoolean());
        Assert.InRange(asked.GetProperty("closesAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(13.9), DateTimeOffset.UtcNow.AddDays(14.1));
        Assert.Equal(asked.GetProperty("closesAt").GetDateTimeOffset(), (await owner.GetAsync("auth/me")).GetProperty("closesAt").GetDateTimeOffset());
        await Shop.UntilAsync(() => owner.GetAsync("auth/closing"), now => now.GetProperty("bots").GetArrayLength() == 0);
        Assert.Equal("terminated", (await owner.GetAsync($"deployments/{bot}")).GetProperty("status").GetString());
        var (status, problem) = await new Shop(api, owner).PostAsync("deployments", new { name = "Another", plan = "starter" });
        Assert.Equal((409, "account-closing"), (status, Person.KindOf(problem)));
        Assert.Contains("close-account", await ActionsAsync(owner.Account));

        // Who works there hears of it once, though it was asked for twice.
        await SendAsync(owner, HttpMethod.Post, 202);
        var subject = $"An account that you work in is closed on {asked.GetProperty("closesAt").GetDateTimeOffset():d MMMM yyyy}";
        Assert.Contains("take along before what you need", (await api.LetterAsync(colleague.Email, subject)).TextBody, StringComparison.Ordinal);
        Assert.Single(await api.LettersAsync(colleague.Email), letter => letter.Subject == subject);
    }

    [Fact]
    public async Task Who_takes_it_back_keeps_it_and_asking_twice_is_asking_once()
    {
        using var ada = await Person.ConfirmedAsync(api);
        var first = (await ada.PostAsync("auth/closing")).Body.GetProperty("closesAt").GetString();
        var again = await ada.PostAsync("auth/closing");
        Assert.Equal((202, first), (again.Status, again.Body.GetProperty("closesAt").GetString()));
        var letter = await api.LetterAsync(ada.Email, $"Your account is closed on {DateTimeOffset.Parse(first!, null):d MMMM yyyy}");
        Assert.Contains("Until then you can sign in and keep it", letter.TextBody, StringComparison.Ordinal);

        // He comes back at another browser.
        using var phone = ada.Elsewhere();
        phone.Use((await phone.LoginAsync()).Body);
        await phone.GrowStaleAsync();
        Assert.Equal(200, (await phone.DeleteAsync("auth/closing")).Status);
        Assert.Equal(JsonValueKind.Null, (await ada.GetAsync("auth/me")).Body.GetProperty("closesAt").ValueKind);
        Assert.False((await ada.GetAsync("auth/closing")).Body.GetProperty("asked").GetBoolean());
        await api.LetterAsync(ada.Email, "Your account stays");
        Assert.Equal(201, (await ada.PostAsync("deployments", new { name = "Another", plan = "starter" })).Status);

        // What once led to its end leads nowhere, whenever that is.
        await MakeDueAsync(ada.Account, closesAt: null);
        await FireAsync(() => LeadingAsync(ada.Account), leading => leading.Count == 0);
        Assert.Equal(200, (await ada.GetAsync("auth/me")).Status);
        Assert.Equal(["close-account", "keep-account"], (await ActionsAsync(ada.Account)).Where(action => action.EndsWith("-account", StringComparison.Ordinal)).Distinct());
    }

    [Fact]
    public async Task When_its_time_has_come_nothing_of_a_person_is_left_and_the_address_is_free()
    {
        using var ada = await Person.ConfirmedAsync(api);
        using var owner = new Owner(Colleague.Client(api, ada.Http.DefaultRequestHeaders.Authorization!.Parameter!), ada.Account);
        using var other = await api.SignedUpAsync();
        using var colleague = await Colleague.InAsync(api, owner, Role.Admin);
        using var program = await Colleague.WithTokenAsync(api, owner, [Permission.Read]);
        var (invitation, _) = await api.Service<MemberStore>().InviteAsync(other.Account, ada.Email, Role.Viewer, other.Account, Ct);
        Assert.Equal(200, (await ada.PostAsync("auth/invitations", new { token = invitation })).Status);
        await api.Service<ApiTokenStore>().AddAsync(other.Account, ada.Account, "hers there", [Permission.Read], null, TimeSpan.FromDays(1), Ct);
        Assert.Equal(201, (await ada.PostAsync("invitations", new { email = $"{Guid.NewGuid():N}@example.com", role = "viewer" })).Status);
        var hook = (await api.Service<WebhookEndpoints>().AddAsync(ada.Account, "https://127.0.0.1:1/hook", "mine", [], Ct))!.Value.Kept;
        var bot = await owner.OrderAsync();
        await new Shop(api, owner).PageAsync(bot);
        var customer = Assert.Single(await CustomersAsync(ada.Email));

        Assert.Equal(202, (await ada.PostAsync("auth/closing")).Status);
        await CloseAsync(ada.Account);

        Assert.Equal(401, (await ada.GetAsync("auth/me")).Status);
        Assert.Equal(401, (await ada.LoginAsync()).Status);
        Assert.Equal(401, (await program.SendAsync("GET", "deployments")).Status);
        Assert.Equal(404, (await colleague.SendAsync("GET", "deployments")).Status);
        Assert.Null(await api.Service<MemberStore>().FindAsync(other.Account, ada.Account, Ct));
        Assert.Empty(await api.Service<ApiTokenStore>().ListAsync(other.Account, Ct));
        Assert.Contains("remove-member", await ActionsAsync(other.Account));
        Assert.Null(await api.Service<BotSecrets>().FindAsync(hook.Id, "signing-1", Ct));
        Assert.Empty(await CustomersAsync(ada.Email));
        Assert.True((await new CustomerService(api.Stripe).GetAsync(customer.Id)).Deleted);
        await api.LetterAsync(ada.Email, "Your account is closed");
        await Task.Delay(TimeSpan.FromSeconds(1));

        // But for the record of whom another account let in.
        var left = (await NamingAsync(ada.Email)).Where(row => !row.StartsWith($"records {other.Account} words-", StringComparison.Ordinal)).ToList();
        Assert.True(left.Count == 0, string.Join('\n', left));
        Assert.Equal(["closed"], await RowsAsync(Tables.Accounts, ada.Account));
        Assert.Empty(await RowsAsync(Tables.Members, ada.Account));
        Assert.Empty(await RowsAsync(Tables.Sessions, ada.Account));
        Assert.Equal("account-closed", (await ActionsAsync(ada.Account))[^1]);

        using var staff = await StaffMember.OfAsync(api);
        var seen = (await staff.GetAsync($"staff/accounts?q={ada.Account}")).GetProperty("accounts")[0];
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("email").ValueKind);
        Assert.InRange(seen.GetProperty("closedAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);

        var (status, body) = await ada.PostAsync("auth/signup", new { email = ada.Email, password = Person.Password });
        Assert.Equal(201, status);
        Assert.NotEqual(ada.Account, body.GetProperty("account").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Stopped_before_the_bots_they_are_deleted_by_the_clock_and_the_account_has_its_time()
    {
        using var owner = await api.SignedUpAsync();
        var bot = await owner.OrderAsync();
        Assert.NotNull(await api.Service<AccountEnds>().AskAsync(owner.Account, Ct));
        await FireAsync(() => owner.GetAsync($"deployments/{bot}"), now => now.GetProperty("status").GetString() == "terminated");
        await FireAsync(() => LeadingAsync(owner.Account), leading => leading.Count == 1);
        Assert.Equal(200, (await owner.AskAsync("auth/me")).Status);
    }

    [Fact]
    public async Task A_bot_that_is_there_when_its_time_has_come_goes_first()
    {
        using var owner = await api.SignedUpAsync();
        await SendAsync(owner, HttpMethod.Post, 202);
        var bot = await api.Service<NewOrders>().PlaceAsync(
            new(owner.Account, "Late", Launchpad.Shared.Plans.Plan.Get("starter"), new(null, null, Telegram: false), Origin: null), new Dictionary<string, string?>(), Ct);
        await CloseAsync(owner.Account);
        var left = (await api.Service<DeploymentStore>().FindAsync(owner.Account, bot.Id, Ct))!;
        Assert.Equal((DeploymentStatus.Terminated, null), (left.Status, left.Operation));
    }

    [Fact]
    public async Task Who_takes_it_back_in_the_last_moment_keeps_it()
    {
        using var owner = await api.SignedUpAsync();
        await SendAsync(owner, HttpMethod.Post, 202);
        await MakeDueAsync(owner.Account, DateTimeOffset.UtcNow.AddMinutes(-1));
        var ends = api.Service<AccountEnds>();
        Assert.NotNull(await ends.DueAsync(owner.Account, Ct));
        Assert.True(await ends.TakeBackAsync(owner.Account, Ct));
        Assert.False(await ends.SealAsync(owner.Account, Ct));
        Assert.Equal(200, (await owner.AskAsync("auth/me")).Status);
    }

    [Fact]
    public async Task Stopped_in_between_nobody_gets_in_and_it_goes_on_to_its_end()
    {
        using var owner = await api.SignedUpAsync();
        using var colleague = await Colleague.InAsync(api, owner, Role.Admin);
        using var program = await Colleague.WithTokenAsync(api, owner, [Permission.Read]);
        await SendAsync(owner, HttpMethod.Post, 202);
        await MakeDueAsync(owner.Account, DateTimeOffset.UtcNow.AddMinutes(-1));
        var ends = api.Service<AccountEnds>();
        Assert.True(await ends.SealAsync(owner.Account, Ct));
        Assert.Equal(401, (await owner.AskAsync("auth/me")).Status);
        Assert.Equal(401, (await program.SendAsync("GET", "deployments")).Status);
        Assert.Equal(404, (await colleague.SendAsync("GET", "deployments")).Status);
        Assert.False(await ends.TakeBackAsync(owner.Account, Ct));
        Assert.Null(await ends.AskAsync(owner.Account, Ct));

        // A part of it, and then all of it, twice.
        var account = (await ends.DueAsync(owner.Account, Ct))!;
        await api.Service<AccountReach>().EndAsync(owner.Account, Ct);
        await CloseAsync(owner.Account);
        await api.Service<AccountRemains>().EraseAsync(account, Ct);
        Assert.Equal(["closed"], await RowsAsync(Tables.Accounts, owner.Account));
        Assert.Single(await ActionsAsync(owner.Account), "account-closed");
    }

    private static int Number(JsonElement of, string name) => of.GetProperty(name).GetInt32();

    private static async Task<JsonElement> SendAsync(Owner owner, HttpMethod method, int status)
    {
        using var request = new HttpRequestMessage(method, "auth/closing");
        using var answer = await owner.Http.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private async Task CloseAsync(string account)
    {
        await MakeDueAsync(account, DateTimeOffset.UtcNow.AddMinutes(-1));
        await FireAsync(() => LeadingAsync(account), leading => leading.Count == 0);
        Assert.NotNull(await api.Service<AccountEnds>().FindClosedAsync(account, Ct));
    }

    /// <summary>As if all of the time had gone by.</summary>
    private async Task MakeDueAsync(string account, DateTimeOffset? closesAt)
    {
        if (closesAt is { } at && (await RowsAsync(Tables.Accounts, account)).Contains(Profile))
        {
            await Tables.Accounts.UpdateEntityAsync(new TableEntity(account, Profile) { ["closesAt"] = at }, ETag.All, TableUpdateMode.Merge, Ct);
        }

        foreach (var row in await LeadingAsync(account))
        {
            await Tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, Ct);
            await Tables.Index.UpsertEntityAsync(
                new TableEntity(row.PartitionKey, $"{DateTimeOffset.UtcNow.AddMinutes(-1).UtcTicks:D19}-{account}") { ["account"] = account }, TableUpdateMode.Replace, Ct);
        }
    }

    private Task<T> FireAsync<T>(Func<Task<T>> look, Func<T, bool> enough) => Shop.UntilAsync(
        async () =>
        {
            await api.FireAsync("CloseAccounts");
            await Task.Delay(200);
            return await look();
        },
        enough);

    private async Task<IReadOnlyList<TableEntity>> LeadingAsync(string account) => await Tables.Index.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"PartitionKey ge {"closing-"} and PartitionKey lt {"closing-~"} and account eq {account}"), cancellationToken: Ct).ToListAsync(Ct);

    private static async Task<IReadOnlyList<string>> RowsAsync(TableClient table, string partition) => await table
        .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: Ct).Select(row => row.RowKey).ToListAsync(Ct);

    /// <summary>Where in all tables a text stands.</summary>
    private async Task<IReadOnlyList<string>> NamingAsync(string text)
    {
        var found = new List<string>();
        foreach (var table in Tables.All)
        {
            await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: Ct))
            {
                found.AddRange(row.Where(cell => cell.Value is string said && said.Contains(text, StringComparison.OrdinalIgnoreCase))
                    .Select(cell => $"{table.Name} {row.PartitionKey} {row.RowKey} {cell.Key}"));
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<string>> ActionsAsync(string chain) =>
    [
        .. (await api.Service<RecordStore>().AllAsync(chain, Ct)).Select(row => JsonElement.Parse(row.Data))
            .Where(data => data.TryGetProperty("action", out _)).Select(data => data.GetProperty("action").GetString()!),
    ];

    private async Task<List<Customer>> CustomersAsync(string email) =>
        [.. await new CustomerService(api.Stripe).ListAutoPagingAsync(new() { Email = email }).ToListAsync(Ct)];
}
