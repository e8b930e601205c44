using System.Diagnostics;
using System.Text.Json;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Work that takes longer than a conversation: begun by one connection, asked about by others, ended by itself.</summary>
internal static class Job
{
    private const int JobsMax = 32;
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(10);

    public static async Task<JobResult> RunAsync(JobRequest request, StepLog log)
    {
        var folder = new JobFolder(request.Name);
        if (request.Action is JobAction.Start)
        {
            await StartAsync(folder, request.Call!);
        }

        return await (request.Action switch
        {
            JobAction.Cancel => CancelAsync(folder),
            JobAction.Collect => CollectAsync(folder),
            _ => FollowAsync(folder, TimeSpan.FromSeconds(request.WaitSeconds), log),
        });
    }

    private static async Task StartAsync(JobFolder folder, VmCall call)
    {
        // Refused here, where the asker hears it, and not an hour later.
        Verb.Prepare(call.Verb, Requests.Bytes(call.Request), new StepLog(TextWriter.Null));
        using var held = await Locks.JobsAsync();
        if (!folder.Exists)
        {
            Sweep();
            Programs.Sweep();
            folder.Create();
            JobRunner.Start(folder, call.Verb, JsonSerializer.SerializeToUtf8Bytes(call, VmJson.Default.VmCall));
        }
        else if (folder.Read() is { } known && known.Verb != call.Verb)
        {
            throw Requests.Invalid($"{folder.Name} is the name of another job");
        }
    }

    private static async Task<JobResult> FollowAsync(JobFolder folder, TimeSpan patience, StepLog log)
    {
        var told = 0;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(LookEvery))
        {
            var (job, steps) = folder.Look();
            foreach (var step in steps.Skip(told))
            {
                log.Pass(step);
            }

            told = steps.Count;
            if (job.Ended || clock.Elapsed >= patience)
            {
                return job;
            }
        }
    }

    private static async Task<JobResult> CancelAsync(JobFolder folder)
    {
        using var held = await Locks.JobsAsync();
        if (folder.Read() is { } known && folder.IsAlive)
        {
            folder.Cancel();
            Libc.KillGroup(known.Process);
            var clock = Stopwatch.StartNew();
            while (folder.IsAlive && clock.Elapsed < EndMax)
            {
                await Task.Delay(LookEvery);
            }
        }

        return folder.Look().Job;
    }

    private static async Task<JobResult> CollectAsync(JobFolder folder)
    {
        using var held = await Locks.JobsAsync();
        var last = folder.Look().Job;
        if (!last.Ended)
        {
            throw new VmFailure(VmErrorCode.Busy, $"{folder.Name} has not ended; cancel it first.", retryable: true);
        }

        if (folder.Exists)
        {
            folder.Remove();
        }

        return last;
    }

    /// <summary>What nobody collected does not stay, and makes room for what is started.</summary>
    private static void Sweep()
    {
        var all = JobFolder.All();
        var ended = all.Where(job => !job.IsAlive).OrderByDescending(job => job.WrittenAt).ToList();
        var room = JobsMax - 1 - (all.Count - ended.Count);
        if (room < 0)
        {
            throw new VmFailure(VmErrorCode.Busy, $"{JobsMax} jobs go on on this VM; try later.", retryable: true);
        }

        var since = DateTime.UtcNow - KeepEnded;
        foreach (var old in ended.Where((job, index) => index >= room || job.WrittenAt < since))
        {
            old.Remove();
        }
    }
}
