using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>What takes a saga's steps back, newest first. A step's undo is added before the step runs: one that failed may have
/// had its effect, and taking back what never was is harmless.</summary>
public sealed class Undo
{
    private readonly Stack<Func<Task>> steps = new();

    public void With(Func<Task> step) => steps.Push(step);

    /// <summary>Null when everything was taken back. A step that cannot be is left to the operator; those before it are taken back all
    /// the same.</summary>
    public async Task<TaskFailedException?> Run()
    {
        TaskFailedException? left = null;
        while (steps.TryPop(out var step))
        {
            try
            {
                await step();
            }
            catch (TaskFailedException failure)
            {
                left ??= failure;
            }
        }

        return left;
    }
}
