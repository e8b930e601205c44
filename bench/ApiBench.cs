using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Azure.Data.Tables;
using Launchpad.Local;
using Launchpad.Local.Demo;
using Launchpad.Local.Storage;
using Launchpad.Shared.Storage;

namespace Launchpad.Bench;

/// <summary>What signed-in customers get of the API: many of them at once, beside a flood of wrong passwords, and against the store that it
/// reads from. LAUNCHPAD_BENCH_SCALE makes the times shorter.</summary>
internal static class ApiBench
{
    private const string Password = "a long one that only the bench knows";
    private const int Customers = 200;
    private const int AtOnce = 16;
    private const int Guessers = 32;
    private const double CoresMax = 1;
    private const double TailMax = 1.2;
    private const double ReadsMin = 0.5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly Uri Bots = new("deployments", UriKind.Relative);
    private static readonly Uri Plans = new("plans", UriKind.Relative);
    private static readonly Uri Login = new("auth/login", UriKind.Relative);

    public static async Task<Report> RunAsync(Action<string> say)
    {
        var scale = double.Parse(Environment.GetEnvironmentVariable("LAUNCHPAD_BENCH_SCALE") ?? "1", CultureInfo.InvariantCulture);
        var (minute, some) = (TimeSpan.FromSeconds(60) * scale, TimeSpan.FromSeconds(20) * scale);
        await using var stack = await LocalStack.StartAsync(say, null, "--image", "tiny", "--set", "Site__TrustedProxies=127.0.0.0/8", "--set", "Abuse__Calls=1000000");
        var tables = new Tables(new TableServiceClient(StorageService.ConnectionString(Ports.ForSlot(0))));
        using var owner = await SignedUpAsync(stack);
        await Rollout.BuyAsync(owner, CancellationToken.None);
        var row = await tables.Deployments.QueryAsync<TableEntity>(maxPerPage: 1).FirstAsync();
        await LookAsync(owner.Api);

        say("As often as it goes …");
        var reads = await RateAsync(some, () => tables.Deployments.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey));
        var plans = await RateAsync(some, () => owner.Api.GetByteArrayAsync(Plans));
        var lists = await RateAsync(some, () => LookAsync(owner.Api));

        say("A customer, alone and beside a flood of wrong passwords …");
        var processes = await stack.ProcessesAsync();
        var (quiet, alone) = (Cpu(processes), Stopwatch.GetTimestamp());
        var idle = await TimesAsync(owner.Api, some);
        var usual = (Cpu(processes) - quiet) / Stopwatch.GetElapsedTime(alone);
        using var flood = new CancellationTokenSource();
        var guessing = Enumerable.Range(0, Guessers).Select(_ => GuessAsync(stack, flood.Token)).ToList();
        var (before, since) = (Cpu(processes), Stopwatch.GetTimestamp());
        var flooded = await TimesAsync(owner.Api, some);
        // The same customer looks on meanwhile, as often as he is answered.
        var cores = ((Cpu(processes) - before) / Stopwatch.GetElapsedTime(since)) - (usual * flooded.Count / idle.Count);
        await flood.CancelAsync();
        var guesses = (await Task.WhenAll(guessing)).Sum();

        say($"{Customers} customers …");
        var (asked, failed) = await CrowdAsync(stack, minute);
        return Report.Of(
            Row.Rate("GET deployments against point reads", lists, reads, ReadsMin, ReadsMin),
            Row.Given("GET plans, which reads nothing", plans, "/s"),
            Row.Given("wrong passwords that were answered", guesses / some.TotalSeconds, "/s"),
            Row.Of("cores that a flood of wrong passwords costs", Math.Round(cores, 2), "", CoresMax, 1),
            Row.Of("p99 of GET deployments beside the flood", Tail(flooded), "ms", Tail(idle), TailMax),
            Row.Given($"requests of {Customers} customers", asked / minute.TotalSeconds, "/s"),
            Row.Of("of which failed", failed, "", 1, 0));
    }

    private static async Task<Customer> SignedUpAsync(LocalStack stack)
    {
        var customer = Customer.Of(stack.ControlPlane);
        await customer.SignUpAsync($"{Guid.NewGuid():N}@example.com", Password, CancellationToken.None);
        return customer;
    }

    private static Task<byte[]> LookAsync(HttpClient api) => api.GetByteArrayAsync(Bots);

    /// <returns>How often in a second, by <see cref="AtOnce"/> at once.</returns>
    private static async Task<double> RateAsync(TimeSpan time, Func<Task> what)
    {
        var since = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(since) < time; count++)
            {
                await what();
            }

            return count;
        }));
        return done.Sum() / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task<List<double>> TimesAsync(HttpClient api, TimeSpan time)
    {
        var (times, since) = (new List<double>(), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < time)
        {
            var one = Stopwatch.GetTimestamp();
            await LookAsync(api);
            times.Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
        }

        return times;
    }

    /// <summary>From another network each time, for an account that there may be: what limits of single ones do not stop.</summary>
    private static async Task<int> GuessAsync(LocalStack stack, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = new Uri(stack.ControlPlane, "api/") };
        var answered = 0;
        while (!ct.IsCancellationRequested)
        {
            using var guess = new HttpRequestMessage(HttpMethod.Post, Login)
            {
                Content = JsonContent.Create(new { email = $"{Guid.NewGuid():N}@example.com", password = "not this one, surely" }),
            };
            guess.Headers.Add("X-Forwarded-For", new IPAddress(Random.Shared.NextInt64(0x0B000000, 0x7E000000)).ToString());
            try
            {
                using var answer = await http.SendAsync(guess, ct);
                answered++;
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return answered;
    }

    private static async Task<(int Asked, int Failed)> CrowdAsync(LocalStack stack, TimeSpan time)
    {
        var crowd = new List<Customer>();
        foreach (var some in Enumerable.Range(0, Customers).Chunk(8))
        {
            crowd.AddRange(await Task.WhenAll(some.Select(_ => SignedUpAsync(stack))));
        }

        var (asked, failed, since) = (0, 0, Stopwatch.GetTimestamp());
        await Task.WhenAll(crowd.Select(async customer =>
        {
            await Task.Delay(Pause * Random.Shared.NextDouble());
            while (Stopwatch.GetElapsedTime(since) < time)
            {
                Interlocked.Increment(ref asked);
                try
                {
                    await LookAsync(customer.Api);
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref failed);
                }

                await Task.Delay(Pause);
            }
        }));
        crowd.ForEach(customer => customer.Dispose());
        return (asked, failed);
    }

    private static double Tail(List<double> times) => Math.Round(times.Order().ElementAt((int)(times.Count * 0.99)), 2);

    private static TimeSpan Cpu(int[] processes) => processes.Aggregate(TimeSpan.Zero, (sum, id) =>
    {
        using var process = Process.GetProcessById(id);
        return sum + process.TotalProcessorTime;
    });
}
