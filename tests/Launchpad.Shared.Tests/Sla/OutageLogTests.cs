using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Tests.Sla;

/// <summary>What is written down of a bot that its observers found down, on real tables, whoever dies in between.</summary>
[Collection(StorageCollection.Name)]
public sealed class OutageLogTests(Azurite azurite)
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly Sightings Seen = new(Sight.Down, Sight.Down, Sight.Silent);

    private readonly SlaClock clock = new() { Now = new(2026, 11, 30, 23, 50, 0, TimeSpan.Zero) };

    [Fact]
    public async Task An_outage_is_written_once_when_it_is_found_and_once_when_it_is_over()
    {
        var (tables, bot) = await BotAsync();
        foreach (var verdict in new[] { VerdictKind.Up, VerdictKind.Down, VerdictKind.Down, VerdictKind.Unknown, VerdictKind.VmLost, VerdictKind.Up, VerdictKind.Up })
        {
            await LookAsync(tables, bot, verdict);
        }

        var rows = await RowsAsync(tables, bot);
        Assert.Equal(["outage", "outage-over"], rows.Select(row => Text(row, "action")));
        Assert.Equal(
            ("down", "down", "down", "silent", "not-asked", "2026-11-30T23:52:00+00:00"),
            (Text(rows[0], "verdict"), Text(rows[0], "heartbeat"), Text(rows[0], "ssh"), Text(rows[0], "outside"), Text(rows[0], "cloud"), Text(rows[0], "since")));
        Assert.Equal(("heartbeat: ended", RecordRow.Sha256("heartbeat: ended")), (rows[0].Words, Text(rows[0], "wordsHash")));
        Assert.Equal(("2026-11-30T23:52:00+00:00", "2026-11-30T23:56:00+00:00"), (Text(rows[1], "since"), Text(rows[1], "at")));
        Assert.Null(await Conditions(tables).FindAsync(bot.Account, bot.Id, Ct));
        Assert.Equal(["2026-11"], await DueAsync(tables, bot));
    }

    [Fact]
    public async Task A_bot_that_is_well_leaves_nothing_and_costs_no_further_call()
    {
        var (tables, bot) = await BotAsync();
        var calls = new List<string>();
        var counted = await TableCalls.ConnectAsync(azurite, request =>
        {
            calls.Add(request.Uri.Path.Split('(', '/')[^1]);
            return CallFault.None;
        });
        await LookAsync(counted, bot, VerdictKind.Up);
        await LookAsync(counted, bot, VerdictKind.ObserverProblem);
        await LookAsync(counted, bot, VerdictKind.Unknown);
        var (with, without) = (calls.Count, 0);
        calls.Clear();
        foreach (var verdict in new[] { VerdictKind.Up, VerdictKind.ObserverProblem, VerdictKind.Unknown })
        {
            await Conditions(counted).ChangeAsync(bot.Account, bot.Id, now => now.Seen(new(verdict), "", clock.Now), Ct);
        }

        without = calls.Count;
        Assert.Equal(without, with);
        Assert.Empty(await RowsAsync(tables, bot));
    }

    [Fact]
    public async Task What_somebody_has_begun_to_work_on_since_it_was_looked_at_is_not_down()
    {
        var (tables, bot) = await BotAsync();
        var held = (await Deployments(tables).GetAsync(bot.Account, bot.Id, Ct)) with { Operation = new("op_1", Operations.OperationKind.Restart, clock.Now, bot.Account) };
        Assert.True(await Deployments(tables).TrySaveAsync(held, Ct));

        await LookAsync(tables, bot, VerdictKind.Down);
        await LookAsync(tables, bot, VerdictKind.Up);

        Assert.Empty(await RowsAsync(tables, bot));
        Assert.Null(await Conditions(tables).FindAsync(bot.Account, bot.Id, Ct));
    }

    [Fact]
    public async Task A_machine_that_is_forgotten_is_written_down_by_whoever_looks_next()
    {
        var (tables, bot) = await BotAsync();
        await Conditions(tables).LoseAsync(bot.Account, bot.Id, Ct);
        clock.Now += TimeSpan.FromMinutes(3);
        await LookAsync(tables, bot, VerdictKind.Up);

        var rows = await RowsAsync(tables, bot);
        Assert.Equal(["outage", "outage-over"], rows.Select(row => Text(row, "action")));
        Assert.Equal("2026-11-30T23:50:00+00:00", Text(rows[0], "since"));
    }

    /// <summary>A process that dies in any call of it, before or after the effect, is made up for by the next look.</summary>
    [Theory]
    [InlineData(CallFault.Crash)]
    [InlineData(CallFault.AnswerLost)]
    public async Task Whoever_dies_in_between_leaves_the_same_ledger(CallFault fault)
    {
        var (at, isDead) = (0, true);
        for (; isDead; at++)
        {
            var (tables, bot) = await BotAsync();
            isDead = false;
            var call = 0;
            var dying = await TableCalls.ConnectAsync(azurite, _ => call++ == at && (isDead = true) ? fault : CallFault.None);
            foreach (var verdict in new[] { VerdictKind.Down, VerdictKind.Down, VerdictKind.Unknown, VerdictKind.Up })
            {
                if (await Record.ExceptionAsync(() => LookAsync(dying, bot, verdict)) is not null)
                {
                    // The sweep comes back to it a moment later.
                    clock.Now -= TimeSpan.FromMinutes(1);
                    await LookAsync(tables, bot, verdict);
                }
            }

            await LookAsync(tables, bot, VerdictKind.Up);
            var rows = await RowsAsync(tables, bot);
            Assert.Equal(["outage", "outage-over"], rows.Select(row => Text(row, "action")));
            Assert.Equal(Text(rows[0], "since"), Text(rows[1], "since"));
            Assert.Null(await Conditions(tables).FindAsync(bot.Account, bot.Id, Ct));
            var uptime = Uptime.Of(Ledger.Of([.. await new RecordStore(tables, clock).AllAsync(bot.Id, Ct)], clock.Now), Month.Of(clock.Now).Span);
            Assert.Equal((180, 0), (uptime.Unplanned, uptime.Planned));
            Assert.NotEmpty(await DueAsync(tables, bot));
        }

        Assert.InRange(at, 15, 200);
    }

    private async Task<(Tables Tables, Deployment Bot)> BotAsync()
    {
        clock.Now = new(2026, 11, 30, 23, 50, 0, TimeSpan.Zero);
        var tables = await TableCalls.ConnectAsync(azurite);
        var bot = new Deployment
        {
            Account = Ids.New(Ids.Account, TimeProvider.System),
            Id = Ids.New(Ids.Deployment, TimeProvider.System),
            Name = "Ada",
            Slug = "ada",
            Plan = "starter",
            Settings = new(null, null, false),
            CreatedAt = clock.Now,
            Status = DeploymentStatus.Running,
            Vm = "vm_1",
            ActiveVersion = 1,
        };
        await Deployments(tables).AddAsync(bot, Ct);
        return (tables, bot);
    }

    /// <summary>A minute later.</summary>
    private async Task LookAsync(Tables tables, Deployment bot, VerdictKind verdict)
    {
        clock.Now += TimeSpan.FromMinutes(1);
        var records = new RecordStore(tables, clock);
        var log = new OutageLog(Conditions(tables), new(tables, records), records, new(tables));
        await log.ChangeAsync(bot, before => before.Seen(new(verdict), "heartbeat: ended", clock.Now), Seen, clock.Now, Ct);
    }

    private ConditionStore Conditions(Tables tables) => new(tables, clock);

    private DeploymentStore Deployments(Tables tables) => new(tables, new(tables, clock));

    private async Task<IReadOnlyList<RecordRow>> RowsAsync(Tables tables, Deployment bot) =>
        [.. (await new RecordStore(tables, clock).AllAsync(bot.Id, Ct)).Where(row => Text(row, "action")?.StartsWith("outage", StringComparison.Ordinal) == true)];

    private static async Task<IReadOnlyList<string>> DueAsync(Tables tables, Deployment bot) => await tables.Index
        .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {"sla-" + Shards.KeyOf(bot.Id)}"), cancellationToken: Ct)
        .Select(UptimeDue.Of).Where(due => due.Deployment == bot.Id && due.Account == bot.Account).Select(due => due.Month.ToString()).ToListAsync(Ct);

    private static string? Text(RecordRow row, string name) =>
        JsonElement.Parse(row.Data).TryGetProperty(name, out var value) ? value.ToString() : null;

    private sealed class SlaClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
