using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
                .AddHttpClientInstrumentation(http => http.FilterHttpRequestMessage = request => !HasSpan(request))
                .AddProcessor(new SpanGuard())
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Shared.Telemetry.Name, "System.Runtime").AddOtlpExporter());
        builder.Services.AddHostedService<End>();
    }

    /// <summary>Azure's clients have one for each request. So have the durable client's calls, and the worker's own stream to its host would
    /// be one without an end.</summary>
    private static bool HasSpan(HttpRequestMessage request) =>
        request.Content?.Headers.ContentType?.MediaType is "application/grpc"
        || Activity.Current?.Parent?.Source.Name is "Azure.Core.Http";

    private sealed class End(TracerProvider traces, MeterProvider metrics) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => TelemetryEnd.SendAsync(traces, metrics);
    }
}
