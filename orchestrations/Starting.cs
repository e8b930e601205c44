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

    public static Task StartConvergingAsync(this DurableTaskClient client, VmInput vm, CancellationToken ct) =>
        client.StartOnceAsync(vm.Vm, nameof(ConvergeVm), vm, Going, ct);
}
