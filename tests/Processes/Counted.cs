using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Launchpad.Processes;

/// <summary>What a counter of the product's counts from now on in what its maker calls, and not in what runs beside it.</summary>
public sealed class Counted : IDisposable
{
    private static readonly AsyncLocal<ImmutableHashSet<Counted>> s_here = new();

    private readonly MeterListener _listener = new();
    private long _total;

    public Counted(string counter)
    {
        s_here.Value = (s_here.Value ?? []).Add(this);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Launchpad" && instrument.Name == counter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, measurement, _, _) =>
        {
            if (s_here.Value?.Contains(this) == true)
            {
                Interlocked.Add(ref _total, measurement);
            }
        });
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _total);

    public void Dispose() => _listener.Dispose();
}
