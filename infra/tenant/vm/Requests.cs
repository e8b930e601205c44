using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>Reads a request and refuses whatever is not exactly of its grammar, before anything on the VM is touched.</summary>
internal static partial class Requests
{
    private const int DocumentMax = 8 << 20;
    private const int FilesMax = 64;
    private const int FileMax = 256 << 10;
    private const int SecretsMax = 32;
    private const int SecretMax = 16 << 10;
    private const int EnvironmentMax = 128;
    private const int EnvironmentValueMax = 8 << 10;
    private const int EgressMax = 256;
    private const int TextMax = 8000;

    public static VmFailure Invalid(string message) => new(VmErrorCode.InvalidRequest, message, retryable: false);

    // By its exact word: the JSON reader would also take numbers, capitals and spaces.
    public static VmVerb Verb(string word) =>
        Enum.GetValues<VmVerb>().Cast<VmVerb?>().FirstOrDefault(verb => Word(verb!.Value) == word)
            ?? throw Invalid($"the verb is none of {string.Join(", ", Enum.GetValues<VmVerb>().Select(Word))}");

    public static string Word(VmVerb verb) => JsonSerializer.Serialize(verb, VmJson.Default.VmVerb).Trim('"');

    public static async Task<byte[]> ReadAsync(Stream input)
    {
        using var document = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int n; (n = await input.ReadAsync(buffer)) > 0;)
        {
            document.Write(buffer, 0, n);
            Require(document.Length <= DocumentMax, "the document is larger than 8 MB");
        }

