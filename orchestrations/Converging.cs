using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations;

/// <summary>Makes sure that a machine's saga runs, once, whoever asks for it and however often.</summary>
public static class Converging
{
    /// <summary>What makes place for no second one.</summary>
    public static readonly OrchestrationRuntimeStatus[] Going =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    public static async Task StartConvergingAsync(this DurableTaskClient client, VmInput vm, CancellationToken ct)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(ConvergeVm), vm, new StartOrchestrationOptions(vm.Vm).WithDedupeStatuses(Going), ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // It is at it.
        }
    }
}
