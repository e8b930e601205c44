using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Launchpad.Host;
using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using P = Microsoft.DurableTask.Protobuf;

namespace Launchpad.Bench;

/// <summary>The ceiling: the same app over the same protocol, and behind it an engine that does nothing but what the protocol cannot do
/// without. Nothing is written down.</summary>
internal sealed class BareEngine : IAsyncDisposable
{
    private readonly ILoggerFactory _loggers = LoggerFactory.Create(log => log.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
    private readonly RpcServer _rpc = new();
    private readonly AppWorker _app;

    private BareEngine(string folder) =>
        _app = new AppWorker(folder, _rpc, new HostJson(new ConfigurationBuilder().Build(), folder), _loggers);

    public static async Task<BareEngine> StartAsync(string folder)
    {
        var engine = new BareEngine(folder);
        await engine._rpc.StartAsync(CancellationToken.None);
        await engine._app.StartAsync(CancellationToken.None);
        return engine;
    }

    /// <summary>Runs an orchestration to its end: turns, each with the activities that the one before has asked for.</summary>
    public async Task RunAsync(string name, string? input = null)
    {
        var id = Guid.NewGuid().ToString("N");
        var turn = new P.OrchestratorRequest { InstanceId = id, ExecutionId = id };
        turn.NewEvents.Add(Event(new P.HistoryEvent { OrchestratorStarted = new() }));
        turn.NewEvents.Add(Event(new P.HistoryEvent
        {
            ExecutionStarted = new() { Name = name, Input = input, OrchestrationInstance = new() { InstanceId = id, ExecutionId = id } },
        }));
        while (true)
        {
            var actions = (await TurnAsync(name, turn)).Actions;
            if (actions.FirstOrDefault(action => action.CompleteOrchestration is not null)?.CompleteOrchestration is { } end)
            {
                Require(end.OrchestrationStatus is P.OrchestrationStatus.Completed, name, end.FailureDetails?.ErrorMessage);
                return;
            }

            turn.PastEvents.AddRange(turn.NewEvents);
            turn.PastEvents.AddRange(actions.Select(action => Event(new P.HistoryEvent
            {
                EventId = action.Id,
                TaskScheduled = new() { Name = action.ScheduleTask.Name, Input = action.ScheduleTask.Input },
            })));
            turn.PastEvents.Add(Event(new P.HistoryEvent { OrchestratorCompleted = new() }));
            turn.NewEvents.Clear();
            turn.NewEvents.Add(Event(new P.HistoryEvent { OrchestratorStarted = new() }));
            turn.NewEvents.AddRange(await Task.WhenAll(actions.Select(ActivityAsync)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _rpc.DisposeAsync();
        _loggers.Dispose();
    }

    private static P.HistoryEvent Event(P.HistoryEvent content)
    {
        content.EventId = content.EventTypeCase is P.HistoryEvent.EventTypeOneofCase.TaskScheduled ? content.EventId : -1;
        content.Timestamp = Timestamp.FromDateTime(DateTime.UtcNow);
        return content;
    }

    private static void Require(bool isSo, string function, string? otherwise)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"{function} failed: {otherwise}");
        }
    }

    private async Task<P.OrchestratorResponse> TurnAsync(string name, P.OrchestratorRequest turn)
    {
        var answer = await CallAsync(name, new TypedData { String = Convert.ToBase64String(turn.ToByteArray()) });
        return P.OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answer.String));
    }

    private async Task<P.HistoryEvent> ActivityAsync(P.OrchestratorAction action)
    {
        // Inputs are written as an array of one.
        using var input = JsonDocument.Parse(action.ScheduleTask.Input);
        var only = input.RootElement.ValueKind is JsonValueKind.Array ? input.RootElement[0] : input.RootElement;
        var answer = await CallAsync(action.ScheduleTask.Name, new TypedData { Json = only.GetRawText() });
        var result = answer.DataCase is TypedData.DataOneofCase.String ? JsonSerializer.Serialize(answer.String) : answer.Json;
        return Event(new P.HistoryEvent { TaskCompleted = new() { TaskScheduledId = action.Id, Result = result } });
    }

    private async Task<TypedData> CallAsync(string name, TypedData trigger)
    {
        var function = _app.Functions.First(function => function.Name == name);
        var answer = await _app.InvokeAsync(function, trigger, [], CancellationToken.None);
        Require(answer.Result.Status is StatusResult.Types.Status.Success, name, answer.Result.Exception?.Message);
        return answer.ReturnValue;
    }
}
