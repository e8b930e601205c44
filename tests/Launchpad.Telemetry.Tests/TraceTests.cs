using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Launchpad.Processes;
using Launchpad.Telemetry.Tests.Otlp;

namespace Launchpad.Telemetry.Tests;

/// <summary>What arrives at a collector from the host and the app, run as they are anywhere else.</summary>
[Collection(StorageCollection.Name)]
public sealed class TraceTests(Azurite azurite) : IAsyncLifetime
{
    private const string Host = "Launchpad.Host";
    private const string Worker = "Launchpad.Telemetry.App";

    private readonly string _typed = $"canary-{Guid.NewGuid():N}";
    private Collector _collector = null!;
    private App _app = null!;

    public async Task InitializeAsync()
    {
        _collector = await Collector.StartAsync();
        _app = await App.StartAsync(
            azurite.ConnectionString,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_METRIC_EXPORT_INTERVAL", "500"));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task One_trace_goes_from_the_request_over_the_saga_and_its_activity_to_the_machine()
    {
        var (trace, caller) = await TalkAsync("op_trace");

        var spans = await _collector.TraceAsync(trace, "vm exec-test", "orchestration:Converse@(1)", "POST api/talks/{id}");

        var line = new List<string>();
        var parent = spans.Single(span => span.Name == "vm exec-test");
        for (var span = parent; span is not null; span = spans.SingleOrDefault(other => other.SpanId == span.ParentSpanId))
        {
            // The extension and the framework each write a version in their own way.
            line.Add(span.Name.Replace("@(1)", "@1", StringComparison.Ordinal));
            parent = span;
        }

        Assert.Equal(
            [
                "vm exec-test", "step ask", "function Say", "activity:Say@1", "activity:Say@1", "orchestration:Converse@1",
                "create_orchestration:Converse@1", "create_orchestration:Converse", "function Begin", "POST api/talks/{id}",
            ],
            line);
        Assert.Equal(caller, Collector.Hex(parent.ParentSpanId));
        var verb = Attributes(spans.Single(span => span.Name == "vm exec-test").Attributes);
        Assert.Equal(
            "error.type=connection-failed launchpad.outcome=failed launchpad.vm.id=vm_1 launchpad.vm.verb=exec-test", verb);
        Assert.Contains(spans, span => span.Name == "TableClient.UpdateEntity");
    }

    [Fact]
    public async Task An_operation_is_counted_once_by_kind_and_outcome_however_often_its_last_step_runs()
    {
        await TalkAsync("op_count");

        var ended = await MetricAsync(Worker, "launchpad.operations.ended");
        var started = await MetricAsync(Worker, "launchpad.operations.started");
        var duration = (await MetricAsync(Worker, "launchpad.operations.duration")).Histogram.DataPoints;
        Assert.Equal("launchpad.operation.kind=test-message 1", Points(started));
        Assert.Equal("launchpad.operation.kind=test-message launchpad.outcome=failed 1", Points(ended));
        Assert.Equal(1ul, Assert.Single(duration).Count);
        Assert.InRange(duration[0].Sum, 0.001, 60);
        Assert.Equal("s", (await MetricAsync(Worker, "launchpad.operations.duration")).Unit);
        Assert.NotEmpty((await MetricAsync(Host, "http.server.request.duration")).Histogram.DataPoints);
    }

    [Fact]
    public async Task Nothing_that_was_typed_nor_what_a_caller_sends_along_arrives_in_any_span_or_metric()
    {
        var (trace, _) = await TalkAsync("op_secret");
        using var lost = await _app.Http.GetAsync(new Uri($"/api/{_typed}?{_typed}", UriKind.Relative));

        await _collector.TraceAsync(trace, "vm exec-test", "orchestration:Converse@(1)", "POST api/talks/{id}", "function Fail", "GET");
        await MetricAsync(Worker, "launchpad.operations.ended");
        await _app.StopAsync();

        Assert.Empty(_collector.Before(_typed));
        Assert.NotEmpty(_collector.Before("launchpad.operations.ended"));
        Assert.NotEmpty(_collector.Before("op_secret"));
    }

    [Fact]
    public async Task What_is_under_way_when_the_host_is_stopped_still_arrives()
    {
        await _app.Http.GetStringAsync(new Uri("/api/quick", UriKind.Relative));

        await _app.StopAsync();

        Assert.Contains(_collector.Spans, entry => entry is { Service: Host, Span.Name: "GET api/quick" });
        Assert.Contains(_collector.Spans, entry => entry is { Service: Worker, Span.Name: "function Quick" });
    }

    private async Task<(string Trace, string Caller)> TalkAsync(string operation)
    {
        var (trace, caller) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N")[..16]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/talks/{operation}?note={_typed}")
        {
            Content = JsonContent.Create(new { text = _typed, port = ClosedPort() }),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{caller}-01");
        request.Headers.Add("tracestate", $"typed={_typed}");
        request.Headers.Add("baggage", $"typed={_typed}");
        request.Headers.Add("User-Agent", _typed);
        using var answer = await _app.Http.SendAsync(request);
        Assert.True(answer.StatusCode is HttpStatusCode.Accepted, _app.Output);
        for (var patience = 0; patience < 300; patience++)
        {
            if (await _app.Http.GetStringAsync(new Uri($"/api/talks/{operation}", UriKind.Relative)) == "Failed")
            {
                return (trace, caller);
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("The operation did not end:\n" + _app.Output);
    }

    private async Task<Metric> MetricAsync(string service, string name)
    {
        for (var patience = 0; patience < 100 && _collector.Metric(service, name) is null; patience++)
        {
            await Task.Delay(100);
        }

        // What came first may be of before the second run of the last step.
        await Task.Delay(1_500);
        return _collector.Metric(service, name) ?? throw new TimeoutException($"{name} of {service} never came.");
    }

    private static string Points(Metric metric) =>
        string.Join('\n', metric.Sum.DataPoints.Select(point => $"{Attributes(point.Attributes)} {point.AsInt}"));

    private static string Attributes(IEnumerable<KeyValue> pairs) =>
        string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value.StringValue}").Order(StringComparer.Ordinal));

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
