using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Launchpad.Local.Demo;

namespace Launchpad.Bench;

/// <summary>Whether the time of an answer tells who has an account: Welch's t between addresses that have one and addresses that have none.
/// LAUNCHPAD_BENCH_SCALE of 10 makes it ten thousand answers of each.</summary>
internal static class TimingBench
{
    private const int Wanted = 1_000;
    private const int GuessesOfAccount = 80;

    /// <summary>Below it a difference is taken for chance, as the field does for constant time.</summary>
    private const double TMax = 4.5;

    /// <summary>The slowest are the machine's, not the code's.</summary>
    private const double Kept = 0.9;

    private const string Password = "a long one that only the bench knows";

    public static async Task<Report> RunAsync(Action<string> say)
    {
        var count = (int)(Wanted * double.Parse(Environment.GetEnvironmentVariable("LAUNCHPAD_BENCH_SCALE") ?? "1", CultureInfo.InvariantCulture));
        await using var stack = await LocalStack.StartAsync(say, null, "--image", "tiny", "--set", "Site__TrustedProxies=127.0.0.0/8");
        var known = new List<string>();
        for (var made = 0; made <= count / GuessesOfAccount; made++)
        {
            using var customer = Customer.Of(stack.ControlPlane);
            known.Add($"{Guid.NewGuid():N}@example.com");
            await customer.SignUpAsync(known[^1], Password, CancellationToken.None);
        }

        say($"{count} wrong passwords of either kind …");
        var login = await CompareAsync(stack, known, count, email => ("auth/login", new { email, password = "not this one, surely" }), HttpStatusCode.Unauthorized);
        say($"{count} forgotten passwords of either kind …");
        var forgot = await CompareAsync(stack, known, count, email => ("auth/forgot", new { email }), HttpStatusCode.NoContent);
        return Report.Of(
            Row.Of($"|t| of {count} sign-ins, with and without an account", login, "", TMax, 1),
            Row.Of($"|t| of {count} forgotten passwords", forgot, "", TMax, 1));
    }

    /// <summary>By turns in random order, each from another network, so that neither limits nor what else goes on tell them apart. Of either kind
    /// there are as many addresses, which are asked for as often: what is only done the first time, or is written once in ten minutes, tells
    /// nobody who has an account.</summary>
    private static async Task<double> CompareAsync(
        LocalStack stack, List<string> known, int count, Func<string, (string Path, object Body)> ask, HttpStatusCode wanted)
    {
        using var http = new HttpClient { BaseAddress = new Uri(stack.ControlPlane, "api/") };
        var times = new[] { new List<double>(), new List<double>() };
        List<string> strangers = [.. known.Select(_ => $"{Guid.NewGuid():N}@example.com")];
        bool[] kinds = [.. Enumerable.Repeat(true, count), .. Enumerable.Repeat(false, count)];
        Random.Shared.Shuffle(kinds);
        foreach (var (at, has) in kinds.Index())
        {
            var (path, body) = ask((has ? known : strangers)[at % known.Count]);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
            request.Headers.Add("X-Forwarded-For", new IPAddress(Random.Shared.NextInt64(0x0B000000, 0x7E000000)).ToString());
            var since = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request);
            times[has ? 1 : 0].Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            if (answer.StatusCode != wanted)
            {
                throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}.");
            }
        }

        return Math.Round(Math.Abs(Welch([.. times[0].Order().Take((int)(count * Kept))], [.. times[1].Order().Take((int)(count * Kept))])), 2);
    }

    private static double Welch(double[] one, double[] other)
    {
        var (mean, mean2) = (one.Average(), other.Average());
        return (mean - mean2) / Math.Sqrt((Variance(one, mean) / one.Length) + (Variance(other, mean2) / other.Length));
    }

    private static double Variance(double[] all, double mean) => all.Sum(one => (one - mean) * (one - mean)) / (all.Length - 1);
}
