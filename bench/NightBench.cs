using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Azure.Data.Tables;
using Launchpad.Local;
using Launchpad.Local.Demo;
using Launchpad.Local.Storage;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Bench;

/// <summary>A thousand backups that are due, of small bots on several machines: how many go on at once, and what the API feels of them.
/// LAUNCHPAD_BENCH_SCALE makes them fewer.</summary>
internal static class NightBench
{
    private const int BotsMax = 9;
    private const int BotsPerMachine = 3;
    private const int Wanted = 1_000;
    private const int Looks = 500;
    private const double ApiGoal = 1.5;
    private const string MasterKey = "master-key-of-the-bench";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly int AtOnceMax = new BackupOptions().AtOnceMax;

    public static async Task<Report> RunAsync(Action<string> say)
    {
        var scale = double.Parse(Environment.GetEnvironmentVariable("LAUNCHPAD_BENCH_SCALE") ?? "1", CultureInfo.InvariantCulture);
        var wanted = Math.Max(BotsMax, (int)(Wanted * scale));
        // Room for so many bots and the candidate of one.
        await using var stack = await LocalStack.StartAsync(
            say, null, "--image", "tiny", "--set", $"Pools__SharedCapacityMb={(BotsPerMachine + 1) * 2048}", "--set",
            $"AzureFunctionsJobHost__MasterKey={MasterKey}");
        var ct = CancellationToken.None;
        using var customer = Customer.Of(stack.ControlPlane);
        await customer.SignUpAsync($"{Guid.NewGuid():N}@example.com", Guid.NewGuid().ToString("N"), ct);
        say($"{BotsMax} bots, {BotsPerMachine} on a machine …");
        for (var bot = 0; bot < BotsMax; bot++)
        {
            await Rollout.BuyAsync(customer, ct);
        }

        var night = new Night(new Tables(new TableServiceClient(StorageService.ConnectionString(Ports.ForSlot(0)))), stack.ControlPlane);
        say("The API while nothing goes on …");
        var idle = await P99Async(customer, await night.AnyAsync(), Looks);
        say($"{wanted} backups …");
        using var over = new CancellationTokenSource();
        var asking = AskAsync(customer, await night.AnyAsync(), over.Token);
        var since = Stopwatch.GetTimestamp();
        var (inAll, onOne) = await night.RunAsync(wanted, made => say($"  {made} …"));
        var took = Stopwatch.GetElapsedTime(since).TotalSeconds;
        await over.CancelAsync();
        var busy = Percentile(await asking);
        return Report.Of(
            Row.Of("most backups at once on one machine", onOne, "", 1, 1),
            Row.Of("most backups at once in all", inAll, "", AtOnceMax, 1),
            Row.Of("API p99 while they are made", Math.Round(busy, 1), "ms", Math.Round(idle, 1), ApiGoal),
            Row.Of($"seconds for {wanted} backups on {BotsMax / BotsPerMachine} machines", Math.Round(took), "s", wanted, 1));
    }

    private static async Task<double> P99Async(Customer customer, string deployment, int looks)
    {
        using var over = new CancellationTokenSource();
        var asking = AskAsync(customer, deployment, over.Token, looks);
        return Percentile(await asking);
    }

    private static async Task<List<double>> AskAsync(Customer customer, string deployment, CancellationToken over, int looks = int.MaxValue)
    {
        var times = new List<double>();
        while (!over.IsCancellationRequested && times.Count < looks)
        {
            var since = Stopwatch.GetTimestamp();
            await customer.DeploymentAsync(deployment, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            await Task.Delay(Pause, CancellationToken.None);
        }

        return times;
    }

    private static double Percentile(List<double> times) => times.Order().ElementAt((int)(times.Count * 0.99));

    /// <summary>Makes every bot due as soon as it is free, and runs the timer that begins backups.</summary>
    private sealed class Night(Tables tables, Uri controlPlane)
    {
        // The host does not wait for a timer that is fired by hand, and two turns of it do not know of each other.
        private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

        private readonly BackupClocks clocks = new(tables, Options.Create(new BackupOptions()), TimeProvider.System);

        public async Task<string> AnyAsync() => (await RowsAsync())[0].RowKey;

        /// <returns>The most that went on at once, in all and on one machine.</returns>
        public async Task<(int InAll, int OnOne)> RunAsync(int wanted, Action<int> tell)
        {
            using var http = new HttpClient { BaseAddress = controlPlane };
            http.DefaultRequestHeaders.Add("x-functions-key", MasterKey);
            var (inAll, onOne, told) = (0, 0, 0);
            for (var made = 0; made < wanted; made = await MadeAsync())
            {
                if (made >= told + 100)
                {
                    tell(told = made);
                }

                var rows = await RowsAsync();
                var busy = rows.Where(row => row.GetString("operation") != "").ToList();
                inAll = Math.Max(inAll, busy.Count);
                onOne = Math.Max(onOne, busy.GroupBy(row => row.GetString("vm")).Select(few => few.Count()).DefaultIfEmpty().Max());
                foreach (var free in rows.Except(busy))
                {
                    await clocks.UpdateAsync(free.RowKey, known => known with { DueAt = DateTimeOffset.UtcNow }, CancellationToken.None);
                }

                using var fired = await http.PostAsJsonAsync("admin/functions/BackUpNightly", new { input = (object?)null });
                fired.EnsureSuccessStatusCode();
                await Task.Delay(Look);
            }

            return (inAll, onOne);
        }

        private async Task<List<TableEntity>> RowsAsync() =>
            await tables.Deployments.QueryAsync<TableEntity>(select: ["RowKey", "operation", "vm"]).ToListAsync();

        private async Task<int> MadeAsync() =>
            await tables.Operations.QueryAsync<TableEntity>("kind eq 'Backup' and status eq 'Succeeded'", select: ["RowKey"]).CountAsync();
    }
}
