using System.Text.Json;
using Launchpad.Shared.Ssh;

namespace Launchpad.Shared.Vms;

/// <summary>How far a job is.</summary>
/// <param name="Steps">Those that the asker did not know.</param>
/// <param name="Next">What to ask from next time.</param>
/// <param name="Result">Null while it goes on, and when it failed.</param>
/// <param name="Error">Why it failed. <see cref="VmErrorCode.JobLost"/>: the machine knows nothing of it, because it was restarted.</param>
public sealed record VmJob<TResult>(bool Ended, IReadOnlyList<VmStep> Steps, int Next, TResult? Result, VmError? Error)
    where TResult : class;

/// <summary>
/// Work on a machine that takes longer than a conversation: start it, ask about it on a timer, collect it. A name that is made from the
/// operation's id makes every one of these calls harmless when it is repeated. Nothing of a job is on a disk; a machine that restarts
/// forgets it, and starting it again goes on from there.
/// </summary>
public sealed class VmJobs(VmAccess access)
{
    private const int WaitSeconds = 20;

    /// <summary>Begins it, unless one of this name was begun before, even if that has ended.</summary>
    public Task StartAsync<TRequest>(Vm vm, VmVerb verb, string name, TRequest request, CancellationToken ct)
    {
        var call = new VmCall(verb, JsonSerializer.SerializeToElement(request, VmProgram.Outbound<TRequest>()));
        return AskAsync(vm, new(name, JobAction.Start, call), ct);
    }

    /// <summary>Answers as soon as there is another step or an end, and after 20 seconds in any case.</summary>
    /// <param name="from">How many steps are known already.</param>
    public async Task<VmJob<TResult>> PollAsync<TResult>(Vm vm, string name, int from, CancellationToken ct)
        where TResult : class
    {
        var job = await AskAsync(vm, new(name, JobAction.Poll, From: from, WaitSeconds: WaitSeconds), ct);
        var result = job is { Ended: true, Error: null } ? VmProgram.Read<TResult>(job.Value) : null;
        return new(job.Ended, job.Steps, job.Next, result, job.Error);
    }

    /// <summary>Ends it with everything that it started. What it had done stays done.</summary>
    public Task CancelAsync(Vm vm, string name, CancellationToken ct) => AskAsync(vm, new(name, JobAction.Cancel), ct);

    /// <summary>Has the machine forget it, once it has ended; its name can be used again.</summary>
    public Task CollectAsync(Vm vm, string name, CancellationToken ct) => AskAsync(vm, new(name, JobAction.Collect), ct);

    private Task<JobResult> AskAsync(Vm vm, JobRequest request, CancellationToken ct) =>
        access.RunAsync<JobRequest, JobResult>(vm, VmVerb.Job, request, ct);
}