        return document.ToArray();
    }

    public static byte[] Bytes(JsonElement document) => Encoding.UTF8.GetBytes(document.GetRawText());

    public static T Parse<T>(byte[] document, JsonTypeInfo<T> type)
        where T : class
    {
        T request;
        try
        {
            request = JsonSerializer.Deserialize(document, type) ?? throw Invalid("the document is null");
        }
        catch (JsonException error)
        {
            // Only the place is said: the text around it may be a secret.
            throw Invalid($"the document is not a {typeof(T).Name}: see {error.Path ?? "its beginning"}, byte {error.BytePositionInLine}");
        }
        catch (InvalidOperationException)
        {
            throw Invalid("the document holds text that is not Unicode");
        }

        Check(request);
        return request;
    }

    private static void Check(object request)
    {
        switch (request)
        {
            case ApplyRequest apply:
                Check(apply);
                break;
            case RemoveRequest remove:
                CheckDeployment(remove.Deployment);
                break;
            case HealthRequest health:
                CheckDeployment(health.Deployment);
                Require(health.WaitSeconds is >= 0 and <= 30, "waitSeconds is 0 to 30");
                Require(health.HoldSeconds is >= 0 and <= 60, "holdSeconds is 0 to 60");
                break;
            case LogsRequest logs:
                CheckDeployment(logs.Deployment);
                Require(logs.Tail is >= 1 and <= 1000, "tail is 1 to 1000");
                break;
            case ExecTestRequest test:
                CheckDeployment(test.Deployment);
                Require(test.Text.Length is > 0 and <= TextMax, $"text has 1 to {TextMax} characters");
                Require(test.TimeoutSeconds is >= 1 and <= 300, "timeoutSeconds is 1 to 300");
                break;
            case HeartbeatRequest heartbeat:
                Require(Deployment().IsMatch(heartbeat.Vm), "vm is not an id (vm_…)");
                Require(
                    Uri.TryCreate(heartbeat.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
                    "url is an http or https address");
                break;
            case JobRequest job:
                Require(JobName().IsMatch(job.Name), "name is not [A-Za-z0-9][A-Za-z0-9_-]*, 100 characters at most");
                Require(Enum.IsDefined(job.Action), "action is none of start, poll, cancel, collect");
                Require((job.Action is JobAction.Start) == (job.Call is not null), "call is given with start, and only then");
                Require(job.Call?.Verb is not (VmVerb.Job or VmVerb.Heartbeat), "call.verb is not one that can be a job");
                Require(job.WaitSeconds is >= 0 and <= 20, "waitSeconds is 0 to 20");
                break;
            case PairBrowserRequest pair:
                CheckDeployment(pair.Deployment);
                Require(Guid.TryParseExact(pair.Request, "D", out _), "request is a UUID");
                break;
            case BrowsersRequest browsers:
                CheckDeployment(browsers.Deployment);
                break;
            case ValidateRequest validate:
                CheckDeployment(validate.Deployment);
                CheckImage(validate.Image);
                Require(validate.Config.Length is > 0 and <= FileMax, $"config has 1 to {FileMax} characters");
                break;
            case MeasureRequest measure:
                CheckDeployment(measure.Deployment);
                break;
            case VolumeRequest volume:
                Check(volume);
                break;
            case BackupRequest backup:
                Check(backup);
                break;
            case RestoreRequest restore:
                Check(restore);
                break;
        }
    }

    private static void Check(ApplyRequest apply)
    {
        CheckDeployment(apply.Deployment);
        Require(Enum.IsDefined(apply.Through), "through is none of prepare, configure, pull, start, route");
        Require(apply.Image is not null || apply.Through < ApplyStage.Pull, "image is needed from pull on");
        CheckImage(apply.Image);
        CheckLimits(apply.Limits);
        Require(apply.Runtime.Port is >= 1024 and <= 65535, "runtime.port is 1024 to 65535: the container cannot open lower ones");
        Require(ReadyPath().IsMatch(apply.Runtime.ReadyPath), "runtime.readyPath is an absolute path of letters, digits, . _ ~ -");
        CheckEnvironment(apply.Runtime.Environment);
        CheckFiles(apply.Files);
        CheckSecrets(apply.Secrets);
        Require(apply.Egress.Count <= EgressMax, $"egress has at most {EgressMax} entries");
        foreach (var entry in apply.Egress)
        {
            EgressRule.Parse(entry);
        }

        Require(apply.ReviveAfterSeconds is null or (>= 0 and <= 3600), "reviveAfterSeconds is 0 to 3600");
        if (apply.Route is { } route)
        {
            Require(IsHost(route.Host), "route.host is a lower-case DNS name");
            Require(Enum.IsDefined(route.Issuer), "route.issuer is internal or acme");
            Require(route.Email is null || (route.Email.Length <= 254 && Email().IsMatch(route.Email)), "route.email is a mail address");
        }
    }

    private static void CheckLimits(VmLimits limits)
    {
        Require(limits.MemoryMb is >= 16 and <= 1 << 20, "limits.memoryMb is 16 to 1048576");
        Require(limits.Cpus is >= 0.05 and <= 256, "limits.cpus is 0.05 to 256");
        CheckStorage(limits.StorageMb, "limits.storageMb");
        Require(limits.Pids is >= 16 and <= 32768, "limits.pids is 16 to 32768");
    }

    private static void CheckStorage(int megabytes, string name) =>
        Require(megabytes is >= 16 and <= 16 << 20, $"{name} is 16 to 16777216");

    private static void CheckEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        Require(environment.Count <= EnvironmentMax, $"runtime.environment has at most {EnvironmentMax} entries");
        foreach (var (name, value) in environment)
        {
            Require(EnvironmentName().IsMatch(name), "a name in runtime.environment is not [A-Za-z_][A-Za-z0-9_]*");
            Require(
                value.Length <= EnvironmentValueMax && !value.Contains('\0'),
                $"{name} in runtime.environment is too long or holds a NUL");
        }
    }

    private static void CheckFiles(IReadOnlyList<VmFile> files)
    {
        Require(files.Count <= FilesMax, $"files has at most {FilesMax} entries");
        Require(files.DistinctBy(file => file.Path).Count() == files.Count, "two files have the same path");
        foreach (var file in files)
        {
            var segments = file.Path.Split('/');
            Require(
                segments.Length <= 8 && segments.All(segment => segment is not ("." or "..") && PathSegment().IsMatch(segment)),
                "a path in files is not relative, at most 8 deep, of letters, digits, . _ - (and does not begin with -)");
            Require(file.Content.Length <= FileMax, $"{file.Path} is larger than {FileMax >> 10} KB");
        }
    }

    private static void CheckSecrets(IReadOnlyList<VmSecret>? secrets)
    {
        Require(secrets is null || secrets.Count <= SecretsMax, $"secrets has at most {SecretsMax} entries");
        Require(secrets is null || secrets.DistinctBy(secret => secret.Name).Count() == secrets.Count, "two secrets have the same name");
        foreach (var secret in secrets ?? [])
        {
            Require(SecretName().IsMatch(secret.Name), "a name in secrets is not [a-z][a-z0-9-]*");
            Require(secret.Value.Length is > 0 and <= SecretMax, $"the secret {secret.Name} is empty or larger than {SecretMax >> 10} KB");
        }
    }

    private static void CheckImage(string? image) => Require(
        image is null || (image.Length <= 512 && Image().IsMatch(image)), "image is registry/repository@sha256:digest");

    private static void CheckDeployment(string deployment) => Require(Deployment().IsMatch(deployment), "deployment is not an id (dep_…)");

    internal static bool IsHost(string name) => name.Length <= 253 && Host().IsMatch(name);

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw Invalid(message);
        }
    }

    // \z and not $: the latter lets a final newline through.
    [GeneratedRegex(@"\A[a-z]{2,8}_[0-9A-Za-z]{1,32}\z")]
    private static partial Regex Deployment();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,99}\z")]
    private static partial Regex JobName();

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+@sha256:[0-9a-f]{64}\z")]
    private static partial Regex Image();

    [GeneratedRegex(@"\A/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}/?){0,8}\z")]
    private static partial Regex ReadyPath();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z")]
    private static partial Regex EnvironmentName();

    [GeneratedRegex(@"\A[A-Za-z0-9._][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex PathSegment();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,62}\z")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"\A[A-Za-z0-9._%+][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,63}\z")]
    private static partial Regex Email();
}
