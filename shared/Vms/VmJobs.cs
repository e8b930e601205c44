using System.Text.Json;
using Launchpad.Shared.Ssh;

namespace Launchpad.Shared.Vms;

/// <summary>How far a job is.</summary>
/// <param name="Result">Null while it goes on, and when it failed.</param>
/// <param name="Error">Why it failed.</param>
public sealed record VmJob<TResult>(bool Ended, TResult? Result, VmError? Error)
    where TResult : class;

/// <summary>
/// Work on a machine that takes longer than a conversation: looked at until it ends, then collected. A name that is made from the
/// operation's id makes every one of these calls harmless when it is repeated. Nothing of a job is on a disk; a machine that restarts
/// forgets it, and starting it again goes on from there.
/// </summary>
public sealed class VmJobs(VmAccess access)
{
    // With the conversation around it, a look takes 20 seconds.
    private const int WaitSeconds = 18;

    /// <summary>Begins it if it is not begun, and waits for its end, but not for long.</summary>
    /// <param name="vm">Where.</param>
    /// <param name="name">The same name is the same job.</param>
    /// <param name="isBegun">True when it was seen before: its request is needed only if the machine has lost it.</param>
    /// <param name="verb">What it does.</param>
    /// <param name="request">Makes the request.</param>
    /// <param name="progress">Told of every step of the machine, from its first, in order.</param>
    /// <param name="ct">Stops the wait, and not the job.</param>
    public async Task<VmJob<TResult>> LookAsync<TRequest, TResult>(
        Vm vm, string name, bool isBegun, VmVerb verb, Func<Task<TRequest>> request, IProgress<VmStep>? progress, CancellationToken ct)
        where TResult : class
    {
        var job = isBegun ? await AskAsync(vm, new(name, JobAction.Poll, WaitSeconds: WaitSeconds), ct, progress) : await StartAsync();
        if (job.Error?.Code == VmErrorCode.JobLost)
        {
            // What is left of one that was killed keeps its name.
            await CollectAsync(vm, name, ct);
            job = await StartAsync();
        }

        var result = job is { Ended: true, Error: null } ? VmProgram.Read<TResult>(job.Value) : null;
        return new(job.Ended, result, job.Error);

        async Task<JobResult> StartAsync()
        {
            var call = new VmCall(verb, JsonSerializer.SerializeToElement(await request(), VmProgram.Outbound<TRequest>()));
            return await AskAsync(vm, new(name, JobAction.Start, call, WaitSeconds), ct, progress);
        }
    }

    /// <summary>Ends it with everything that it started. What it had done stays done.</summary>
    public Task CancelAsync(Vm vm, string name, CancellationToken ct) => AskAsync(vm, new(name, JobAction.Cancel), ct);

    /// <summary>Has the machine forget it, once it has ended; its name can be used again.</summary>
    public Task CollectAsync(Vm vm, string name, CancellationToken ct) => AskAsync(vm, new(name, JobAction.Collect), ct);

    private Task<JobResult> AskAsync(Vm vm, JobRequest request, CancellationToken ct, IProgress<VmStep>? progress = null) =>
        access.RunAsync<JobRequest, JobResult>(vm, VmVerb.Job, request, ct, progress);
}
