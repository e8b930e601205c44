using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Launchpad.Host.Sample;

/// <summary>What is asked of orchestrations and entities over HTTP.</summary>
public static class Clients
{
    [Function("Start")]
    public static async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sagas/{name}/{id}")] HttpRequest request,
        [FromBody] JsonElement input,
        string name,
        string id,
        [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        await client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id));
        return Results.Accepted($"{request?.Path}");
    }

    /// <summary>Waits for the end, for which the engine has to go on.</summary>
    [Function("Outcome")]
    public static async Task<IResult> Outcome(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sagas/{id}/outcome")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        var instance = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, cancellation);
        return Results.Text(instance.SerializedOutput ?? request?.Method);
    }

    [Function("Tell")]
    public static async Task<IResult> Tell(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sagas/{id}/{verb}")] HttpRequest request,
        string id,
        string verb,
        [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        await (verb switch
        {
            "terminate" => client.TerminateInstanceAsync(id, "enough"),
            "suspend" => client.SuspendInstanceAsync(id, "a moment"),
            "resume" => client.ResumeInstanceAsync(id, "on"),
            _ => client.RaiseEventAsync(id, verb, request?.Query["with"].ToString()),
        });
        return Results.NoContent();
    }

    [Function("Saga")]
    public static async Task<IResult> Saga(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sagas/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return await client.GetInstanceAsync(id, getInputsAndOutputs: true) is { } instance
            ? Results.Json(new
            {
                status = instance.RuntimeStatus.ToString(),
                output = instance.SerializedOutput,
                custom = instance.SerializedCustomStatus,
                failure = instance.FailureDetails?.ToString(),
            })
            : Results.NotFound(request?.Path.Value);
    }

    [Function("AddToCounter")]
    public static async Task<IResult> AddToCounter(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "counters/{key}/{by:int}")] HttpRequest request,
        string key,
        int by,
        [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        await client.Entities.SignalEntityAsync(new EntityInstanceId(nameof(Counter), key), nameof(Counter.Add), by);
        return Results.Accepted($"{request?.Path}");
    }

    [Function("CounterState")]
    public static async Task<IResult> CounterState(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "counters/{key}")] HttpRequest request,
        string key,
        [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return await client.Entities.GetEntityAsync<int>(new EntityInstanceId(nameof(Counter), key)) is { } counter
            ? Results.Text($"{counter.State}")
            : Results.NotFound(request?.Path.Value);
    }
}
