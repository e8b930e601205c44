using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Bench.App;

/// <summary>Creates load from within the app, so that no further process takes part in what is measured. All times are the engine's own
/// stamps: a client that polls sees an end later than it was.</summary>
public static class Loads
{
    private const int AttemptsMax = 10;

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(200);

    /// <summary>A start as a customer's request does it: answered when it is durable.</summary>
    [Function(nameof(Start))]
    public static async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hello")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(client);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Sagas.HelloSequence5), request.HttpContext.RequestAborted);
        return Results.Accepted($"/api/hello/{id}", id);
    }

    /// <summary>One after the other: milliseconds of each.</summary>
    [Function(nameof(Alone))]
    public static async Task<IResult> Alone(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "alone/{count:int}")] HttpRequest request,
        int count,
        [DurableClient] DurableTaskClient client)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Sagas.HelloSequence5));
            var ended = await EndedAsync(client, id);
            times[i] = (ended.LastUpdatedAt - ended.CreatedAt).TotalMilliseconds;
        }

        return Results.Ok(times);
    }

    /// <summary>All at the same time: milliseconds from the first one's creation to the last one's end.</summary>
    [Function(nameof(AtOnce))]
    public static async Task<IResult> AtOnce(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "at-once/{count:int}")] HttpRequest request,
        int count,
        [DurableClient] DurableTaskClient client)
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, count)
            .Select(_ => client.ScheduleNewOrchestrationInstanceAsync(nameof(Sagas.HelloSequence5))));
        // One question at a time, about the youngest first: questions are load too.
        var ended = new List<OrchestrationMetadata>();
        foreach (var id in ids.Reverse())
        {
            ended.Add(await EndedAsync(client, id));
        }

        return Results.Ok((ended.Max(one => one.LastUpdatedAt) - ended.Min(one => one.CreatedAt)).TotalMilliseconds);
    }

    [Function(nameof(OneFanOut))]
    public static async Task<IResult> OneFanOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "fan-out/{count:int}")] HttpRequest request,
        int count,
        [DurableClient] DurableTaskClient client)
    {
        var ended = await EndedAsync(client, await client.ScheduleNewOrchestrationInstanceAsync(nameof(Sagas.FanOut), count));
        return Results.Ok((ended.LastUpdatedAt - ended.CreatedAt).TotalMilliseconds);
    }

    /// <summary>How many milliseconds late each of some timers is while so many others wait.</summary>
    [Function(nameof(Timers))]
    public static async Task<IResult> Timers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "timers/{others:int}/{count:int}")] HttpRequest request,
        int others,
        int count,
        [DurableClient] DurableTaskClient client)
    {
        const int Each = 100;
        var crowd = await Task.WhenAll(Enumerable.Range(0, others / Each)
            .Select(_ => client.ScheduleNewOrchestrationInstanceAsync(nameof(Sagas.Crowd), Each)));
        foreach (var id in crowd)
        {
            await client.WaitForInstanceStartAsync(id);
        }

        var first = DateTime.UtcNow + Lead;
        var dues = Enumerable.Range(0, count).Select(i => first + (i * Apart)).ToList();
        var rings = await Task.WhenAll(dues.Select(due => client.ScheduleNewOrchestrationInstanceAsync(nameof(Sagas.Ring), due)));
        var late = new double[count];
        for (var i = 0; i < count; i++)
        {
            late[i] = ((await EndedAsync(client, rings[i])).LastUpdatedAt.UtcDateTime - dues[i]).TotalMilliseconds;
        }

        await Task.WhenAll(crowd.Select(id => client.RaiseEventAsync(id, "Over", true)));
        return Results.Ok(late);
    }

    private static async Task<OrchestrationMetadata> EndedAsync(DurableTaskClient client, string id)
    {
        var ended = await WaitAsync(client, id);
        return ended.RuntimeStatus is OrchestrationRuntimeStatus.Completed
            ? ended
            : throw new InvalidOperationException($"{ended.Name} {id} is {ended.RuntimeStatus}: {ended.FailureDetails?.ErrorMessage}");
    }

    // The emulator of Azure Storage lets some questions time out under load; asking again is no part of any figure.
    private static async Task<OrchestrationMetadata> WaitAsync(DurableTaskClient client, string id)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
            }
            catch (Exception late) when (late is Grpc.Core.RpcException or OperationCanceledException && attempt < AttemptsMax)
            {
            }
        }
    }
}
