using System.Diagnostics;
using System.Globalization;
using Launchpad.Local.Certificates;
using Launchpad.Local.Mail;
using Launchpad.Local.Models;
using Launchpad.Local.Processes;
using Launchpad.Local.ResourceManager;
using Launchpad.Local.Storage;

namespace Launchpad.Local.Stacks;

/// <summary>The published functions app under its host, as a child: nothing but ordinary application settings, every one of which an
/// operator could set on Azure.</summary>
internal static class ControlPlaneProgram
{
    public const string MasterKeySetting = "AzureFunctionsJobHost__MasterKey";

    private static readonly string[] TelemetryNames =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_METRIC_EXPORT_INTERVAL"];

    /// <summary>Output folders of one build lie beside each other: bin/project/configuration.</summary>
    private static readonly string Outputs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));

    private static readonly string Configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>The folder that is also what goes to Azure.</summary>
    public static string DefaultPath => Path.GetFullPath(Path.Combine(Outputs, "..", "publish", "Launchpad.Functions", Configuration));

    /// <summary>The program of whoever restores a control plane.</summary>
    public static string OperatorPath => Output("Launchpad.ControlPlane", "Launchpad.ControlPlane.dll");

    public static string ImagesPath => Output("Launchpad.Images", "Launchpad.Images.dll");

    public static ChildProgram Create(UpArguments up, CloudContext cloud, int machineSshPort)
    {
        var (program, arguments, folder) = CommandLine(up.ControlPlane!);
        var settings = PlainEnvironment.Copy();
        foreach (var (name, value) in Settings(up.Image ?? "openclaw", cloud, machineSshPort).Concat(up.Settings))
        {
            settings[name] = value;
        }

        var health = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{cloud.Ports.ControlPlane}/api/health"));
        return new ChildProgram("control-plane", program, arguments)
        {
            Environment = settings,
            Directory = folder,
            LogPath = Path.Combine(cloud.Home.Logs, "control-plane.log"),
            RecordPath = Neighbours.RecordPath(cloud.Home, "control-plane"),
            Ports = [cloud.Ports.ControlPlane],
            Build = NewestIn(folder, Path.GetDirectoryName(HostPath)!),
            IsReady = token => IsHealthyAsync(health, token),
        };
    }

    /// <summary>The same program asked only to replay what is live in the home: it connects to nothing, so it needs no stack.</summary>
    public static ProcessStartInfo Replay(string path, Home home)
    {
        var (program, arguments, folder) = CommandLine(path);
        var start = new ProcessStartInfo(program, [.. arguments, "--replay"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.Environment.Clear();
        foreach (var (name, value) in PlainEnvironment.Copy())
        {
            start.Environment[name] = value;
        }

        start.Environment["Storage__ConnectionString"] = StorageService.ConnectionString(Ports.ForSlot(0));
        foreach (var (name, value) in Engine(home))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static string HostPath => Output("Launchpad.Host", "Launchpad.Host.dll");

    // A published app runs under the host; anything else is a program that a test puts in its place.
    private static (string Program, string[] Arguments, string Folder) CommandLine(string path) =>
        Directory.Exists(path) ? (PlainEnvironment.Find("dotnet", "install the .NET 10 SDK"), [HostPath, "--app", path], path)
        : File.Exists(path) ? (path, [], Path.GetDirectoryName(path)!)
        : throw new StackException($"There is no control plane at {path}: publish functions, or say --control-plane PATH.");

    // The store of the engine on one machine; where it is outgrown this says AzureStorage, the default of host.json.
    private static Dictionary<string, string> Engine(Home home) => new()
    {
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"] = "Sqlite",
        ["Durable__Directory"] = home.Durable,
    };

    // Whoever starts a stack may have it tell a collector what it does.
    private static IEnumerable<KeyValuePair<string, string>> Telemetry() =>
        from name in TelemetryNames
        let value = Environment.GetEnvironmentVariable(name)
        where !string.IsNullOrEmpty(value)
        select KeyValuePair.Create(name, value);

    private static string Output(string project, string file) => Path.Combine(Outputs, project, Configuration, file);

    /// <summary>Opens what the host tells of itself and does at once.</summary>
    public static string MasterKey(Home home) => Convert.ToHexStringLower(SecretKey.LoadOrCreate(home.KeyPath("master")));

    /// <summary>Where storage, vault and machines are, and as whom they are asked: what a program of an operator needs too.</summary>
    public static Dictionary<string, string> Surroundings(Home home, Ports ports) => new()
    {
        ["Storage__ConnectionString"] = StorageService.ConnectionString(ports),
        ["Backups__StoreUri"] = "http://10.254.0.1:9002/" + StorageService.Account,
        ["IDENTITY_ENDPOINT"] = Local("http://127.0.0.1", ports.Admin) + "/msi/token",
        ["IDENTITY_HEADER"] = Convert.ToHexStringLower(SecretKey.LoadOrCreate(home.KeyPath("identity-header"))),
        ["SSL_CERT_FILE"] = Path.Combine(home.Tls, CertificateAuthority.Bundle),
        ["KeyVault__Uri"] = Local("https://localhost", ports.KeyVault) + "/",
        ["KeyVault__DisableChallengeResourceVerification"] = "true",
        ["Azure__ArmEndpoint"] = Local("https://localhost", ports.ResourceManager) + "/",
        ["Azure__ArmAudience"] = Arm.Audience,
        ["Azure__SubscriptionId"] = Arm.Subscription,
        ["Azure__ResourceGroup"] = Arm.Group,
        ["Azure__Location"] = Arm.Location,
        ["Azure__DnsZone"] = Arm.Zone,
        ["Azure__ImageId"] = "debian:debian-12:12-gen2:latest",
    };

    private static Dictionary<string, string> Settings(string image, CloudContext cloud, int machineSshPort)
    {
        var (home, ports) = (cloud.Home, cloud.Ports);
        return new Dictionary<string, string>(Engine(home).Concat(Telemetry()).Concat(Surroundings(home, ports)))
        {
            ["ASPNETCORE_URLS"] = Local("http://127.0.0.1", ports.ControlPlane),
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["AzureWebJobsStorage"] = StorageService.ConnectionString(ports),
            [MasterKeySetting] = MasterKey(home),
            ["Stripe__ApiBase"] = Local("http://127.0.0.1", ports.Stripe),
            ["Stripe__ApiKeySecret"] = "stripe-api-key",
            ["Stripe__WebhookSecret"] = "stripe-webhook-secret",
            ["Mail__Server"] = "localhost",
            ["Mail__Port"] = ports.Mail.ToString(CultureInfo.InvariantCulture),
            ["Mail__User"] = MailService.User,
            ["Mail__PasswordSecret"] = MailService.PasswordName,
            ["Mail__From"] = "launchpad@localhost.example",
            ["Webhooks__AllowedNetworks"] = "127.0.0.0/8,::1/128",
            ["Images__Registry"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports.Registry}"),
            ["Images__Scheme"] = "http",
            ["Images__Repository"] = "launchpad/" + image,
            ["Images__Tag"] = image == "tiny" ? "1.0.0" : "2026.9.6",
            ["Images__PublicKeyPem"] = ImageKey(home),
            ["Models__BaseUrl"] = "http://10.254.0.1:9000/v1",
            ["Models__CatalogUrl"] = $"http://127.0.0.1:{ports.Models}/v1",
            ["Models__Model"] = ModelService.DefaultModel,
            ["Models__ApiKeySecret"] = ModelService.KeySecret,
            ["Routing__Domain"] = Arm.Zone,
            ["Routing__PublicPort"] = ports.FrontDoor.ToString(CultureInfo.InvariantCulture),
            ["Routing__Issuer"] = "internal",
            // Long enough to think better of it, short enough to watch it end.
            ["Rollouts__UndoWindow"] = "00:02:00",
            ["Rollouts__Rehearsals"] = "broken-with-channels",
            ["Vms__ProgramPath"] = TenantProgram(),
            ["Vms__SshPort"] = machineSshPort.ToString(CultureInfo.InvariantCulture),
            ["Vms__ControlPlane"] = "http://10.254.0.1:9001",
            // All who use it come from the same address, and pay with the same few test cards.
            ["Abuse__SignUps"] = "100000",
            ["Abuse__Checkouts"] = "100000",
            ["Abuse__AccountsOfCard"] = "100000",
            ["Abuse__TrialsOfCard"] = "100000",
            // Names under localhost are known to browsers, not to every resolver.
            ["Health__PublicVia"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports.FrontDoor}"),
            ["Site__BaseUrl"] = Local("http://localhost", ports.Site),
        };
    }

    public static string ImageKeyPath(Home home) => Path.Combine(home.Cache, "signing", "image.pub");

    private static string ImageKey(Home home) => File.Exists(ImageKeyPath(home)) ? File.ReadAllText(ImageKeyPath(home)) : "";

    // The publish folder is named after configuration and platform; the newest is the one that was built last.
    private static string TenantProgram()
    {
        var published = Path.GetFullPath(Path.Combine(Outputs, "..", "publish", "Launchpad.Vm"));
        return Directory.Exists(published)
            ? Directory.EnumerateFiles(published, "launchpad-vm", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc) ?? ""
            : "";
    }

    // The program's own file stays as it is when only a library beside it was built again.
    private static string NewestIn(params string[] folders) => folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll"))
        .Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max().Ticks.ToString(CultureInfo.InvariantCulture);

    private static string Local(string origin, int port) => string.Create(CultureInfo.InvariantCulture, $"{origin}:{port}");

    private static async Task<bool> IsHealthyAsync(Uri health, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await client.GetAsync(health, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception silent) when (silent is HttpRequestException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
