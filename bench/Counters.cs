using System.Collections.Concurrent;
using System.Net;
using Launchpad.Telemetry.Tests.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Bench;

/// <summary>What the product counts while it runs, as it tells any collector over OTLP.</summary>
internal sealed class Counters : IAsyncDisposable
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<(string Process, string Name), long> totals = new();
    private readonly WebApplication web;
    private long told;

    private Counters(WebApplication web) => this.web = web;

    /// <summary>What has it told here.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = web.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = $"{TellEvery.TotalMilliseconds:0}",
    };

    public static async Task<Counters> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var counters = new Counters(builder.Build());
        counters.web.Run(counters.TakeAsync);
        await counters.web.StartAsync();
        return counters;
    }

    /// <summary>All of them, as they are by now.</summary>
    /// <exception cref="TimeoutException">Nothing is told: then nothing is known, which is not the same as nothing counted.</exception>
    public async Task<IReadOnlyDictionary<string, long>> ReadAsync()
    {
        // What was told while this was asked may be of before; what is told after the next is not. Two processes tell.
        var enough = Interlocked.Read(ref told) + 4;
        for (var patience = 0; Interlocked.Read(ref told) < enough; patience++)
        {
            await (patience < 100 ? Task.Delay(TellEvery) : throw new TimeoutException("The product tells no metrics."));
        }

        return totals.GroupBy(total => total.Key.Name).ToDictionary(same => same.Key, same => same.Sum(total => total.Value));
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private async Task TakeAsync(HttpContext call)
    {
        using var body = new MemoryStream();
        await call.Request.Body.CopyToAsync(body);
        if (call.Request.Path != "/v1/metrics")
        {
            return;
        }

        foreach (var resource in MetricsRequest.Parser.ParseFrom(body.ToArray()).ResourceMetrics)
        {
            var process = resource.Resource.ToString();
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics).Where(metric => metric.Sum is not null))
            {
                totals[(process, metric.Name)] = metric.Sum.DataPoints.Sum(point => point.AsInt);
            }
        }

        Interlocked.Increment(ref told);
    }
}
