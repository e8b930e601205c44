using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Launchpad.Functions;

/// <summary>Traces and metrics over OTLP, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector; the other variables of OpenTelemetry mean
/// what they always mean. Without it nobody listens, and what nobody listens to is not made.</summary>
public static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this FunctionsApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            return;
        }

        // Azure's clients make spans only when they are told to.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);
        builder.Services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithTracing(traces => traces
                .AddSource(Shared.Telemetry.Name, "Microsoft.DurableTask", "Azure.*")
                // The worker's own talk with its host: a stream without an end, and calls that have spans already.
                .AddHttpClientInstrumentation(http => http.FilterHttpRequestMessage = request =>
                    request.Content?.Headers.ContentType?.MediaType is not "application/grpc")
                .AddProcessor(new SpanGuard())
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Shared.Telemetry.Name, "System.Runtime").AddOtlpExporter());
    }
}
