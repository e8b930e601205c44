using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations;

/// <summary>Makes sure that a saga runs, once, whoever asks for it and however often.</summary>
public static class Starting
{
    /// <summary>What makes place for no second one.</summary>
    public static readonly OrchestrationRuntimeStatus[] Going =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    /// <param name="client">Of the engine.</param>
    /// <param name="id">Of the instance.</param>
    /// <param name="saga">Its name.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="unless">In which states an instance of that id is left alone.</param>
    /// <param name="ct">Stops the wait.</param>
    public static async Task StartOnceAsync(
        this DurableTaskClient client, string id, string saga, object input, IEnumerable<OrchestrationRuntimeStatus> unless,
        CancellationToken ct)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                saga, input, new StartOrchestrationOptions(id).WithDedupeStatuses([.. unless]), ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // Somebody else was faster: it runs, once.
        }
    }

    /// <summary>Follows a deployment's ladder from now on, and looks at it at once if that is being done already.</summary>
    public static async Task StartDunningAsync(this DurableTaskClient client, DunningInput of, CancellationToken ct)
    {
        var instance = Dunning.Instance(of.Deployment);
        await client.StartOnceAsync(instance, nameof(Dunning), of, Going, ct);
        await client.WakeAsync(instance, Dunning.News, ct);
    }

    /// <summary>Tells a saga that waits to look again. One that has ended has looked.</summary>
    public static async Task WakeAsync(this DurableTaskClient client, string id, string word, CancellationToken ct)
    {
        try
        {
            await client.RaiseEventAsync(id, word, "look", ct);
        }
        catch (RpcException over) when (over.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            // The rows decide, not the event.
        }
    }

    public static Task StartConvergingAsync(this DurableTaskClient client, VmInput vm, CancellationToken ct) =>
        client.StartOnceAsync(vm.Vm, nameof(ConvergeVm), vm, Going, ct);
}
