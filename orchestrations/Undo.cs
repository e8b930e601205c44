using Launchpad.Shared;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>What takes a saga's steps back, newest first. A step's undo is added before the step runs: one that failed may have
/// had its effect, and taking back what never was is harmless.</summary>
public sealed class Undo
{
    private readonly Stack<Func<Task>> steps = new();

    public void With(Func<Task> step) => steps.Push(step);

    /// <summary>A step that cannot be taken back is left to the operator, who is told by its row; those before it are taken back all the
    /// same. When the deployment is not the operation's any more, nothing of it is.</summary>
    public async Task Run()
    {
        while (steps.TryPop(out var step))
        {
            try
            {
                await step();
            }
            catch (TaskFailedException failure) when (failure.FailureDetails.IsCausedBy<NotHeldException>())
            {
                return;
            }
            catch (TaskFailedException)
            {
                continue;
            }
        }
    }
}
