using System.Diagnostics;
using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Launchpad.Local;
using Launchpad.Shared.Storage;

namespace Launchpad.Bench;

/// <summary>What a minute of the sweeps costs, of fleets a hundred times as large as one another: it has to grow with what is due, not with
/// what exists. LAUNCHPAD_BENCH_SCALE makes all of them smaller.</summary>
internal static class SweepBench
{
    /// <summary>Times the smallest fleet.</summary>
    private const double GrowthGoal = 1.5;

    /// <summary>Machines that have something new to tell, in the busy minute of every fleet.</summary>
    private const int DueMachines = 32;

    /// <summary>Enough machines for three of those minutes.</summary>
    private const int SizeMin = 3 * DueMachines * Fleet.BotsPerVm;

    private const double MinuteMs = 60_000;
    private const double NightMs = 1_000;

    private static readonly int[] Sizes = [1_000, 10_000, 100_000];

    public static async Task<Report> RunAsync(Action<string> say)
    {
        var scale = double.Parse(Environment.GetEnvironmentVariable("LAUNCHPAD_BENCH_SCALE") ?? "1", CultureInfo.InvariantCulture);
        await using var azurite = await Azurite.StartAsync(Home.Npm, folder: null);
        var calls = new Calls();
        var options = new TableClientOptions();
        options.AddPolicy(calls, HttpPipelinePosition.PerRetry);
        var tables = new Tables(new TableServiceClient(azurite.ConnectionString, options));
        await tables.CreateAllAsync(CancellationToken.None);
        var fleet = new Fleet(tables);
        var measured = new List<Measured>();
        foreach (var size in Sizes.Select(size => Math.Max(SizeMin, (int)(size * scale))))
        {
            var start = Stopwatch.GetTimestamp();
            await fleet.GrowAsync(size);
            say($"{size} deployments after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s …");
            // Compiles what is measured.
            await new Minute(fleet, calls).IdleAsync();
            await new Minute(fleet, calls).NightAsync();
            await fleet.TellAsync(DueMachines);
            var busy = await new Minute(fleet, calls).RunAsync(DueMachines);
            var idle = await new Minute(fleet, calls).IdleAsync();
            measured.Add(new(size, idle, busy, await new Minute(fleet, calls).ReconcileAsync(), await new Minute(fleet, calls).NightAsync()));
            await fleet.QuietAsync();
        }

        return Report.Of([.. Rows(measured)]);
    }

    private static IEnumerable<Row> Rows(List<Measured> all)
    {
        var few = all[0];
        foreach (var one in all)
        {
            var of = $"of {one.Size:N0}".Replace(',', ' ');
            yield return Row.Of($"requests of a minute with nothing due, {of}", one.Idle.Requests, "", few.Idle.Requests, GrowthGoal);
            yield return Row.Of($"kilobytes read in it, {of}", one.Idle.Kilobytes, "KB", few.Idle.Kilobytes, GrowthGoal);
            yield return Row.Of($"CPU of the control plane in it, {of}", one.Idle.CpuMs, "ms", Math.Max(few.Idle.CpuMs, 1), GrowthGoal);
            yield return Row.Of($"requests with {DueMachines} machines due, {of}", one.Busy.Requests, "", few.Busy.Requests, GrowthGoal);
            yield return Row.Of($"requests to reconcile a page, {of}", one.Reconciled.Requests, "", Minute.ReconcileRequestsMax, 1);
            yield return Row.Of($"CPU of the control plane in a night without a backup due, {of}", one.Night.CpuMs, "ms", NightMs, 1);
            // The emulator goes over a whole table for every query, which Azure Tables does not.
            yield return Row.Of($"time of a minute with nothing due, {of}", Math.Round(one.Idle.Ms), "ms", MinuteMs, 1);
        }
    }

    private sealed record Measured(int Size, Cost Idle, Cost Busy, Cost Reconciled, Cost Night);

    /// <summary>Every request to the tables, and how much came back.</summary>
    internal sealed class Calls : HttpPipelinePolicy
    {
        private long bytes;
        private int requests;

        public (int Requests, long Bytes) Now => (Volatile.Read(ref requests), Volatile.Read(ref bytes));

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            Interlocked.Increment(ref requests);
            Interlocked.Add(ref bytes, message.Response.Headers.ContentLength ?? message.Response.ContentStream?.Length ?? 0);
        }
    }
}

/// <summary>What something cost.</summary>
internal sealed record Cost(int Requests, double Kilobytes, double CpuMs, double Ms);
