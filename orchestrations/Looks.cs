using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>One look at work on a machine. The work is a job there and goes on by itself; who looks waits for its end, but not for long.</summary>
/// <param name="Before">What the look before this one saw; null for the first.</param>
/// <param name="Last">True when there is no time left to look again, unless somebody gave the operation more: whoever looks sees that.</param>
public abstract record Look(Unfinished? Before, bool Last)
{
    /// <summary>Which of the step's jobs it is about, from 0.</summary>
    [JsonIgnore]
    public int Stage => Before?.Stage ?? 0;
}

/// <param name="Of">What the work is.</param>
public sealed record Look<TInput>(TInput Of, Unfinished? Before = null, bool Last = false) : Look(Before, Last);

/// <summary>What a look saw of work that is to be looked at again.</summary>
/// <param name="Runs">True when the job goes on; false when another one is to follow.</param>
/// <param name="Stage">Which of the step's jobs that is.</param>
/// <param name="At">Where it is on the path of steps that people follow.</param>
public sealed record Unfinished(bool Runs = true, int Stage = 0, int At = 0);

/// <summary>How a saga waits for work on a machine.</summary>
public static class Looks
{
    /// <summary>About twenty minutes: a first pull over a slow line is the longest thing that may happen.</summary>
    private const int Max = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    extension(TaskOrchestrationContext context)
    {
        /// <summary>Looks until the work is done. Each look waits on the machine itself, so what is short takes one.</summary>
        /// <param name="activity">Answers with nothing when the work is done.</param>
        /// <param name="of">What the work is.</param>
        /// <param name="retry">For one look.</param>
        /// <param name="deadline">UTC; when waiting ends, if that is earlier.</param>
        public async Task Finish<TInput>(string activity, TInput of, TaskOptions retry, DateTime? deadline = null)
        {
            Unfinished? seen = null;
            for (var look = 1; ; look++)
            {
                var last = look >= Max || context.CurrentUtcDateTime >= deadline;
                seen = await context.CallActivityAsync<Unfinished?>(activity, new Look<TInput>(of, seen, last), retry);
                if (seen is null)
                {
                    return;
                }

                if (seen.Runs)
                {
                    await context.CreateTimer(Pause, CancellationToken.None);
                }
            }
        }
    }
}
