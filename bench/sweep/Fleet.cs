using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Bench;

/// <summary>Bots that are all well, on full machines that say so. Rows are written by transactions, a hundred at a time.</summary>
internal sealed class Fleet(Tables tables)
{
    public const int BotsPerVm = 6;
    private const int BotsPerAccount = 100;
    private const int TransactionMax = 99;
    private const int AtOnceMax = 8;
    private const int CapacityMb = 14_336;

    /// <summary>Nothing of an idle fleet is due while the bench runs.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    private static readonly string Hash = new('a', 64);
    private static readonly string Image = $"registry.example/launchpad/openclaw@sha256:{Hash}";

    private readonly TimeProvider _clock = TimeProvider.System;
    private int _size;
    private int _told;

    public Tables Tables => tables;

    public DateTimeOffset Now => _clock.GetUtcNow();

    public Rounds Rounds { get; } = new(tables, NullLogger<Rounds>.Instance);

    public DeploymentStore Deployments { get; } = new(tables, new RecordStore(tables, TimeProvider.System));

    public VmStore Vms { get; } = new(tables, Options.Create(new PoolOptions()), TimeProvider.System);

    public ConditionStore Conditions { get; } = new(tables, TimeProvider.System);

    public BackupClocks Clocks { get; } = ClocksAt(tables, TimeProvider.System);

    public PlacedBots Placed { get; } = new(
        tables, new(tables, TimeProvider.System), new(tables, new(tables, TimeProvider.System)));

    public Sweep Sweep
    {
        get
        {
            var heartbeats = new HeartbeatStore(tables);
            var look = new MachineLook(Vms, heartbeats, Placed, Conditions);
            var pager = new Pager(tables, Options.Create(new OperatorOptions()), _clock, NullLogger<Pager>.Instance);
            var aftermath = new Aftermath(Deployments, Conditions, new(tables, _clock), pager);
            return new(Rounds, new(tables, heartbeats, look), Conditions, new(Placed, look, aftermath));
        }
    }

    public static BackupClocks ClocksAt(Tables tables, TimeProvider clock) => new(tables, Options.Create(new BackupOptions()), clock);

    public async Task GrowAsync(int size)
    {
        var accounts = Enumerable.Range(0, size).Where(bot => bot >= _size).GroupBy(bot => bot / BotsPerAccount);
        await EachAsync(accounts.SelectMany(bots => bots.Select(Deployment).Chunk(TransactionMax)), tables.Deployments);
        await EachAsync(
            Enumerable.Range(_size, size - _size).Select(Clock).GroupBy(row => row.PartitionKey).SelectMany(shard => shard.Chunk(TransactionMax)),
            tables.BackupClocks);
        await EachAsync(
            Enumerable.Range(_size, size - _size)
                .SelectMany(bot => Clocks.Rows(new(AccountId(bot), DeploymentId(bot), Now + Quiet, Now, Now + Quiet)))
                .GroupBy(row => row.PartitionKey).SelectMany(shard => shard.Chunk(TransactionMax)),
            tables.Index);
        var machines = Enumerable.Range(0, MachinesOf(size)).Where(vm => (vm + 1) * BotsPerVm > _size).ToList();
        await EachAsync(machines.Select(vm => Machine(vm, size)).Chunk(TransactionMax), tables.Vms);
        await EachAsync(
            machines.Where(vm => vm >= MachinesOf(_size)).SelectMany(vm => Watch(VmId(vm))).GroupBy(row => row.PartitionKey)
                .SelectMany(shard => shard.Chunk(TransactionMax)),
            tables.Heartbeats);
        // The last one may have room.
        foreach (var vm in machines.TakeLast(1))
        {
            await Vms.HealAsync((await Vms.FindAsync(VmId(vm), CancellationToken.None))!, CancellationToken.None);
        }

        _size = size;
    }

    /// <summary>So many machines, each time others, tell something that nobody looked at yet.</summary>
    public async Task TellAsync(int count)
    {
        foreach (var number in Enumerable.Range(_told, count))
        {
            var now = Now;
            foreach (var bot in Bots(number))
            {
                var state = new DesiredState(Image, "starter", new(null, null, Telegram: false), [], []);
                await new ConfigVersionStore(tables, _clock).TryAddAsync(
                    new(DeploymentId(bot), 1, state, ConfigVersionStatus.Active, now, "me", ""), CancellationToken.None);
            }

            var report = new VmReport(now, 64_000, 32_000, [.. Bots(number).Select(bot => Well(bot, now))]);
            await new HeartbeatStore(tables).TryPutAsync(
                VmId(number), now.ToUnixTimeMilliseconds(), now, JsonSerializer.SerializeToUtf8Bytes(report, VmJson.Default.VmReport),
                CancellationToken.None);
        }

        _told += count;
    }

