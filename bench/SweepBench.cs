using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Local;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Bench;

/// <summary>What a sweep costs the control plane for each deployment that is well, and that twice as many cost twice as much.</summary>
internal static class SweepBench
{
    private const double LimitMs = 1;
    private const double LinearGoal = 1.25;
    private const int Few = 1_000;
    private const int Many = 4_000;
    private const int BotsPerVm = 7;
    private const int Rounds = 5;
    private const int AtOnceMax = 16;
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly string Hash = new('a', 64);
    private static readonly string Image = $"registry.example/launchpad/openclaw@sha256:{Hash}";

    public static async Task<Report> RunAsync(Action<string> say)
    {
        var folder = Directory.CreateTempSubdirectory("launchpad-bench-").FullName;
        var port = FreePort();
        using var azurite = Process.Start(new ProcessStartInfo("node",
        [
            Path.Combine(Home.Npm, "azurite", "dist", "src", "azurite.js"), "--location", folder, "--silent", "--skipApiVersionCheck",
            "--disableTelemetry", "--tablePort", $"{port}", "--blobPort", $"{FreePort()}", "--queuePort",
            $"{FreePort()}",
        ])
        {
            RedirectStandardOutput = true,
        })!;
        _ = azurite.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        try
        {
            await AnswersAsync(port);
            var tables = new Tables(new TableServiceClient(
                $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={Key};"
                + $"TableEndpoint=http://127.0.0.1:{port}/devstoreaccount1;"));
            await tables.CreateAllAsync(CancellationToken.None);
            var fleet = new Fleet(tables);
            say($"{Few} deployments …");
            await fleet.GrowAsync(Few);
            var (_, few) = await fleet.CostAsync();
            say($"{Many} deployments …");
            await fleet.GrowAsync(Many);
            var (first, many) = await fleet.CostAsync();
            return Report.Of(
                Row.Of($"CPU of a sweep per deployment, of {Few}", few, "ms", LimitMs, 1),
                Row.Of($"CPU of a sweep per deployment, of {Many}", many, "ms", LimitMs, 1),
                Row.Of($"the same in the first sweep of a process, of {Many}", first, "ms", LimitMs, 1),
                Row.Of($"per deployment of {Many} over {Few}", many, "ms", few, LinearGoal));
        }
        finally
        {
            azurite.Kill(entireProcessTree: true);
            await azurite.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AnswersAsync(int port)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(start) < StartMax)
            {
                await Task.Delay(50);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Bots that are all well, on machines that all have just said so.</summary>
    private sealed class Fleet(Tables tables)
    {
        private readonly TimeProvider _clock = TimeProvider.System;
        private int _size;

        private VmStore Vms => new(tables, Options.Create(new PoolOptions()), _clock);

        private Sweep NewSweep() => new(
            Vms, new(tables), new(tables, _clock), new(tables, new(tables, _clock), new(tables, new(tables, _clock))));

        public async Task GrowAsync(int size)
        {
            var machines = Enumerable.Range(0, (size + BotsPerVm - 1) / BotsPerVm).Where(vm => (vm + 1) * BotsPerVm > _size);
            await Parallel.ForEachAsync(
                machines, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax }, async (vm, ct) => await AddAsync(vm, size, ct));
            _size = size;
        }

        /// <summary>Milliseconds of this process for each deployment: in the first sweep, and in the median of the following.</summary>
        public async Task<(double First, double Next)> CostAsync()
        {
            var sweep = NewSweep();
            var costs = new List<double>();
            for (var round = 0; round <= Rounds; round++)
            {
                await BeatAsync();
                GC.Collect();
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                var (suspects, _, _) = await sweep.RunAsync(_clock.GetUtcNow(), CancellationToken.None);
                costs.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / _size);
                if (suspects.Count > 0)
                {
                    throw new InvalidOperationException($"{suspects.Count} machines that are well were suspected.");
                }
            }

            return (Math.Round(costs[0], 3), Math.Round(costs.Skip(1).Order().ElementAt(Rounds / 2), 3));
        }

        private async Task AddAsync(int number, int size, CancellationToken ct)
        {
            var vm = VmId(number);
            var bots = Bots(number).TakeWhile(bot => bot < size).ToList();
            var reservations = bots.ToImmutableSortedDictionary(DeploymentId, _ => 2048);
            await tables.Vms.UpsertEntityAsync(
                new TableEntity("shared", vm)
                {
                    ["status"] = "Ready",
                    ["size"] = "Standard_D4s_v5",
                    ["capacityMb"] = 14_336,
                    ["reservations"] = JsonSerializer.Serialize(reservations),
                    ["createdAt"] = _clock.GetUtcNow(),
                },
                TableUpdateMode.Replace, ct);
            foreach (var bot in bots.Where(bot => bot >= _size))
            {
                var settings = new BotSettings(null, new string('i', 500), Telegram: true);
                await new DeploymentStore(tables, new RecordStore(tables, TimeProvider.System)).AddAsync(
                    new()
                    {
                        Account = $"acc_01K{bot:D23}",
                        Id = DeploymentId(bot),
                        Name = "Ada",
                        Slug = $"ada-{bot}",
                        Plan = "starter",
                        Settings = settings,
                        CreatedAt = _clock.GetUtcNow(),
                        Status = DeploymentStatus.Running,
                        Vm = vm,
                        ActiveVersion = 1,
                        LastKnownGood = 1,
                    },
                    ct);
                await new ConfigVersionStore(tables, _clock).TryAddAsync(
                    new(
                        DeploymentId(bot), 1, new(Image, "starter", settings, [], []), ConfigVersionStatus.Active, _clock.GetUtcNow(),
                        "me", ""),
                    ct);
            }
        }

        private Task BeatAsync() => Parallel.ForEachAsync(
            Enumerable.Range(0, (_size + BotsPerVm - 1) / BotsPerVm), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax },
            async (number, ct) =>
            {
                var now = _clock.GetUtcNow();
                var bots = Bots(number).TakeWhile(bot => bot < _size).Select(bot => Well(bot, now));
                var report = new VmReport(now, 64_000, 32_000, [.. bots]);
                var body = JsonSerializer.SerializeToUtf8Bytes(report, VmJson.Default.VmReport);
                await new HeartbeatStore(tables).TryPutAsync(VmId(number), now.ToUnixTimeMilliseconds(), now, body, ct);
            });

        private static VmBot Well(int bot, DateTimeOffset now) => new(
            DeploymentId(bot), true, true, now.AddHours(-1), 0, null, false, Image, new(2048, 2, 10_240, 512),
            [new("openclaw.json", Hash, Hash), new("workspace/AGENTS.md", Hash, Hash)]);

        private static IEnumerable<int> Bots(int vm) => Enumerable.Range(vm * BotsPerVm, BotsPerVm);

        private static string VmId(int number) => string.Create(CultureInfo.InvariantCulture, $"vm_01K{number:D23}");

        private static string DeploymentId(int number) => string.Create(CultureInfo.InvariantCulture, $"dep_01K{number:D23}");
    }
}
