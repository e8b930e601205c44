using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Shared.Vms;

/// <summary>What launchpad-vm can be asked to do. The wire name is the word on the command line.</summary>
public enum VmVerb
{
    [JsonStringEnumMemberName("facts")] Facts,
    [JsonStringEnumMemberName("apply")] Apply,
    [JsonStringEnumMemberName("remove")] Remove,
    [JsonStringEnumMemberName("health")] Health,
    [JsonStringEnumMemberName("logs")] Logs,
    [JsonStringEnumMemberName("exec-test")] ExecTest,
    [JsonStringEnumMemberName("pair-browser")] PairBrowser,
    [JsonStringEnumMemberName("browsers")] Browsers,
    [JsonStringEnumMemberName("validate")] Validate,
    [JsonStringEnumMemberName("volume")] Volume,
    [JsonStringEnumMemberName("measure")] Measure,
    [JsonStringEnumMemberName("backup")] Backup,
    [JsonStringEnumMemberName("restore")] Restore,
    [JsonStringEnumMemberName("job")] Job,

    /// <summary>Run by the machine itself, on its own clock; no connection may ask for it.</summary>
    [JsonStringEnumMemberName("heartbeat")] Heartbeat,
}

/// <summary>A request that is answered while its asker waits: it looks, and is done in seconds. Whatever is not one can take minutes, and is
/// only asked for as a job (ADR 21).</summary>
public interface IQuestion;

/// <summary>How far <c>apply</c> goes. Every stage before the named one is converged first.</summary>
public enum ApplyStage
{
    [JsonStringEnumMemberName("prepare")] Prepare,
    [JsonStringEnumMemberName("configure")] Configure,
    [JsonStringEnumMemberName("pull")] Pull,
    [JsonStringEnumMemberName("start")] Start,
    [JsonStringEnumMemberName("route")] Route,
}

/// <summary>Who signs a deployment's certificate: the VM's own authority, or a public one over ACME.</summary>
public enum TlsIssuer
{
    [JsonStringEnumMemberName("internal")] Internal,
    [JsonStringEnumMemberName("acme")] Acme,
}

/// <summary>How a step of <c>apply</c> or <c>remove</c> went. Skipped means it was already so.</summary>
public enum VmStepState
{
    [JsonStringEnumMemberName("started")] Started,
    [JsonStringEnumMemberName("done")] Done,
    [JsonStringEnumMemberName("skipped")] Skipped,
}

/// <summary>The whole desired state of one deployment on a VM.</summary>
/// <param name="Image">registry/repository@sha256:…; needed from <see cref="ApplyStage.Pull"/> on.</param>
/// <param name="Secrets">null: those already on the VM are used.</param>
/// <param name="Egress">address:port or name:port, TCP; nothing else leaves the container.</param>
/// <param name="Overwrites">True to put back what the bot made of its files; without it only what is to change is written.</param>
/// <param name="ReviveAfterSeconds">A bot that has run for as long and does not answer is restarted, though it is what it shall be. Null:
/// what runs is left alone.</param>
public sealed record ApplyRequest(
    string Deployment,
    string? Image,
    VmLimits Limits,
    VmRuntime Runtime,
    IReadOnlyList<VmFile> Files,
    IReadOnlyList<VmSecret>? Secrets,
    IReadOnlyList<string> Egress,
    VmRoute? Route,
    ApplyStage Through,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Overwrites = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ReviveAfterSeconds = null);

/// <summary>What a plan grants one deployment. StorageMb is the size of its volume.</summary>
public sealed record VmLimits(int MemoryMb, double Cpus, int StorageMb, int Pids);

/// <summary>How the image is run. The environment is not secret: it is visible in the container's configuration.</summary>
public sealed record VmRuntime(int Port, string ReadyPath, IReadOnlyDictionary<string, string> Environment);

/// <summary>A file of the volume, by its path relative to /data.</summary>
public sealed record VmFile(string Path, string Content);

/// <summary>A secret of the deployment; its value is never printed.</summary>
public sealed record VmSecret(string Name, string Value)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Name = ").Append(Name).Append(", Value = ***");
        return true;
    }
}

/// <summary>The public name of the deployment and who signs its certificate.</summary>
public sealed record VmRoute(string Host, TlsIssuer Issuer, string? Email = null);

/// <summary>What <c>apply</c> left behind. Changed is false when every step was skipped.</summary>
public sealed record ApplyResult(string Deployment, ApplyStage Through, bool Changed, string? Address, string? Container, string? Image);

