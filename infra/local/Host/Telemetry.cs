using Launchpad.Functions;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Launchpad.Host;

/// <summary>The host's part of a trace, as on Azure when host.json says so by telemetryMode: the request, and the orchestration and its
/// activities as the durable extension sees them. Only where there is a collector.</summary>
internal sealed class Telemetry : IAsyncDisposable
{
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    public Telemetry(HostJson json, IConfiguration settings)
    {
        if (!IsOn(json, settings))
        {
            return;
        }

        _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Name)
            .AddSource("WebJobs.Extensions.DurableTask", "DurableTask.Core")
            // The worker's stream has no end, and the durable client's calls have spans of their own.
            .AddAspNetCoreInstrumentation(web => web.Filter = http => http.Request.ContentType is not "application/grpc")
            .AddProcessor(new SpanGuard())
            .AddOtlpExporter()
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Name)
            .AddMeter("Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddOtlpExporter()
            .Build();
    }

    public static bool IsOn(HostJson json, IConfiguration settings) =>
        string.Equals(json.Values["telemetryMode"], "OpenTelemetry", StringComparison.OrdinalIgnoreCase)
        && settings["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };

    public async ValueTask DisposeAsync()
    {
        if (_traces is null || _metrics is null)
        {
            return;
        }

        await TelemetryEnd.SendAsync(_traces, _metrics);
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void Name(ResourceBuilder resource) => resource.AddService("Launchpad.Host");
}
