using DurableTask.Core;
using DurableTask.Core.Entities;
using DurableTask.Core.Entities.OperationFormat;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Launchpad.Durable.Tests;

/// <summary>Orchestrators, activities and entities as plain functions.</summary>
internal static class Registrations
{
    public static TaskHubWorker Orchestrator(this TaskHubWorker worker, string name, Func<Flow, Task<object?>> body) =>
        worker.AddTaskOrchestrations(new Creator<TaskOrchestration>(name, () => new FlowOrchestrator(body)));

    public static TaskHubWorker Activity(this TaskHubWorker worker, string name, Func<TaskContext, JToken?, Task<object?>> body) =>
        worker.AddTaskActivities(new Creator<TaskActivity>(name, () => new LambdaActivity(body)));

    public static TaskHubWorker Activity(this TaskHubWorker worker, string name, Func<JToken?, Task<object?>> body) =>
        worker.Activity(name, (_, input) => body(input));

    public static TaskHubWorker Activity(this TaskHubWorker worker, string name, Func<JToken?, object?> body) =>
        worker.Activity(name, input => Task.FromResult(body(input)));

    public static TaskHubWorker Entity(
        this TaskHubWorker worker, string name, Func<string?, OperationRequest, (string? State, string? Result)> body) =>
        worker.AddTaskEntities(new Creator<TaskEntity>(name, () => new LambdaEntity(body)));

    /// <summary>Listens to so many words.</summary>
    public static Action<TaskHubWorker> Listener(int words) => worker => worker.Orchestrator("Listen", async flow =>
    {
        var heard = new JArray();
        while (heard.Count < words)
        {
            heard.Add(JToken.Parse(await flow.Event("said")));
        }

        return heard;
    });

    private sealed class Creator<T> : ObjectCreator<T>
    {
        private readonly Func<T> create;

        public Creator(string name, Func<T> create)
        {
            Name = name;
            Version = "";
            this.create = create;
        }

        public override T Create() => create();
    }

    private sealed class FlowOrchestrator(Func<Flow, Task<object?>> body) : TaskOrchestration
    {
        private Flow? flow;
        private string? status;

        public override async Task<string?> Execute(OrchestrationContext context, string input)
        {
            flow = new(context, input);
            status = "begun";
            return JsonConvert.SerializeObject(await body(flow));
        }

        public override void RaiseEvent(OrchestrationContext context, string name, string input) => flow!.Raise(name, input);

        public override string? GetStatus() => status;
    }

    private sealed class LambdaActivity(Func<TaskContext, JToken?, Task<object?>> body) : TaskActivity
    {
        public override string Run(TaskContext context, string input) => throw new NotSupportedException();

        public override async Task<string?> RunAsync(TaskContext context, string input) =>
            JsonConvert.SerializeObject(await body(context, JArray.Parse(input).FirstOrDefault()));
    }

    private sealed class LambdaEntity(Func<string?, OperationRequest, (string? State, string? Result)> body) : TaskEntity
    {
        public override Task<EntityBatchResult> ExecuteOperationBatchAsync(EntityBatchRequest operations)
        {
            var state = operations.EntityState;
            var results = new List<OperationResult>();
            foreach (var operation in operations.Operations!)
            {
                (state, var result) = body(state, operation);
                results.Add(new() { Result = result });
            }

            return Task.FromResult(new EntityBatchResult { EntityState = state, Results = results, Actions = [] });
        }
    }
}
