using DurableTask.Core;
using DurableTask.Core.History;

namespace Launchpad.Durable.Dispatch;

/// <summary>Stands in the place of a message that cannot be read any more: its instance cannot go on as if it had never come.</summary>
internal static class Damaged
{
    private const string Mark = "launchpad:damaged";

    public static TaskMessage Message(string instance) => new()
    {
        OrchestrationInstance = new() { InstanceId = instance },
        Event = new GenericEvent(-1, Mark),
    };

    public static bool Is(TaskMessage message) => message.Event is GenericEvent { Data: Mark };
}
