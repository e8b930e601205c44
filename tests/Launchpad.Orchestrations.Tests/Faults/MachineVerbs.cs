using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What launchpad-vm does, on a picture of a machine instead of one: the same words, the same effects, the same content with what is
/// done already. Each call is one that the wire can break.</summary>
internal sealed class MachineVerbs(Wire wire, Func<string, Tenant, bool> isSick, Func<string, int> looksOf, TimeProvider clock)
{
    /// <summary>The browser that may be let in.</summary>
    public const string Browser = "6f0d2c9e-7a52-4d0c-8b3e-2f6f6a1b7c11";

    private readonly Lock gate = new();
    private ImmutableSortedDictionary<string, Job> jobs = ImmutableSortedDictionary<string, Job>.Empty;

    public ImmutableSortedDictionary<string, Tenant> Tenants { get; set; } = ImmutableSortedDictionary<string, Tenant>.Empty;

    /// <summary>The names of all jobs that were not collected.</summary>
    public IEnumerable<string> Jobs => jobs.Keys;

    /// <summary>Nothing is known of any job.</summary>
    public void Forget() => jobs = jobs.Clear();

    /// <summary>Off and on: what is on disks is left.</summary>
    public void Restart()
    {
        lock (gate)
        {
            Forget();
            Tenants = Tenants.ToImmutableSortedDictionary(one => one.Key, one => one.Value with { IsCold = one.Value.Runs });
        }
    }

    public IReadOnlyList<VmLine> Run(string verb, string document)
    {
        lock (gate)
        {
            return verb == "job" ? Run(Read(document, VmJson.Default.JobRequest)) : Do(verb, document);
        }
    }

    /// <summary>What the verb says; nothing when that is lost.</summary>
    private List<VmLine> Do(string verb, string document) => wire.Meet("machine", verb, Action(verb, document)) switch
    {
        Blow.Refused => [Failed(VmErrorCode.DockerUnavailable, retryable: true)],
        var blow => Answer(verb, document).ToList() is var lines && blow is Blow.Lost ? [] : lines,
    };

    /// <summary>A job ends at the look that it was given, and has its effect then; asking about it can go wrong like everything else.</summary>
    private IReadOnlyList<VmLine> Run(JobRequest asked)
    {
        var blow = wire.Meet("machine", "job", $"{asked.Action} {asked.Name}");
        if (blow is Blow.Refused)
        {
            return [Failed(VmErrorCode.DockerUnavailable, retryable: true)];
        }

        if (asked is { Action: JobAction.Start, Call: { } call } && !jobs.ContainsKey(asked.Name))
        {
            jobs = jobs.SetItem(asked.Name, new(call, looksOf(asked.Name), null));
        }

        var seen = Look(asked);
        return blow is Blow.Lost ? [] : seen;
    }

    private IReadOnlyList<VmLine> Look(JobRequest asked)
    {
        if (!jobs.TryGetValue(asked.Name, out var job))
        {
            return [Result(new(asked.Name, true, Error: new(VmErrorCode.JobLost, "It is lost.", true)), VmJson.Default.JobResult)];
        }

        job = asked.Action is JobAction.Cancel && job.Said is null ? job with { Said = [Failed(VmErrorCode.Cancelled, retryable: false)] }
            : asked.Action is JobAction.Collect || job.Said is not null ? job
            : job.Looks > 0 ? job with { Looks = job.Looks - 1 }
            : job with { Said = Do(JsonSerializer.Serialize(job.Call.Verb, VmJson.Default.VmVerb).Trim('"'), job.Call.Request.GetRawText()) };
        jobs = jobs.SetItem(asked.Name, job);
        var steps = (job.Said ?? []).Where(line => line.Event == VmLine.Step);
        var end = job.Said?.SingleOrDefault(line => line.Event == VmLine.Result);
        if (asked.Action is JobAction.Collect)
        {
            jobs = jobs.Remove(asked.Name);
            return job.Said is null ? [Failed(VmErrorCode.Busy, retryable: true)] : [Result(new(asked.Name, true), VmJson.Default.JobResult)];
        }

        var error = job.Said is not null && end is null ? new(VmErrorCode.JobLost, "It was killed.", true) : end?.Error;
        return [.. steps, Result(new(asked.Name, job.Said is not null, end?.Value, error), VmJson.Default.JobResult)];
    }

    private static string Action(string verb, string document) =>
        verb == "volume" ? JsonElement.Parse(document).GetProperty("action").GetString()! : "";

