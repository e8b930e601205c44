using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Health;
using Launchpad.Functions.Tests.Staff;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;
using Launchpad.Shared.Storage;
using Stripe;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What a customer sees of the promise, and what comes of one that was not kept. The month that is settled is the one that was paid
/// for today: its time is the test's.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class UptimeTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly UptimeDue due = api.Service<UptimeDue>();

    [Fact]
    public async Task A_month_that_was_not_as_promised_is_credited_once_told_and_shown()
    {
        using var shop = await Shop.OpenAsync(api);
        var (bot, subscription) = await shop.RunningAsync();
        var month = await DownAsync(shop, bot, hours: 12);

        for (var run = 0; run < 3; run++)
        {
            await due.MarkAsync(new(shop.Owner.Account, bot, month), Ct);
            await SettleAsync(bot, month);
        }

        var invoice = (await new InvoiceService(api.Stripe).ListAsync(new() { Subscription = subscription })).Single();
        var note = Assert.Single(await new CreditNoteService(api.Stripe).ListAsync(new() { Invoice = invoice.Id }));
        // Twelve hours are between one and five percent of the rest of this month, and of the whole next one.
        Assert.Equal((bot, month.ToString()), (note.Metadata["deployment"], note.Metadata["month"]));
        Assert.Equal(-note.Amount, (await new CustomerService(api.Stripe).GetAsync(invoice.CustomerId)).Balance);
        Assert.InRange(note.Amount, 1, 475);
        var recorded = Assert.Single(await shop.RecordedAsync(bot, "credited"));
        Assert.Equal((note.Id, note.Amount), (recorded.GetProperty("creditNote").GetString(), recorded.GetProperty("amount").GetInt64()));
        Assert.Empty(await WaitingAsync(bot));

        var mailbox = (await api.Service<AccountStore>().FindAsync(shop.Owner.Account, Ct))!.Email;
        var letter = await api.LetterAsync(mailbox, "We did not keep our promise: Canary Name");
        Assert.Contains($"{note.Amount / 100m:0.00} USD", letter.TextBody, StringComparison.Ordinal);
        Assert.Single(await api.LettersAsync(mailbox), one => one.Subject!.StartsWith("We did not keep", StringComparison.Ordinal));

        var shown = await shop.Owner.GetAsync($"deployments/{bot}/sla?month={month}");
        Assert.Equal(note.Amount, shown.GetProperty("credit").GetProperty("amount").GetInt64());
        Assert.Equal(
            note.Amount, (await shop.Owner.GetAsync("billing/invoices")).GetProperty("invoices")[0].GetProperty("credited").GetInt64());
    }

    [Fact]
    public async Task A_promise_that_was_kept_and_a_bot_that_was_not_paid_for_give_nothing()
    {
        using var shop = await Shop.OpenAsync(api);
        var (kept, subscription) = await shop.RunningAsync();
        var month = await DownAsync(shop, kept, hours: 0.2);
        await SettleAsync(kept, month);
        Assert.Empty(await NotesAsync(subscription));

        var free = await shop.Owner.OrderAsync();
        await shop.ChangeAsync(free, now => now with { Status = DeploymentStatus.Running });
        await DownAsync(shop, free, hours: 200);
        await SettleAsync(free, month);
        Assert.Empty(await shop.RecordedAsync(free, "credited"));

        var (refunded, back) = await shop.RunningAsync();
        await DownAsync(shop, refunded, hours: 200);
        await api.Service<Launchpad.Shared.Billing.StripeRefunds>().RefundAsync(back, DateTimeOffset.MinValue, endedAt: null, Ct);
        await SettleAsync(refunded, month);
        Assert.Empty(await NotesAsync(back));
        Assert.Empty(await WaitingAsync(refunded));

        using var newcomer = await Shop.OpenAsync(api);
        var (trial, unpaid) = await newcomer.RunningAsync("plus");
        await DownAsync(newcomer, trial, hours: 200);
        await SettleAsync(trial, month);
        Assert.Empty(await NotesAsync(unpaid));
    }

    [Fact]
    public async Task What_goes_on_over_the_end_of_the_month_is_settled_with_the_next_one_too()
    {
        using var shop = await Shop.OpenAsync(api);
        var (bot, _) = await shop.RunningAsync();
        var month = await DownAsync(shop, bot, hours: 24 * 40);
        await SettleAsync(bot, month);
        Assert.Equal([month.Next.ToString()], (await WaitingAsync(bot)).Select(row => UptimeDue.Of(row).Month.ToString()));
    }

    [Fact]
    public async Task A_credit_that_is_refused_is_recorded_and_a_person_is_called()
    {
        using var shop = await Shop.OpenAsync(api);
        var (bot, subscription) = await shop.RunningAsync();
        var month = await DownAsync(shop, bot, hours: 12);
        await new ProductService(api.Stripe).CreateAsync(new() { Name = "Something else" }, new() { IdempotencyKey = $"uptime-{bot}-{month}" });
        await SettleAsync(bot, month);

        Assert.Single(await shop.RecordedAsync(bot, "credit-refused"));
        Assert.Empty(await NotesAsync(subscription));
        Assert.Equal(PageKind.CreditRefused, Assert.Single(await api.Service<Pager>().OpenAsync(Ct), page => page.Subject == bot).Kind);
    }

    [Fact]
    public async Task The_clock_settles_what_is_over_and_one_row_of_trouble_keeps_no_other_waiting()
    {
        using var shop = await Shop.OpenAsync(api);
        var (bot, none) = ((await shop.RunningAsync()).Deployment, "dep_" + Guid.NewGuid().ToString("N"));
        await due.MarkAsync(new(shop.Owner.Account, bot, Month.Parse("2020-01")), Ct);
        await due.MarkAsync(new(shop.Owner.Account, bot, Month.Of(DateTimeOffset.UtcNow)), Ct);
        var trouble = new TableEntity("sla-" + Shards.KeyOf(none), $"2020-01~{none}~");
        await api.Service<Tables>().Index.AddEntityAsync(trouble, Ct);
        try
        {
            await api.FireAsync("SettleUptime");
            await Shop.UntilAsync(() => WaitingAsync(bot), left => left.Count == 1);
            Assert.Equal(Month.Of(DateTimeOffset.UtcNow), UptimeDue.Of((await WaitingAsync(bot)).Single()).Month);
        }
        finally
        {
            await api.Service<Tables>().Index.RemoveAsync(trouble.PartitionKey, trouble.RowKey, Ct);
        }
    }

    [Fact]
    public async Task A_months_parts_add_up_and_its_days_are_the_month()
    {
        using var shop = await Shop.OpenAsync(api);
        var (bot, _) = await shop.RunningAsync();
        var month = Month.Of(DateTimeOffset.UtcNow);
        var shown = await shop.Owner.GetAsync($"deployments/{bot}/sla");

        Assert.Equal((month.ToString(), 99.5, true), (shown.GetProperty("month").GetString(), shown.GetProperty("promise").GetProperty("percent").GetDouble(), shown.GetProperty("kept").GetBoolean()));
        Assert.Equal([10, 25, 50], shown.GetProperty("promise").GetProperty("credits").EnumerateArray().Select(step => step.GetProperty("creditPercent").GetInt32()));
        var days = shown.GetProperty("days").EnumerateArray().ToList();
        Assert.Equal(month.Span.Length.Days, days.Count);
        Assert.Equal(Sum(shown.GetProperty("parts"), "heldSeconds"), days.Sum(day => Sum(day.GetProperty("parts"), "heldSeconds")));
        Assert.All([shown.GetProperty("parts"), .. days.Select(day => day.GetProperty("parts"))], parts => Assert.Equal(
            Sum(parts, "heldSeconds"), Sum(parts, "upSeconds", "plannedSeconds", "unplannedSeconds", "offSeconds")));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("credit").ValueKind);

        var before = await shop.Owner.GetAsync($"deployments/{bot}/sla?month=2020-02");
        Assert.Equal((29, JsonValueKind.Null), (before.GetProperty("days").GetArrayLength(), before.GetProperty("uptimePercent").ValueKind));
        foreach (var nonsense in new[] { "2020-13", "now", "2020-1", "" })
        {
            Assert.Equal(400, (await shop.Owner.AskAsync($"deployments/{bot}/sla?month={nonsense}")).Status);
        }

        using var stranger = await api.SignedUpAsync();
        Assert.Equal(404, (await stranger.AskAsync($"deployments/{bot}/sla")).Status);
    }

    [Fact]
    public async Task An_outage_is_shown_as_it_goes_on_and_when_it_is_over()
    {
        using var shop = await Shop.OpenAsync(api);
        var (bot, _) = await shop.RunningAsync();
        await SeenAsync(shop, bot, VerdictKind.Down, DateTimeOffset.UtcNow);

        var open = await IncidentAsync(_ => true);
        Assert.Equal(
            ("unplanned", "down", JsonValueKind.Null, "heartbeat: ended"),
            (open.GetProperty("kind").GetString(), open.GetProperty("why").GetString(), open.GetProperty("to").ValueKind, open.GetProperty("said").GetString()));

        using var staff = await StaffMember.OfAsync(api);
        var listed = Assert.Single((await staff.GetAsync("staff/uptime")).GetProperty("bots").EnumerateArray(), one => one.GetProperty("deployment").GetString() == bot);
        Assert.Equal((true, 99.5), (listed.GetProperty("isDown").GetBoolean(), listed.GetProperty("promisePercent").GetDouble()));

        await SeenAsync(shop, bot, VerdictKind.Up, DateTimeOffset.UtcNow);
        var over = await IncidentAsync(one => one.GetProperty("to").ValueKind is JsonValueKind.String);
        Assert.Equal(open.GetProperty("from").GetDateTimeOffset(), over.GetProperty("from").GetDateTimeOffset());

        async Task<JsonElement> IncidentAsync(Func<JsonElement, bool> enough) => (await Shop.UntilAsync(
            async () => (await shop.Owner.GetAsync($"deployments/{bot}/sla")).GetProperty("incidents"),
            found => found.GetArrayLength() == 1 && enough(found[0])))[0];
    }

    /// <summary>Down from the second day of what was paid for, in the month which that is in.</summary>
    private async Task<Month> DownAsync(Shop shop, string bot, double hours)
    {
        // The month in which most of what is paid for today lies.
        var today = DateTimeOffset.UtcNow;
        var month = today.Day > 15 ? Month.Of(today).Next : Month.Of(today);
        var from = month.From > today ? month.From.AddDays(2) : today.AddDays(2);
        await SeenAsync(shop, bot, VerdictKind.Down, from);
        await SeenAsync(shop, bot, VerdictKind.Up, from.AddHours(hours));
        return month;
    }

    private async Task SeenAsync(Shop shop, string bot, VerdictKind verdict, DateTimeOffset at)
    {
        var (clock, tables) = (new Clock { Now = at }, api.Service<Tables>());
        var records = new RecordStore(tables, clock);
        var log = new OutageLog(new(tables, clock), new(tables, records), records, due);
        await log.ChangeAsync(
            await api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, bot, Ct), before => before.Seen(new(verdict), "heartbeat: ended", at),
            new(Sight.Down, Sight.Down, Sight.Down), at, Ct);
    }

    /// <summary>As the clock does it when the month is over.</summary>
    private async Task SettleAsync(string bot, Month month)
    {
        var records = new RecordStore(api.Service<Tables>(), new Clock { Now = month.To.AddDays(20) });
        var settlement = new UptimeSettlement(due, api.Service<DeploymentStore>(), records, api.Service<Credits>());
        foreach (var row in (await WaitingAsync(bot)).Where(row => UptimeDue.Of(row).Month == month))
        {
            await settlement.SettleAsync(row, Ct);
        }
    }

    private async Task<IReadOnlyList<CreditNote>> NotesAsync(string subscription)
    {
        var invoice = (await new InvoiceService(api.Stripe).ListAsync(new() { Subscription = subscription })).Single();
        return (await new CreditNoteService(api.Stripe).ListAsync(new() { Invoice = invoice.Id })).Data;
    }

    private async Task<IReadOnlyList<TableEntity>> WaitingAsync(string bot) => await api.Service<Tables>().Index
        .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {"sla-" + Shards.KeyOf(bot)}"), cancellationToken: Ct)
        .Where(row => row.RowKey.EndsWith(bot, StringComparison.Ordinal)).ToListAsync(Ct);

    private static long Sum(JsonElement parts, params string[] names) => names.Sum(name => parts.GetProperty(name).GetInt64());
}
