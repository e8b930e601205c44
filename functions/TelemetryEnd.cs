using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Launchpad.Functions;

/// <summary>Sends what is left when a process ends. A collector that does not answer may hold that up, but not for long: by itself each of
/// the two would wait for up to ten seconds, one after the other.</summary>
internal static class TelemetryEnd
{
    private const int MillisecondsMax = 2_000;

    public static Task SendAsync(TracerProvider traces, MeterProvider metrics) =>
        Task.WhenAll(Task.Run(() => traces.Shutdown(MillisecondsMax)), Task.Run(() => metrics.Shutdown(MillisecondsMax)));
}