    private IEnumerable<VmLine> Answer(string verb, string document) => verb switch
    {
        "facts" => [Result(Facts(), VmJson.Default.FactsResult)],
        "apply" => Apply(Read(document, VmJson.Default.ApplyRequest)),
        "remove" => [Result(Remove(Read(document, VmJson.Default.RemoveRequest)), VmJson.Default.RemoveResult)],
        "health" => [Health(Read(document, VmJson.Default.HealthRequest))],
        "logs" => [OfContainer(Read(document, VmJson.Default.LogsRequest).Deployment, _ => Result(
            new([new(DateTimeOffset.UnixEpoch, "stdout", "hello")]), VmJson.Default.LogsResult))],
        "exec-test" => [OfContainer(Read(document, VmJson.Default.ExecTestRequest).Deployment, there => there.IsCold
            ? Failed(VmErrorCode.SecretsMissing, retryable: false)
            : Result(new("ready", 1), VmJson.Default.ExecTestResult))],
        "pair-browser" => [Pair(Read(document, VmJson.Default.PairBrowserRequest))],
        "validate" => [Result(new([]), VmJson.Default.ValidateResult)],
        "volume" => [Volume(Read(document, VmJson.Default.VolumeRequest))],
        "backup" => [Backup(Read(document, VmJson.Default.BackupRequest))],
        "restore" => [Restore(Read(document, VmJson.Default.RestoreRequest))],
        "measure" => [Measure(Read(document, VmJson.Default.MeasureRequest))],
        _ => [Failed(VmErrorCode.InvalidRequest, retryable: false)],
    };

    private FactsResult Facts() => new(
        2, 8192, 1000, 500, "6", "1", "1", true, [],
        [.. Tenants.Where(one => one.Value.Runs).Select(one => new VmBot(
            one.Key, IsUp(one.Key, one.Value), IsUp(one.Key, one.Value) && !one.Value.Hangs, DateTimeOffset.UnixEpoch, 0, null, false,
            one.Value.Image, null, [], MachineRestarted: one.Value.IsCold))]);

    private IEnumerable<VmLine> Apply(ApplyRequest wanted)
    {
        var before = Tenants.GetValueOrDefault(wanted.Deployment, Tenant.None);
        var spec = Hash(JsonSerializer.Serialize(wanted with { Secrets = [], Through = default, ReviveAfterSeconds = null }, VmJson.Default.ApplyRequest)
            + string.Join(',', (wanted.Secrets ?? []).Select(secret => secret.Name)));
        var isNew = before.Spec != spec || before.IsCold;
        if (isNew)
        {
            var volume = before.Volume ?? Data.Empty;
            Tenants = Tenants.SetItem(wanted.Deployment, before with
            {
                Image = wanted.Image,
                Spec = spec,
                MemoryMb = wanted.Limits.MemoryMb,
                Host = wanted.Route?.Host,
                Volume = new(volume.WrittenBy.LastOrDefault() == wanted.Image ? volume.WrittenBy : volume.WrittenBy.Add(wanted.Image!)),
                Starts = before.Starts + 1,
                IsCold = false,
                Hangs = false,
            });
        }
        else if (before.Hangs && wanted.ReviveAfterSeconds is not null)
        {
            Tenants = Tenants.SetItem(wanted.Deployment, before with { Hangs = false });
        }

        foreach (var step in (string[])[VmSteps.Secrets, VmSteps.Pull, VmSteps.Route])
        {
            yield return new(VmLine.Step, Name: step, State: isNew ? VmStepState.Done : VmStepState.Skipped, Ms: 1);
        }

        yield return Result(
            new(wanted.Deployment, wanted.Through, isNew, "10.0.0.1", "c", wanted.Image), VmJson.Default.ApplyResult);
    }

    private RemoveResult Remove(RemoveRequest asked)
    {
        var existed = Tenants.TryGetValue(asked.Deployment, out var there);
        Tenants = existed && asked.KeepVolume
            ? Tenants.SetItem(asked.Deployment, Stopped(there!))
            : Tenants.Remove(asked.Deployment);
        return new(asked.Deployment, existed);
    }

    private VmLine Health(HealthRequest asked) => OfContainer(asked.Deployment, there => Result(
        there.IsCold ? new(false, false, DateTimeOffset.UnixEpoch, 255, false, 0, there.Image, MachineRestarted: true)
            : isSick(asked.Deployment, there) ? new(false, false, DateTimeOffset.UnixEpoch, 1, false, 9, there.Image)
            : new(true, !there.Hangs, DateTimeOffset.UnixEpoch, null, false, 0, there.Image),
        VmJson.Default.HealthResult));

    private static VmLine Pair(PairBrowserRequest asked) => asked.Request == Browser
        ? Result(new(asked.Request), VmJson.Default.PairBrowserResult)
        : Failed(VmErrorCode.BrowserUnknown, retryable: false);

    private VmLine Backup(BackupRequest asked)
    {
        if (Tenants.GetValueOrDefault(asked.Deployment)?.Volume is not { } volume)
        {
            return Failed(VmErrorCode.NotFound, retryable: false);
        }

        var (result, isStored) = Archive.Store(asked, volume, clock.GetUtcNow());
        return isStored ? Result(result, VmJson.Default.BackupResult) : Failed(VmErrorCode.StoreRefused, retryable: false);
    }

