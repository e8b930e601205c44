using System.Net;
using System.Net.Sockets;
using Launchpad.Processes;

namespace Launchpad.Telemetry.Tests;

/// <summary>Without a collector, or with one that does not do its part, everything is as without telemetry.</summary>
[Collection(StorageCollection.Name)]
public sealed class UnconfiguredTests(Azurite azurite)
{
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

        var (usual, _) = await LifeAsync();
        var (stop, request) = await LifeAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{silent.LocalEndpoint}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "200"));

        Assert.True(silent.Pending());
        Assert.InRange(request, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(stop, TimeSpan.Zero, usual + TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_collector_that_is_not_there_delays_neither_requests_nor_the_end()
    {
        var (usual, _) = await LifeAsync();
        var (stop, request) = await LifeAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "200"));

        Assert.InRange(request, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(stop, TimeSpan.Zero, usual + TimeSpan.FromSeconds(8));
    }

    private async Task<(TimeSpan Stop, TimeSpan Request)> LifeAsync(params (string, string)[] settings)
    {
        await using var app = await App.StartAsync(azurite.ConnectionString, settings);
        await QuickAsync(app);
        await Task.Delay(500);
        var request = await QuickAsync(app);
        return (await app.StopAsync(), request);
    }

    private static async Task<TimeSpan> QuickAsync(App app)
    {
        var asked = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal("GET", await app.Http.GetStringAsync(new Uri("/api/quick", UriKind.Relative)));
        return System.Diagnostics.Stopwatch.GetElapsedTime(asked);
    }
}
