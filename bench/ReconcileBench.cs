using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Local;
using Launchpad.Local.KeyVault;
using Launchpad.Local.Stripe;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Bench;

/// <summary>Ten thousand subscriptions at the payment provider and here, held against each other: every difference has to be found, and
/// nothing else. LAUNCHPAD_BENCH_SCALE makes them fewer.</summary>
internal static class ReconcileBench
{
    private const int Wanted = 10_000;
    private const int SecondsMax = 60;

    /// <summary>Of so many one is changed there, one is not known here, and one is not known there.</summary>
    private const int DiffersEach = 500;

    public static async Task<Report> RunAsync(Action<string> say)
    {
        var scale = double.Parse(Environment.GetEnvironmentVariable("LAUNCHPAD_BENCH_SCALE") ?? "1", CultureInfo.InvariantCulture);
        var count = Math.Max(DiffersEach, (int)(Wanted * scale));
        var folder = Directory.CreateTempSubdirectory("launchpad-reconcile-");
        var ct = CancellationToken.None;
        try
        {
            await using var azurite = await Azurite.StartAsync(Home.Npm, folder: null);
            var tables = new Tables(new TableServiceClient(azurite.ConnectionString));
            await tables.CreateAllAsync(ct);
            var clock = TimeProvider.System;
            var store = new SubscriptionStore(tables, new RecordStore(tables, clock));
            var context = new CloudContext(
                new Home(Path.Combine(folder.FullName, "home"), Path.Combine(folder.FullName, "cache")), Ports.ForSlot(Ports.LastSlot), clock,
                NullLoggerFactory.Instance);
            say($"{count} subscriptions …");
            var now = clock.GetUtcNow();
            var all = Enumerable.Range(0, count).Select(number => new Sold(number, now)).ToList();
            new StateFile<StripeState>(context.Home.StatePath("stripe"), new()).Update(_ => State(all.Where(one => !one.IsGoneThere)));
            await Parallel.ForEachAsync(
                all.Where(one => !one.IsUnknownHere), new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (one, stop) => await store.SaveAsync(one.Kept, stop));

            await using var cloud = await Cloud.StartAsync(context, [new KeyVaultService(context), new StripeService(context)], ct);
            using var connection = Connection(context, clock);
            var sweep = new SubscriptionSweep(
                new StripeGateway(connection, new StripePrices(connection)), store, new BillingWatches(tables, clock),
                NullLogger<SubscriptionSweep>.Instance);
            var since = Stopwatch.GetTimestamp();
            var swept = await sweep.RunAsync(ct);
            var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
            var differing = all.Count(one => one.Differs);
            return Report.Of(
                Row.Of($"seconds for {count} subscriptions", Math.Round(seconds, 1), "s", SecondsMax, 1),
                Row.Of("differences that were not found, or are none", Math.Abs(swept.Differing - differing), "", 0, 1));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static StripeState State(IEnumerable<Sold> sold) => new()
    {
        Sequence = Wanted,
        Objects = System.Collections.Immutable.ImmutableDictionary.CreateRange(
            sold.Select(one => KeyValuePair.Create(one.Kept.Id, new StripeObject(one.Number, one.Json)))),
    };

    private static StripeConnection Connection(CloudContext context, TimeProvider clock)
    {
        // The pocket vault's own certificate, on loopback.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
        };
        var vault = new SecretVault(new SecretClient(
            new Uri($"https://localhost:{context.Ports.KeyVault}"),
            DelegatedTokenCredential.Create((_, _) => new(context.Tokens.Issue("https://vault.azure.net").Token, DateTimeOffset.UtcNow.AddHours(1))),
            new SecretClientOptions { DisableChallengeResourceVerification = true, Transport = new HttpClientTransport(new HttpClient(handler)) }));
        return new(Options.Create(new StripeOptions { ApiBase = $"http://127.0.0.1:{context.Ports.Stripe}" }), vault, clock);
    }

    /// <summary>One subscription, as each side has it.</summary>
    private sealed record Sold(int Number, DateTimeOffset Now)
    {
        private DateTimeOffset PaidUntil { get; } = DateTimeOffset.FromUnixTimeSeconds(Now.AddDays(20).ToUnixTimeSeconds());

        public bool IsChangedThere => Number % DiffersEach == 0;

        public bool IsUnknownHere => Number % DiffersEach == 1;

        public bool IsGoneThere => Number % DiffersEach == 2;

        public bool Differs => IsChangedThere || IsUnknownHere || IsGoneThere;

        public Subscription Kept => new(
            $"acc_{Number / 10:D26}", $"sub_{Number:D24}", $"dep_{Number:D26}", "starter", "active", Now, PaidUntil);

        public JsonElement Json => JsonSerializer.SerializeToElement(new Dictionary<string, object?>
        {
            ["id"] = Kept.Id,
            ["object"] = "subscription",
            ["cancel_at_period_end"] = IsChangedThere,
            ["created"] = Now.ToUnixTimeSeconds(),
            ["customer"] = $"cus_{Number / 10}",
            ["items"] = new
            {
                @object = "list",
                data = new[]
                {
                    new
                    {
                        id = $"si_{Number}",
                        @object = "subscription_item",
                        current_period_end = PaidUntil.ToUnixTimeSeconds(),
                        current_period_start = Now.ToUnixTimeSeconds(),
                        price = new { id = "price_1", @object = "price", currency = "usd", unit_amount = 1900, metadata = new { plan = "starter" } },
                        quantity = 1,
                    },
                },
                has_more = false,
                url = "/v1/subscription_items",
            },
            ["metadata"] = new { account = Kept.Account, deployment = Kept.Deployment, plan = "starter" },
            ["status"] = "active",
        });
    }
}
