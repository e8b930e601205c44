namespace Launchpad.Shared.Accounts;

/// <summary>Lets a few pieces of work run at once. What waits, waits in a lane, and lanes take turns: who sends much waits behind himself,
/// and everybody else for one turn.</summary>
public sealed class FairQueue(int running, int laneMax, int queueMax)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<TaskCompletionSource>> lanes = [];
    private readonly Queue<string> turns = [];
    private int free = running;
    private int waiting;

    /// <exception cref="QueueFullException">When too much waits already, in this lane or in all.</exception>
    public async Task<T> RunAsync<T>(string lane, Func<T> work, CancellationToken ct)
    {
        await EnterAsync(lane, ct);
        try
        {
            return await Task.Run(work, CancellationToken.None);
        }
        finally
        {
            Next();
        }
    }

    private async Task EnterAsync(string lane, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return;
            }

            var ahead = lanes.GetValueOrDefault(lane) ?? [];
            if (ahead.Count >= laneMax || waiting >= queueMax)
            {
                throw new QueueFullException();
            }

            if (lanes.TryAdd(lane, ahead))
            {
                turns.Enqueue(lane);
            }

            ahead.Enqueue(turn);
            waiting++;
        }

        // Who goes away keeps his place until it is called, and then it falls to the next.
        await using var left = ct.Register(() => turn.TrySetCanceled(ct));
        await turn.Task;
    }

    private void Next()
    {
        lock (gate)
        {
            while (turns.TryDequeue(out var lane))
            {
                var turn = lanes[lane].Dequeue();
                waiting--;
                if (lanes[lane].Count > 0)
                {
                    turns.Enqueue(lane);
                }
                else
                {
                    lanes.Remove(lane);
                }

                if (turn.TrySetResult())
                {
                    return;
                }
            }

            free++;
        }
    }
}

/// <summary>More is waiting than will be answered in reasonable time.</summary>
public sealed class QueueFullException() : Exception("Too much is waiting already. Try again in a few seconds.");
