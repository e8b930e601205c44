using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Launchpad.Local;
using Launchpad.Local.Demo;
using Launchpad.Local.Storage;
using Launchpad.Shared.Storage;
using Microsoft.Playwright;

namespace Launchpad.Bench;

/// <summary>What a customer waits for in a browser, and what the page of all bots costs an account that has many.</summary>
internal static partial class WebBench
{
    private const int ColdLoads = 5;
    private const int Looks = 200;
    private const double FirstViewMaxMs = 1_500;
    private const double EntryMaxKb = 120;
    private const double InteractionMaxMs = 200;
    private const double ApiGoal = 2;
    private const string Password = "a long one that only the bench knows";
    private static readonly int[] Sizes = [1, 100, 10_000];

    public static async Task<Report> RunAsync(Action<string> say)
    {
        await using var stack = await LocalStack.StartAsync(say, null, "--image", "tiny", "--set", "Abuse__Calls=1000000");
        var ct = CancellationToken.None;
        var email = $"{Guid.NewGuid():N}@example.com";
        using var customer = Customer.Of(stack.ControlPlane);
        await customer.SignUpAsync(email, Password, ct);
        say("A bot, and 5,000 lines that it wrote …");
        var bot = await Rollout.BuyAsync(customer, ct);
        var many = new ManyRows(new Tables(new TableServiceClient(StorageService.ConnectionString(Ports.ForSlot(0)))));
        await many.WriteLinesAsync(bot, WebPages.Lines);
        await using var pages = await WebPages.OpenAsync(new Uri($"http://localhost:{Ports.ForSlot(0).Site}/"));
        List<Row> rows = [Row.Of("entry of the app, gzip", EntryKb(), "KB", EntryMaxKb, 1)];
        await pages.SignInAsync(email, Password);
        foreach (var (name, path, signedIn) in new[] { ("landing", "/", false), ("sign-in", "/login", false), ("bots", "/bots", true) })
        {
            var views = new List<double>();
            for (var load = 0; load < ColdLoads; load++)
            {
                views.Add(await pages.FirstViewAsync(path, signedIn));
            }

            say($"{name}: {string.Join(", ", views.Select(view => $"{view:0} ms"))}");
            rows.Add(Row.Of($"first view of {name}, worst of {ColdLoads} cold", Math.Round(views.Max()), "ms", FirstViewMaxMs, 1));
        }

        var (worst, count) = await pages.InteractAsync(bot);
        rows.Add(Row.Of($"slowest of {count} interactions, {WebPages.Lines} log lines", Math.Round(worst), "ms", InteractionMaxMs, 1));
        foreach (var size in Sizes)
        {
            say($"The bots page of an account with {size} …");
            rows.AddRange(await ApiAsync(stack, many, bot, size, ct));
        }

        return Report.Of([.. rows]);
    }

    /// <summary>An account of its own for each size, whose bots are copies of the one that runs.</summary>
    private static async Task<Row[]> ApiAsync(LocalStack stack, ManyRows many, string bot, int size, CancellationToken ct)
    {
        using var owner = Customer.Of(stack.ControlPlane);
        await owner.SignUpAsync($"{Guid.NewGuid():N}@example.com", Password, ct);
        var account = (await owner.Api.GetFromJsonAsync<AccountId>(new Uri("auth/me", UriKind.Relative), ct))!.Id;
        await many.CopyAsync(bot, account, size);
        var (api, raw) = (new List<double>(), new List<double>());
        for (var look = 0; look < Looks; look++)
        {
            // By turns, so that both have the same machine.
            raw.Add(await TimeAsync(() => many.ReadOneAsync(account, look % size)));
            api.Add(await TimeAsync(() => owner.Api.GetByteArrayAsync(new Uri("deployments", UriKind.Relative), ct)));
        }

        return
        [
            Row.Of($"API, bots page of {size}, p50", Percentile(api, 0.5), "ms", Percentile(raw, 0.5), ApiGoal),
            Row.Of($"API, bots page of {size}, p99", Percentile(api, 0.99), "ms", Percentile(raw, 0.99), ApiGoal),
        ];
    }

    private static async Task<double> TimeAsync(Func<Task> what)
    {
        var since = Stopwatch.GetTimestamp();
        await what();
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    private static double Percentile(List<double> times, double part) => Math.Round(times.Order().ElementAt((int)(times.Count * part)), 2);

    private static double EntryKb()
    {
        var dist = Path.Combine(Home.Repository, "web", "dist");
        var page = File.ReadAllText(Path.Combine(dist, "index.html"));
        return Math.Round(Entry().Matches(page).Select(match => match.Groups[1].Value).Distinct().Sum(address => Size(Path.Combine(dist, address.TrimStart('/')))) / 1024.0, 1);
    }

    private static long Size(string file)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(file));
        }

        return compressed.Length;
    }

    [GeneratedRegex("""<(?:script[^>]*\bsrc|link[^>]*rel="modulepreload"[^>]*href)="([^"]+)""" + "\"")]
    private static partial Regex Entry();

    private sealed record AccountId(string Id);
}
