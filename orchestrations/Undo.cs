using Launchpad.Shared;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>What takes a saga's steps back, newest first. A step's undo is added before the step runs: one that failed may have
/// had its effect, and taking back what never was is harmless.</summary>
public sealed class Undo
{
    private readonly Stack<(Step Name, Func<Task> Take)> steps = new();

    public void With(Step name, Func<Task> take) => steps.Push((name, take));

    /// <summary>A step that cannot be taken back is left to the operator; those before it are taken back all the same. When the deployment is
    /// not the operation's any more, nothing of it is.</summary>
    /// <returns>The names of those that were left: their rows may not say so, for it may be the rows that could not be written.</returns>
    public async Task<IReadOnlyList<string>> Run()
    {
        var left = new List<string>();
        while (steps.TryPop(out var step))
        {
            try
            {
                await step.Take();
            }
            catch (TaskFailedException failure) when (failure.FailureDetails.IsCausedBy<NotHeldException>())
            {
                return left;
            }
            catch (TaskFailedException)
            {
                left.Add(step.Name.Name);
            }
        }

        return left;
    }
}
