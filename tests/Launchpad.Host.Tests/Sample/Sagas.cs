using Launchpad.Host.SampleSagas;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Host.Sample;

/// <summary>Starts orchestrations and does their work.</summary>
public sealed class Sagas(Journal journal, Visit visit)
{
    [Function("Start")]
    public static async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "greet/{id}")] HttpRequest request,
        [FromBody] StartBody body,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        var input = new { names = body.Names, tone = body.Loud ? 1 : 0, waitForEvent = body.WaitForEvent };
        await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greet), input, new StartOrchestrationOptions(id), cancellation);
        return Results.Accepted($"{request?.Path}/result");
    }

    [Function("Raise")]
    public static async Task<IResult> Raise(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "greet/{id}/events/{name}")] HttpRequest request,
        string id,
        string name,
        [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        await client.RaiseEventAsync(id, name, request?.Method);
        return Results.NoContent();
    }

    [Function("Result")]
    public static async Task<IResult> Result(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greet/{id}/result")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(request);
        var instance = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, cancellation);
        return Results.Json(new
        {
            status = instance.RuntimeStatus.ToString(),
            output = instance.SerializedOutput,
            failure = instance.FailureDetails?.ErrorMessage,
        });
    }

    [Function("Say")]
    public async Task<string> Say(
        [ActivityTrigger] SayInput input, FunctionContext context, string instanceId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        journal.Write($"say {input.Name} for {instanceId} in visit {visit.Id}");
        if (input.Name == "nobody")
        {
            throw new ArgumentException("there is nobody to greet");
        }

        return input.Tone == 1 ? $"HELLO {input.Name}" : $"hello {input.Name}";
    }
}

/// <summary>What a caller asks for.</summary>
public sealed record StartBody(IReadOnlyList<string> Names, bool Loud = false, string? WaitForEvent = null);

/// <summary>What the activity Say is given.</summary>
public sealed record SayInput(string Name, int Tone);
