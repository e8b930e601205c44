using System.Globalization;
using System.Net.Sockets;
using Launchpad.Local.Processes;
using Launchpad.Local.Registry;

namespace Launchpad.Local.Stacks;

/// <summary>The programs that the pocket cloud is made of besides itself: Azurite, docker-registry, and dockerd where none runs.</summary>
internal static class Neighbours
{
    public static ChildProgram Azurite(Home home, Ports ports)
    {
        var program = Path.Combine(Home.Npm, "azurite", "dist", "src", "azurite.js");
        if (!File.Exists(program))
        {
            throw new StackException("Azurite is not installed: run `npm ci` in infra/local/npm.");
        }

        var data = home.Azurite;
        Directory.CreateDirectory(data);
        string[] arguments =
        [
            program, "--location", data, "--silent", "--skipApiVersionCheck", "--loose", "--disableTelemetry",
            "--blobHost", "127.0.0.1", "--blobPort", Text(ports.AzuriteBlob), "--blobKeepAliveTimeout", "60",
            "--queueHost", "127.0.0.1", "--queuePort", Text(ports.AzuriteQueue), "--queueKeepAliveTimeout", "60",
            "--tableHost", "127.0.0.1", "--tablePort", Text(ports.AzuriteTable), "--tableKeepAliveTimeout", "60",
        ];
        return Program("azurite", PlainEnvironment.Find("node", "install Node 20 or newer"), arguments, home.Root, home) with
        {
            Build = File.GetLastWriteTimeUtc(program).Ticks.ToString(CultureInfo.InvariantCulture),
            Ports = [ports.AzuriteBlob, ports.AzuriteQueue, ports.AzuriteTable],
            IsReady = async token => await AnswersAsync(ports.AzuriteBlob, token) && await AnswersAsync(ports.AzuriteQueue, token)
                && await AnswersAsync(ports.AzuriteTable, token),
        };
    }

    public static ChildProgram Registry(Home home, Ports ports)
    {
        var configuration = Path.Combine(home.Run, "registry.yml");
        var wanted = RegistryService.Configuration(home, ports);
        if (!File.Exists(configuration) || File.ReadAllText(configuration) != wanted)
        {
            File.WriteAllText(configuration, wanted);
        }

        // Uploads go on across a restart, and on whichever stack's registry continues them.
        var environment = PlainEnvironment.Copy();
        environment["REGISTRY_HTTP_SECRET"] = Convert.ToHexStringLower(SecretKey.LoadOrCreate(Path.Combine(home.Cache, "registry.key")));
        var path = PlainEnvironment.Find("docker-registry", "apt install docker-registry");
        return Program("registry", path, ["serve", configuration], home.Root, home) with
        {
            Environment = environment,
            Build = wanted,
            Ports = [ports.RegistryBackend],
            IsReady = token => AnswersAsync(ports.RegistryBackend, token),
        };
    }

    /// <summary>A daemon of our own, shared by all stacks of this machine, its data in the cache.</summary>
    public static ChildProgram DockerDaemon(Home home)
    {
        var folder = Path.Combine(home.Cache, "docker");
        Directory.CreateDirectory(folder);
        var docker = OwnDocker(home);
        string[] arguments =
        [
            "--data-root", Path.Combine(folder, "data"), "--exec-root", Path.Combine(folder, "exec"),
            "--pidfile", Path.Combine(folder, "docker.pid"), "--host", "unix://" + docker.Socket, "--bip", "172.29.0.1/24",
        ];
        return Program("dockerd", PlainEnvironment.Find("dockerd", "apt install docker.io"), arguments, folder, home) with
        {
            LogPath = Path.Combine(folder, "dockerd.log"),
            RecordPath = DockerRecordPath(home),
            IsReady = docker.AnswersAsync,
            StopMax = TimeSpan.FromSeconds(60),
            SharedLockPath = Path.Combine(folder, "dockerd.lock"),
            Traces = [Path.Combine(folder, "docker.pid")],
        };
    }

    public static Docker OwnDocker(Home home) => new(Path.Combine(home.Cache, "docker", "docker.sock"));

    public static string RecordPath(Home home, string name) => Path.Combine(home.Run, name + ".json");

    public static string DockerRecordPath(Home home) => Path.Combine(home.Cache, "docker", "dockerd.json");

    private static ChildProgram Program(string name, string path, IReadOnlyList<string> arguments, string directory, Home home) =>
        new(name, path, arguments)
        {
            Environment = PlainEnvironment.Copy(),
            Directory = directory,
            LogPath = Path.Combine(home.Logs, name + ".log"),
            RecordPath = RecordPath(home, name),
            IsReady = _ => Task.FromResult(true),
        };

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