/// <summary>Takes everything of a deployment off the VM; the volume stays on demand.</summary>
public sealed record RemoveRequest(string Deployment, bool KeepVolume = false);

/// <summary>Existed is false when there was nothing to remove.</summary>
public sealed record RemoveResult(string Deployment, bool Existed);

/// <summary>Asks for the state, and waits up to WaitSeconds (30 at most) for it to become ready or to fail.</summary>
/// <param name="HoldSeconds">How long it then has to stay ready without a restart, 60 at most; it answers at once when it does not.</param>
/// <param name="FromStart">True to count that time from when it was started; half of it counts from now all the same.</param>
public sealed record HealthRequest(string Deployment, int WaitSeconds = 0, int HoldSeconds = 0, bool FromStart = false);

/// <summary>The container as it is now. ExitCode is that of its last end, if it ever ended.</summary>
/// <param name="LastLines">What it wrote last, 20 lines and 4 KB at most, when it is not ready; null when it is. It may hold whatever the
/// bot knows.</param>
/// <param name="Storage">Null while its volume is not mounted.</param>
/// <param name="MachineRestarted">Since it was brought up: what the machine holds in memory alone is gone, so it cannot come up by
/// itself.</param>
public sealed record HealthResult(
    bool Running, bool Ready, DateTimeOffset? StartedAt, int? ExitCode, bool OomKilled, int Restarts, string? Image,
    IReadOnlyList<string>? LastLines = null, VmStorage? Storage = null, bool MachineRestarted = false);

/// <summary>How full a file system is, mebibytes.</summary>
public sealed record VmStorage(int SizeMb, int UsedMb, int FreeMb)
{
    private const int LowPercent = 10;

    /// <summary>It is time to say so: what writes there still can.</summary>
    [JsonIgnore]
    public bool IsLow => FreeMb * 100L < SizeMb * (long)LowPercent;
}

/// <summary>The last lines (1000 at most) that the container wrote.</summary>
public sealed record LogsRequest(string Deployment, int Tail = 200, DateTimeOffset? Since = null) : IQuestion;

/// <summary>Oldest first.</summary>
public sealed record LogsResult(IReadOnlyList<VmLogLine> Lines);

/// <summary>One line of standard output or standard error, without terminal sequences.</summary>
public sealed record VmLogLine(DateTimeOffset At, string Stream, string Text);

/// <summary>Sends one chat message to the bot, as its owner would.</summary>
public sealed record ExecTestRequest(string Deployment, string Text, int TimeoutSeconds = 60);

/// <summary>What the bot answered.</summary>
public sealed record ExecTestResult(string Answer, long Ms);

/// <summary>Has a config checked by the release that is to run it, in a container that has the image and nothing else.</summary>
/// <param name="Image">registry/repository@sha256:…; pulled when it is not there.</param>
public sealed record ValidateRequest(string Deployment, string Image, string Config);

/// <summary>No issues means that the release takes it.</summary>
public sealed record ValidateResult(IReadOnlyList<ConfigIssue> Issues);

/// <summary>What the release does not take, at which path of the config.</summary>
public sealed record ConfigIssue(string Path, string Message);

/// <summary>What is done with a deployment's volume as a whole.</summary>
public enum VolumeAction
{
    /// <summary>Copies it, as it is at one moment, to another deployment. Who writes to it waits meanwhile.</summary>
    [JsonStringEnumMemberName("copy")] Copy,

    /// <summary>Stops the bot and keeps a copy beside the volume, in place of the last one.</summary>
    [JsonStringEnumMemberName("keep")] Keep,

    /// <summary>Stops the bot and has the volume and what was kept change places, if that is of the version that is wanted back; if not, the
    /// volume is what it should be.</summary>
    [JsonStringEnumMemberName("return")] Return,

    /// <summary>As <see cref="Return"/>, and an error when nothing of that version is kept.</summary>
    [JsonStringEnumMemberName("exchange")] Exchange,

    /// <summary>Stops the bot and makes the backup that was fetched its volume; the volume that was there is kept as that of the version that
    /// is stopped. If it is that volume already, that is all.</summary>
    [JsonStringEnumMemberName("bring")] Bring,

    /// <summary>Takes away what was fetched.</summary>
    [JsonStringEnumMemberName("discard")] Discard,
}

