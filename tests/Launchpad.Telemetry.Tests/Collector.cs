using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Launchpad.Telemetry.Tests.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Telemetry.Tests;

/// <summary>Takes in what is sent by OTLP over HTTP, as any collector does, and keeps every byte.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _received = new();
    private readonly ConcurrentQueue<(string Service, Span Span)> _spans = new();
    private readonly ConcurrentDictionary<(string Service, string Name), Metric> _metrics = new();
    private readonly WebApplication _web;

    private Collector(WebApplication web) => _web = web;

    public string Address => _web.Urls.Single();

    public IReadOnlyList<(string Service, Span Span)> Spans => [.. _spans];

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new Collector(builder.Build());
        collector._web.MapPost("/v1/traces", async (HttpRequest request) => collector.Take(TraceRequest.Parser.ParseFrom(
            await collector.ReadAsync(request))));
        collector._web.MapPost("/v1/metrics", async (HttpRequest request) => collector.Take(MetricsRequest.Parser.ParseFrom(
            await collector.ReadAsync(request))));
        await collector._web.StartAsync();
        return collector;
    }

    /// <summary>The latest of a metric.</summary>
    public Metric? Metric(string service, string name) => _metrics.GetValueOrDefault((service, name));

    /// <summary>What stands before a text in everything that was ever received.</summary>
    public IReadOnlyList<string> Before(string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        return [.. _received.Select(bytes => (bytes, at: bytes.AsSpan().IndexOf(needle))).Where(found => found.at >= 0)
            .Select(found => Encoding.Latin1.GetString(found.bytes, Math.Max(0, found.at - 100), Math.Min(100, found.at)))];
    }

    /// <summary>Every span of a trace, once one of each of these names is among them.</summary>
    public async Task<IReadOnlyList<Span>> TraceAsync(string trace, params string[] names)
    {
        for (var patience = 0; patience < 300; patience++)
        {
            var spans = _spans.Select(entry => entry.Span).Where(span => Hex(span.TraceId) == trace).ToList();
            if (names.All(name => spans.Any(span => span.Name == name)))
            {
                return spans;
            }

            await Task.Delay(100);
        }

        var seen = string.Join("\n", _spans.Select(entry => $"{Hex(entry.Span.TraceId)} {entry.Service}: {entry.Span.Name}"));
        throw new TimeoutException($"The trace {trace} did not become whole. What came:\n{seen}");
    }

    public async ValueTask DisposeAsync() => await _web.DisposeAsync();

    public static string Hex(Google.Protobuf.ByteString id) => Convert.ToHexStringLower(id.Span);

    private async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes);
        _received.Enqueue(bytes.ToArray());
        return bytes.ToArray();
    }

    private void Take(TraceRequest request)
    {
        foreach (var resource in request.ResourceSpans)
        {
            foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                _spans.Enqueue((Service(resource.Resource), span));
            }
        }
    }

    private void Take(MetricsRequest request)
    {
        foreach (var resource in request.ResourceMetrics)
        {
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                _metrics[(Service(resource.Resource), metric.Name)] = metric;
            }
        }
    }

    private static string Service(Resource resource) => resource.Attributes.Single(pair => pair.Key == "service.name").Value.StringValue;
}