    /// <summary>The machines that told something are as quiet as the others again.</summary>
    public async Task QuietAsync()
    {
        var heartbeats = new HeartbeatStore(tables);
        foreach (var number in Enumerable.Range(0, _told))
        {
            var watch = await heartbeats.FindWatchAsync(VmId(number), CancellationToken.None);
            await heartbeats.LookedAsync(watch!, isSettled: true, Now + Quiet, turn: null, CancellationToken.None);
        }
    }

    public async Task<int> DueAsync()
    {
        var round = new HeartbeatStore(tables).DueRound(Now);
        return await tables.Heartbeats.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"RowKey gt {round.From} and RowKey lt {round.To}")).CountAsync();
    }

    private static int MachinesOf(int bots) => (bots + BotsPerVm - 1) / BotsPerVm;

    private static Task EachAsync(IEnumerable<TableEntity[]> batches, TableClient table) => Parallel.ForEachAsync(
        batches, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax }, async (rows, ct) => await table.SubmitTransactionAsync(
            rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), ct));

    private TableEntity Deployment(int bot) => new(AccountId(bot), DeploymentId(bot))
    {
        ["name"] = "Ada",
        ["slug"] = $"ada-{bot}",
        ["plan"] = "starter",
        ["settings"] = "{\"telegram\":false}",
        ["createdAt"] = Now,
        ["status"] = "running",
        ["subscription"] = $"sub_{bot}",
        ["vm"] = VmId(bot / BotsPerVm),
        ["activeVersion"] = 1,
        ["operation"] = "",
        ["ending"] = "",
    };

    private TableEntity Clock(int bot) => new(Shards.KeyOf(DeploymentId(bot)), DeploymentId(bot))
    {
        ["account"] = AccountId(bot),
        ["dueAt"] = Now + Quiet,
        ["goodAt"] = Now,
        ["drillAt"] = Now + Quiet,
    };

    private TableEntity Machine(int vm, int size)
    {
        var bots = Bots(vm).TakeWhile(bot => bot < size).ToList();
        return new("shared", VmId(vm))
        {
            ["status"] = "Ready",
            ["size"] = "Standard_D4s_v5",
            ["capacityMb"] = CapacityMb,
            ["reservations"] = JsonSerializer.Serialize(bots.ToDictionary(DeploymentId, _ => 2048)),
            ["owners"] = JsonSerializer.Serialize(bots.ToDictionary(DeploymentId, AccountId)),
            ["createdAt"] = Now,
        };
    }

    /// <summary>As the store writes them for a machine whose words were found to be as they should be.</summary>
    private IEnumerable<TableEntity> Watch(string vm)
    {
        var (shard, at) = (Shards.KeyOf(vm), (Now + Quiet).UtcTicks.ToString("D19", CultureInfo.InvariantCulture));
        yield return new(shard, $"vm-{vm}") { ["due"] = $"due-{at}-{vm}", ["turn"] = $"turn-{at}-{vm}" };
        yield return new(shard, $"due-{at}-{vm}") { ["vm"] = vm };
        yield return new(shard, $"turn-{at}-{vm}") { ["vm"] = vm };
    }

    private static VmBot Well(int bot, DateTimeOffset now) => new(
        DeploymentId(bot), true, true, now.AddHours(-1), 0, null, false, Image, new(2048, 2, 10_240, 512),
        [new("openclaw.json", Hash, Hash), new("workspace/AGENTS.md", Hash, Hash)]);

    private static IEnumerable<int> Bots(int vm) => Enumerable.Range(vm * BotsPerVm, BotsPerVm);

    private static string AccountId(int bot) => string.Create(CultureInfo.InvariantCulture, $"acc_01K{bot / BotsPerAccount:D23}");

    private static string VmId(int number) => string.Create(CultureInfo.InvariantCulture, $"vm_01K{number:D23}");

    private static string DeploymentId(int bot) => string.Create(CultureInfo.InvariantCulture, $"dep_01K{bot:D23}");
}
