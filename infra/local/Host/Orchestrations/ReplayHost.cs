using System.Text.Json;
using Launchpad.Durable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Orchestrations;

/// <summary>The app with "Durable:Replay" set: instead of serving anything it replays every live instance of its directory, whether an
/// engine runs there or not, says as JSON which of them today's code does not follow, and ends; 1 when there are any.</summary>
internal sealed class ReplayHost(IHost app, DurableOptions options) : IHost, IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        var report = Run();
        Console.Out.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
        Environment.ExitCode = report.Ok ? 0 : 1;
        Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public void Dispose() => app.Dispose();

    public ValueTask DisposeAsync() => ((IAsyncDisposable)app).DisposeAsync();

    public ReplayReport Run()
    {
        var replayer = new Replayer(options, Services.GetRequiredService<ILoggerFactory>());
        Services.GetRequiredService<DurableFunctions>().AddTo(replayer);
        using var reader = new HistoryReader(options.Directory);
        var replayed = 0;
        var mismatches = new List<ReplayMismatch>();
        foreach (var history in reader.Live())
        {
            replayed++;
            if (replayer.Replay(history) is { } reason)
            {
                mismatches.Add(new(history.InstanceId, history.Name, history.Version, history.Status.ToString(), reason));
            }
        }

        return new(mismatches.Count == 0, replayed, mismatches);
    }
}

/// <summary>What a replay of all live instances found.</summary>
internal sealed record ReplayReport(bool Ok, int Replayed, IReadOnlyList<ReplayMismatch> Mismatches);

/// <summary>A live instance that could not go on with today's code, and why.</summary>
internal sealed record ReplayMismatch(string Instance, string Name, string Version, string Status, string Reason);
