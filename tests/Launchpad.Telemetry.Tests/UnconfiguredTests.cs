using System.Net;
using System.Net.Sockets;
using Launchpad.Processes;

namespace Launchpad.Telemetry.Tests;

/// <summary>Without a collector, or with one that does not do its part, everything is as without telemetry.</summary>
[Collection(StorageCollection.Name)]
public sealed class UnconfiguredTests(Azurite azurite)
{
    /// <summary>How long an exporter may wait for an answer: whoever waited for it would take as long, on the slowest machine longer.</summary>
    private static readonly TimeSpan ExportMax = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Without_an_endpoint_nobody_is_called_not_even_where_collectors_usually_are()
    {
        using TcpListener grpc = new(IPAddress.Loopback, 4317), http = new(IPAddress.Loopback, 4318);
        grpc.Start();
        http.Start();
        await using var app = await App.StartAsync(
            azurite.ConnectionString, ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "200"));

        await QuickAsync(app);
        await Task.Delay(1_000);
        await app.StopAsync();

        Assert.False(grpc.Pending());
        Assert.False(http.Pending());
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task A_collector_that_takes_calls_and_never_answers_delays_neither_requests_nor_the_end(string protocol)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await LivesAsync(($"http://{silent.LocalEndpoint}", protocol));
        Assert.True(silent.Pending());
    }

    [Fact]
    public async Task A_collector_that_is_not_there_delays_neither_requests_nor_the_end() => await LivesAsync(("http://127.0.0.1:9", "grpc"));

    private async Task LivesAsync((string Endpoint, string Protocol) collector)
    {
        await using var app = await App.StartAsync(
            azurite.ConnectionString, ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", collector.Protocol),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", $"{ExportMax.TotalMilliseconds}"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "200"));
        await QuickAsync(app);
        await Task.Delay(500);
        Assert.InRange(await QuickAsync(app), TimeSpan.Zero, ExportMax / 4);
        Assert.InRange(await app.StopAsync(), TimeSpan.Zero, ExportMax / 2);
    }

    private static async Task<TimeSpan> QuickAsync(App app)
    {
        var asked = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal("GET", await app.Http.GetStringAsync(new Uri("/api/quick", UriKind.Relative)));
        return System.Diagnostics.Stopwatch.GetElapsedTime(asked);
    }
}