    private VmLine Restore(RestoreRequest asked)
    {
        var (data, contents) = Archive.Fetch(asked);
        var there = Tenants.GetValueOrDefault(asked.Deployment, Tenant.None);
        Tenants = Tenants.SetItem(asked.Deployment, there with { Fetched = data with { Mark = null, Backup = asked.Backup } });
        return Result(new(asked.Backup, contents, true, 1), VmJson.Default.RestoreResult);
    }

    /// <summary>What was fetched takes the volume's place, which is kept.</summary>
    private VmLine Bring(VolumeRequest asked, Tenant there)
    {
        if (there.Fetched?.Backup != asked.Backup && there.Volume?.Backup != asked.Backup)
        {
            return Failed(VmErrorCode.NotFound, retryable: false);
        }

        Tenants = Tenants.SetItem(asked.Deployment, there.Fetched is null ? Stopped(there) : Stopped(there) with
        {
            Volume = there.Fetched,
            Kept = there.Volume is { } left ? left with { Mark = asked.Of, Backup = null } : there.Kept,
            Fetched = null,
        });
        return Result(new(1, 1), VmJson.Default.VolumeResult);
    }

    private VmLine CopyFetched(VolumeRequest asked, Tenant there)
    {
        if (there.Fetched?.Backup != asked.Backup)
        {
            return Failed(VmErrorCode.NotFound, retryable: false);
        }

        Tenants = Tenants.SetItem(asked.To!, Tenant.None with { Volume = there.Fetched! with { Backup = null } });
        return Result(new(1, 1), VmJson.Default.VolumeResult);
    }

    private VmLine Volume(VolumeRequest asked)
    {
        var tenant = Tenants.GetValueOrDefault(asked.Deployment, Tenant.None);
        switch (asked.Action)
        {
            case VolumeAction.Discard:
                Tenants = Tenants.ContainsKey(asked.Deployment) ? Tenants.SetItem(asked.Deployment, tenant with { Fetched = null }) : Tenants;
                return Result(new(0, 1), VmJson.Default.VolumeResult);
            case VolumeAction.Bring:
                return Bring(asked, tenant);
            case VolumeAction.Copy when asked.Backup is not null:
                return CopyFetched(asked, tenant);
        }

        if (!Tenants.TryGetValue(asked.Deployment, out var there) || there.Volume is not { } volume)
        {
            return Failed(VmErrorCode.NotFound, retryable: false);
        }

        var isKept = there.Kept is { } kept && kept.Mark == asked.Kept;
        switch (asked.Action)
        {
            case VolumeAction.Copy when asked.Kept is null || isKept:
                Tenants = Tenants.SetItem(asked.To!, new(null, null, 0, null, asked.Kept is null ? volume : there.Kept, null, 0));
                break;
            case VolumeAction.Keep:
                Tenants = Tenants.SetItem(asked.Deployment, Stopped(there) with
                {
                    Volume = volume with { Mark = null },
                    Kept = volume with { Mark = asked.Of },
                });
                break;
            case VolumeAction.Exchange when volume.Mark != asked.Kept && !isKept:
            case VolumeAction.Copy:
                return Failed(VmErrorCode.NotFound, retryable: false);
            case VolumeAction.Exchange when volume.Mark == asked.Kept:
                break;
            default:
                Tenants = Tenants.SetItem(asked.Deployment, isKept
                    ? Stopped(there) with { Volume = there.Kept, Kept = volume with { Mark = asked.Of } }
                    : Stopped(there));
                break;
        }

        return Result(new(1, 1), VmJson.Default.VolumeResult);
    }

    private VmLine Measure(MeasureRequest asked) => Tenants.GetValueOrDefault(asked.Deployment)?.Volume is null
        ? Failed(VmErrorCode.NotFound, retryable: false)
        : Result(new(1), VmJson.Default.MeasureResult);

    private static Tenant Stopped(Tenant there) => there with { Image = null, Spec = null, Host = null, IsCold = false };

    private bool IsUp(string deployment, Tenant there) => !there.IsCold && !isSick(deployment, there);

    private VmLine OfContainer(string deployment, Func<Tenant, VmLine> answer) =>
        Tenants.TryGetValue(deployment, out var there) && there.Runs ? answer(there) : Failed(VmErrorCode.NotFound, retryable: false);

    private static VmLine Result<T>(T value, JsonTypeInfo<T> type) =>
        new(VmLine.Result, Ok: true, Value: JsonSerializer.SerializeToElement(value, type));

    private static VmLine Failed(string code, bool retryable) => new(VmLine.Result, Ok: false, Error: new(code, "It was not done.", retryable));

    private static T Read<T>(string document, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(document, type)!;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];

    /// <param name="Looks">How many find it still at work.</param>
    /// <param name="Said">Null until it has ended; without a result when it was killed.</param>
    private sealed record Job(VmCall Call, int Looks, IReadOnlyList<VmLine>? Said);
}
