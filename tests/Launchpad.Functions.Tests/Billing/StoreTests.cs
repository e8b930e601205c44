using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Health;
using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What is kept of the provider's answers, and of when to ask again.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StoreTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _account = Ids.New(Ids.Account, TimeProvider.System);
    private readonly string _deployment = Ids.New(Ids.Deployment, TimeProvider.System);

    [Fact]
    public async Task An_older_answer_never_replaces_a_newer_one_and_an_end_is_final_but_an_absence_is_not()
    {
        Assert.Equal("active", await SavedAsync("active", 0));
        Assert.Equal("past_due", await SavedAsync("past_due", 2));
        Assert.Equal("past_due", await SavedAsync("active", 1));
        Assert.Equal("past_due", await SavedAsync("active", 2));
        Assert.Equal(Subscription.Missing, await SavedAsync(Subscription.Missing, 3));
        Assert.Equal("active", await SavedAsync("active", 4));
        Assert.Equal("canceled", await SavedAsync("canceled", 1));
        Assert.Equal("canceled", await SavedAsync("active", 9));
        Assert.Equal("canceled", await SavedAsync(Subscription.Missing, 60));

        // No slow answer: the provider itself says that it never ended.
        Assert.Equal("active", await SavedAsync("active", 12));

        Assert.Equal(
            ["active past-due", "past-due canceled", "canceled active", "active canceled", "canceled active"],
            (await api.Service<RecordStore>().ReadAsync(_deployment, -1, 100, Ct))
                .Select(row => System.Text.Json.JsonElement.Parse(row.Data))
                .Select(data => $"{data.GetProperty("from").GetString()} {data.GetProperty("to").GetString()}"));
    }

    [Fact]
    public async Task Refunds_only_become_more_and_outlast_every_answer()
    {
        await SavedAsync("active", 0);
        var store = api.Service<SubscriptionStore>();
        var saved = (await store.OfAsync(_account, _deployment, Ct)).Single();
        foreach (var cents in (long[])[700, 1900, 700])
        {
            await store.SaveAsync(saved, new Refunded(cents, "usd"), Ct);
        }

        await SavedAsync("canceled", 1);
        saved = (await store.OfAsync(_account, _deployment, Ct)).Single();
        Assert.Equal((new Refunded(1900, "usd"), BillingState.Refunded), (saved.Refunded, saved.State));
    }

    [Fact]
    public async Task What_is_due_is_found_by_its_time_and_a_row_that_leads_nowhere_is_dropped()
    {
        // In times that the app does not look at yet.
        var past = Noon.AddYears(70);
        var watches = new BillingWatches(api.Service<Tables>(), new Clock { Now = past.AddYears(1) });
        await watches.ChangeAsync(_account, _deployment, _ => new(_account, _deployment, past, null, null, []), Ct);
        var due = Assert.Single(await MineAsync());
        var watch = (await watches.FollowAsync(due, Ct))!;
        Assert.Equal(past, watch.DueAt);

        await watches.ChangeAsync(_account, _deployment, now => now! with { DueAt = past.AddHours(1) }, Ct);
        Assert.Null(await watches.FollowAsync(due, Ct));
        due = Assert.Single(await MineAsync());

        // As after a crash between the two rows.
        await api.Service<Tables>().BillingWatches.DeleteEntityAsync("due", due.Row);
        await watches.EnsureAsync(_account, _deployment, Ct);
        Assert.Equal(due, Assert.Single(await MineAsync()));

        await watches.ChangeAsync(_account, _deployment, _ => null, Ct);
        Assert.Empty(await MineAsync());
        Assert.Null(await watches.FollowAsync(due, Ct));
        async Task<IEnumerable<BillingDue>> MineAsync() =>
            (await watches.DueAsync(1_000, Ct)).Where(found => found.Deployment == _deployment);
    }

    [Fact]
    public async Task Each_dispute_is_kept_with_the_latest_word_of_it_in_whatever_order_they_are_heard_of()
    {
        await SavedAsync("active", 0);
        var store = api.Service<SubscriptionStore>();
        foreach (var (id, since, status, asOf) in ((string, int, string, int)[])
            [("du_2", 2, "needs_response", 3), ("du_1", 1, "lost", 4), ("du_2", 2, "won", 2), ("du_1", 1, "needs_response", 3), ("du_3", 3, "won", 5)])
        {
            await store.SaveAsync(
                _account, "sub_1", new DisputeState(id, 1900, "usd", "fraudulent", status, Noon.AddMinutes(since), Noon.AddMinutes(asOf)), Ct);
        }

        await SavedAsync("past_due", 9);
        var saved = (await store.OfAsync(_account, _deployment, Ct)).Single();
        Assert.Equal(
            ["du_1 lost", "du_2 needs_response", "du_3 won"], saved.Disputes.OrderBy(one => one.Since).Select(one => $"{one.Id} {one.Status}"));
        Assert.Equal(("du_1", true, true), (saved.Dispute!.Id, saved.IsContested, saved.IsTakenBack));
    }

    [Fact]
    public async Task The_one_dispute_that_a_row_of_before_kept_is_known_still()
    {
        await SavedAsync("active", 0);
        var row = (await api.Service<Tables>().Subscriptions.GetEntityAsync<Azure.Data.Tables.TableEntity>(_account, "sub_1")).Value;
        row["dispute"] =
            """{"id":"du_1","amount":1900,"currency":"usd","reason":"fraudulent","status":"lost","since":"2030-01-01T12:00:00Z","asOf":"2030-01-01T12:00:00Z"}""";
        await api.Service<Tables>().Subscriptions.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace);

        Assert.Equal("du_1", Assert.Single((await api.Service<SubscriptionStore>().FindAsync(_account, "sub_1", Ct))!.Disputes).Id);
    }

    private async Task<string> SavedAsync(string status, int minute) => (await api.Service<SubscriptionStore>().SaveAsync(
        new(_account, "sub_1", _deployment, "starter", status, Noon.AddMinutes(minute)), Ct)).Status;
}
