using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Launchpad.Durable.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task The_meter_counts_what_goes_through_the_store_and_tells_what_waits_in_it()
    {
        var seen = new ConcurrentDictionary<string, long>();
        await using var hub = await TestHub.StartAsync(worker => worker
            .Activity("Echo", input => input)
            .Orchestrator("Sleep", async flow =>
            {
                await flow.Call<string>("Echo", "x");
                await flow.Context.CreateTimer(flow.Context.CurrentUtcDateTime.AddHours(1), "");
                return "";
            }));

        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == "Launchpad.Durable" && instrument.Meter.Tags!.Any(tag => tag.Value as string == hub.Directory))
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => hub.BeginAsync("Sleep", id: $"{i}")));
        await TestHub.WaitUntil(() =>
        {
            listener.RecordObservableInstruments();
            return Task.FromResult(seen.GetValueOrDefault("durable.timers.pending") == 3);
        });
        Assert.Equal((6, 3), (seen["durable.turns"], seen["durable.activities"]));
        Assert.Equal((0, 3), (seen["durable.activities.pending"], seen["durable.instances.loaded"]));
        Assert.Equal((100, 200), (seen["durable.activities.max"], seen["durable.instances.max"]));
    }
}