/// <param name="To">Whose volume the copy becomes; only for <see cref="VolumeAction.Copy"/>.</param>
/// <param name="Of">The config version that is stopped now, and leaves the volume behind.</param>
/// <param name="Kept">The config version whose kept volume is wanted; with <see cref="VolumeAction.Copy"/> null for the volume as it
/// is.</param>
/// <param name="Backup">The backup that was fetched: with <see cref="VolumeAction.Copy"/> that is what is copied.</param>
public sealed record VolumeRequest(
    string Deployment, VolumeAction Action, string? To = null, int? Of = null, int? Kept = null, string? Backup = null);

/// <param name="UsedMb">What it takes, mebibytes.</param>
public sealed record VolumeResult(int UsedMb, long Ms);

/// <summary>Asks how much the files of a deployment's volume take.</summary>
public sealed record MeasureRequest(string Deployment) : IQuestion;

/// <param name="UsedMb">Mebibytes.</param>
public sealed record MeasureResult(int UsedMb);

/// <summary>Asks what the VM is and what it runs.</summary>
/// <param name="Call">Another verb instead. Every entry script that was ever put on a VM admits the word facts, and some admit no word
/// that is newer than they are.</param>
public sealed record FactsRequest(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VmCall? Call = null) : IQuestion;

/// <summary>The VM. Docker and Caddy are versions; null when they do not answer.</summary>
/// <param name="Bots">What runs, as the heartbeat tells it; null when Docker does not answer.</param>
public sealed record FactsResult(
    int Cpus, int MemoryMb, int DiskMb, int DiskFreeMb, string Kernel, string? Docker, string? Caddy,
    bool UserNamespaces, IReadOnlyList<DeploymentFacts> Deployments, IReadOnlyList<VmBot>? Bots = null);

/// <summary>One deployment as the VM remembers it, so that what the control plane believes can be compared with it.</summary>
public sealed record DeploymentFacts(
    string Deployment, string? Image, bool Running, int MemoryMb, double Cpus, int StorageMb, string? Host);

/// <summary>A step that began or ended, as it happens.</summary>
public sealed record VmStep(string Name, VmStepState State, long Ms, string? Detail);

/// <summary>Why a verb failed, in a code for programs and a sentence for people.</summary>
public sealed record VmError(string Code, string Message, bool Retryable);

/// <summary>One line of launchpad-vm's standard output: a step, a sign of life while a step takes long, or as the last one the
/// result.</summary>
public sealed record VmLine(
    string Event,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VmStepState? State = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Ms = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Ok = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Value = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VmError? Error = null)
{
    public const string Step = "step";
    public const string Result = "result";
    public const string Alive = "alive";

    public static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(5);
}

/// <summary>Both ends read and write with this context: an unknown, missing, repeated or null member is an error on either side.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    PropertyNameCaseInsensitive = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    UseStringEnumConverter = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(VmLine))]
[JsonSerializable(typeof(VmVerb))]
[JsonSerializable(typeof(FactsRequest))]
[JsonSerializable(typeof(FactsResult))]
[JsonSerializable(typeof(ApplyRequest))]
[JsonSerializable(typeof(ApplyResult))]
[JsonSerializable(typeof(RemoveRequest))]
[JsonSerializable(typeof(RemoveResult))]
[JsonSerializable(typeof(HealthRequest))]
[JsonSerializable(typeof(HealthResult))]
[JsonSerializable(typeof(LogsRequest))]
[JsonSerializable(typeof(LogsResult))]
[JsonSerializable(typeof(ExecTestRequest))]
[JsonSerializable(typeof(ExecTestResult))]
[JsonSerializable(typeof(PairBrowserRequest))]
[JsonSerializable(typeof(PairBrowserResult))]
[JsonSerializable(typeof(BrowsersRequest))]
[JsonSerializable(typeof(BrowsersResult))]
[JsonSerializable(typeof(ValidateRequest))]
[JsonSerializable(typeof(ValidateResult))]
[JsonSerializable(typeof(VolumeRequest))]
[JsonSerializable(typeof(VolumeResult))]
[JsonSerializable(typeof(MeasureRequest))]
[JsonSerializable(typeof(MeasureResult))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(BackupResult))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(RestoreResult))]
[JsonSerializable(typeof(VmCall))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobResult))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(HeartbeatResult))]
[JsonSerializable(typeof(VmReport))]
public sealed partial class VmJson : JsonSerializerContext;
