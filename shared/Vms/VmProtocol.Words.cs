namespace Launchpad.Shared.Vms;

/// <summary>The steps that verbs tell of, as <see cref="VmStep.Name"/>.</summary>
public static class VmSteps
{
    public const string Volume = "volume";
    public const string Network = "network";
    public const string Firewall = "firewall";
    public const string Files = "files";
    public const string Secrets = "secrets";
    public const string Pull = "pull";
    public const string Start = "start";
    public const string Route = "route";
    public const string Container = "container";
    public const string Copy = "copy";
    public const string Send = "send";
    public const string Fetch = "fetch";
}

/// <summary>The codes of <see cref="VmError"/>. They are part of the protocol: the control plane decides by them.</summary>
public static class VmErrorCode
{
    public const string InvalidRequest = "invalid-request";
    public const string ProgramMissing = "program-missing";
    public const string ProgramRejected = "program-rejected";
    public const string Busy = "busy";
    public const string NotFound = "not-found";
    public const string SecretsMissing = "secrets-missing";
    public const string ImageMissing = "image-missing";
    public const string ImagePullFailed = "image-pull-failed";
    public const string NoSpace = "no-space";
    public const string VolumeFailed = "volume-failed";
    public const string VolumeShrink = "volume-shrink";
    public const string PathBlocked = "path-blocked";
    public const string NetworkFailed = "network-failed";
    public const string NameUnresolved = "name-unresolved";
    public const string StartFailed = "start-failed";
    public const string OutOfMemory = "out-of-memory";
    public const string DockerUnavailable = "docker-unavailable";
    public const string CaddyUnavailable = "caddy-unavailable";
    public const string RouteFailed = "route-failed";
    public const string NotRunning = "not-running";
    public const string JobLost = "job-lost";
    public const string Cancelled = "cancelled";
    public const string BotFailed = "bot-failed";
    public const string BrowserUnknown = "browser-unknown";
    public const string ValidatorFailed = "validator-failed";
    public const string HeartbeatRefused = "heartbeat-refused";
    public const string ControlPlaneUnreachable = "control-plane-unreachable";
    public const string StoreUnreachable = "store-unreachable";
    public const string StoreRefused = "store-refused";
    public const string BackupDamaged = "backup-damaged";
    public const string TimedOut = "timed-out";
    public const string Internal = "internal";

    // Said by the control plane about the connection, never by the VM.
    public const string HostKeyMismatch = "host-key-mismatch";
    public const string ConnectionFailed = "connection-failed";
    public const string AccessDenied = "access-denied";
    public const string ProtocolViolation = "protocol-violation";
}
