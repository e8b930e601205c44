using System.Collections.Concurrent;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>What a bot used.</summary>
/// <param name="At">The machine's clock.</param>
/// <param name="Cpu">Cores, on average since the sample before.</param>
/// <param name="StorageMb">What its volume holds; null where that was not told.</param>
public sealed record UsageSample(DateTimeOffset At, double Cpu, int MemoryMb, int? StorageMb);

/// <summary>What bots used in the last thirty days, as their machines told: a counter each five minutes, in a ring, so that nothing has to
/// be deleted and no bot takes more than its ring.</summary>
public sealed class UsageStore(Tables tables)
{
    private const int Ring = (int)(30 * TimeSpan.TicksPerDay / StepTicks);
    private const long StepTicks = 5 * TimeSpan.TicksPerMinute;

    /// <summary>The step that was told last of each machine. One that is told again is the same rows again.</summary>
    private readonly ConcurrentDictionary<string, long> told = [];

    public static TimeSpan Step { get; } = TimeSpan.FromTicks(StepTicks);

    public static TimeSpan KeptFor { get; } = Ring * Step;

    /// <summary>Keeps what the machine tells, once a step.</summary>
    public async Task TakeAsync(string vm, VmReport report, CancellationToken ct)
    {
        var step = report.At.UtcTicks / StepTicks;
        if (report.Bots is not { } bots || told.GetValueOrDefault(vm) == step)
        {
            return;
        }

        await Task.WhenAll(bots.Where(bot => bot.Use is not null).Select(bot => PutAsync(bot, report.At, ct)));
        told[vm] = step;
    }

    /// <summary>Oldest first; none for the time in which it did not run.</summary>
    /// <param name="from">Not further back than <see cref="KeptFor"/>.</param>
    /// <param name="samplesMax">More than so many are averaged.</param>
    public async Task<IReadOnlyList<UsageSample>> ListAsync(
        string deployment, DateTimeOffset from, DateTimeOffset to, int samplesMax, CancellationToken ct)
    {
        var (first, last) = (from.UtcTicks / StepTicks, to.UtcTicks / StepTicks);
        var (low, high) = (Key(first), Key(last));
        var filter = last - first >= Ring - 1 ? TableClient.CreateQueryFilter($"PartitionKey eq {deployment}")
            : string.CompareOrdinal(low, high) <= 0
                ? TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and RowKey ge {low} and RowKey le {high}")
                : TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and (RowKey ge {low} or RowKey le {high})");
        var rows = await tables.Usage.QueryAsync<TableEntity>(filter, cancellationToken: ct).Select(Read).ToListAsync(ct);
        rows.RemoveAll(row => row.At < from || row.At > to);
        rows.Sort((one, other) => one.At.CompareTo(other.At));
        return Averaged([.. rows.Zip(rows.Skip(1), Since)], samplesMax);
    }

    private Task<Azure.Response> PutAsync(VmBot bot, DateTimeOffset at, CancellationToken ct) => tables.Usage.UpsertEntityAsync(
        new TableEntity(bot.Deployment, Key(at.UtcTicks / StepTicks))
        {
            ["at"] = at,
            ["cpuMs"] = bot.Use!.CpuMs,
            ["memoryMb"] = bot.Use.MemoryMb,
            ["storageMb"] = bot.Storage?.UsedMb,
        },
        TableUpdateMode.Replace, ct);

    private static string Key(long step) => $"{step % Ring:D4}";

    private static Counter Read(TableEntity row) => new(
        row.GetDateTimeOffset("at")!.Value, row.GetInt64("cpuMs")!.Value, row.GetInt32("memoryMb")!.Value, row.GetInt32("storageMb"));

    /// <summary>A counter that went back began anew with its container.</summary>
    private static UsageSample Since(Counter before, Counter now)
    {
        var used = now.CpuMs >= before.CpuMs ? now.CpuMs - before.CpuMs : now.CpuMs;
        return new(now.At, Math.Round(used / (now.At - before.At).TotalMilliseconds, 4), now.MemoryMb, now.StorageMb);
    }

    private static IReadOnlyList<UsageSample> Averaged(IReadOnlyList<UsageSample> samples, int most) => samples.Count <= most
        ? samples
        : [.. samples.Chunk((samples.Count + most - 1) / most).Select(chunk => new UsageSample(
            chunk[^1].At, Math.Round(chunk.Average(one => one.Cpu), 4), (int)chunk.Average(one => one.MemoryMb), chunk[^1].StorageMb))];

    private sealed record Counter(DateTimeOffset At, long CpuMs, int MemoryMb, int? StorageMb);
}
