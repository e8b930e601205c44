using System.Text.Json;
using Google.Protobuf;
using Launchpad.Durable;
using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;
using Microsoft.DurableTask.Protobuf;

namespace Launchpad.Host.Replay;

/// <summary>`--replay`: instead of serving the app it holds every live instance of the store against it, by the app's own worker process,
/// and says as JSON which of them the app does not follow. It writes nothing, and whether another host runs on the store is all the
/// same.</summary>
internal sealed class AppReplay : IAsyncDisposable
{
    private readonly RpcServer _rpc = new();
    private readonly ILoggerFactory _loggers;
    private readonly AppWorker _app;
    private readonly LiveHistories _live;

    public AppReplay(string folder, IConfiguration settings, ILoggerProvider logs)
    {
        var json = new HostJson(settings, folder);
        _loggers = LoggerFactory.Create(log => log.AddProvider(logs).SetMinimumLevel(LogLevel.Error));
        _live = new LiveHistories(json, settings, new EngineStore(json, settings));
        _app = new AppWorker(folder, _rpc, json, _loggers);
        _app.Settings["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
    }

    /// <summary>One line on standard output; the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        await _rpc.StartAsync(cancellation);
        await _app.StartAsync(cancellation);
        var report = await ReplayAsync(cancellation);
        Console.Out.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
        return report.Ok ? 0 : 1;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _rpc.DisposeAsync();
        _loggers.Dispose();
    }

    private async Task<Report> ReplayAsync(CancellationToken cancellation)
    {
        var replayer = new Replayer(new(Named("orchestrationTrigger"), Named("activityTrigger"), TurnAsync));
        var (replayed, mismatches, notes) = (0, new List<Mismatch>(), new List<Note>());
        await foreach (var history in _live.ReadAsync(cancellation))
        {
            replayed++;
            var found = await ReplayAsync(replayer, history);
            if (found.Mismatch is { } reason)
            {
                mismatches.Add(new(history.InstanceId, history.Name, history.Version, history.Status.ToString(), reason));
            }

            notes.AddRange(found.Notes.Select(text => new Note(history.InstanceId, history.Name, text)));
        }

        return new(mismatches.Count == 0, replayed, mismatches, notes);
    }

    private static async Task<Replayed> ReplayAsync(Replayer replayer, RecordedHistory history)
    {
        try
        {
            return await replayer.ReplayAsync(history);
        }
        catch (Exception failure) when (failure is InvalidOperationException or NotSupportedException)
        {
            return new($"Its history cannot be replayed: {failure.Message}", []);
        }
    }

    private HashSet<string> Named(string trigger) => _app.Functions.Where(function => function.IsTriggeredBy(trigger))
        .Select(function => function.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private async Task<OrchestratorResponse> TurnAsync(string name, OrchestratorRequest request)
    {
        var function = _app.Functions.First(function =>
            function.IsTriggeredBy("orchestrationTrigger") && function.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        var asked = new TypedData { String = request.ToByteString().ToBase64() };
        var answer = await _app.InvokeAsync(function, asked, [], CancellationToken.None);
        return answer.Result.Status is StatusResult.Types.Status.Success
            ? OrchestratorResponse.Parser.ParseFrom(ByteString.FromBase64(answer.ReturnValue.String))
            : throw new InvalidOperationException(answer.Result.Exception?.Message ?? answer.Result.Result);
    }

    private sealed record Report(bool Ok, int Replayed, IReadOnlyList<Mismatch> Mismatches, IReadOnlyList<Note> Notes);

    private sealed record Mismatch(string Instance, string Name, string Version, string Status, string Reason);

    private sealed record Note(string Instance, string Name, string Text);
}
