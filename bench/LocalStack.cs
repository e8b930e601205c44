using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.Bench;

/// <summary>The product in a home of its own, as `./launchpad up` starts it, with the real bot's image ready.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Launchpad.Local.dll");

    private readonly string home = Directory.CreateTempSubdirectory("launchpad-bench-").FullName;
    private Process? up;

    private IReadOnlyDictionary<string, string> environment = new Dictionary<string, string>();

    private string[] arguments = [];

    public string CaPath => Path.Combine(home, "tls", "ca.pem");

    /// <summary>Of a socket that machines of this home see too, in a folder of theirs.</summary>
    public string SocketPath(string name) => Path.Combine(home, "sockets", name);

    public Uri ControlPlane { get; private set; } = new("http://localhost/");

    /// <param name="say">Told what goes on.</param>
    /// <param name="environment">Of the program, beside what is there.</param>
    /// <param name="arguments">Of `up`.</param>
    public static async Task<LocalStack> StartAsync(
        Action<string> say, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var stack = new LocalStack();
        stack.arguments = arguments;
        stack.environment = environment ?? stack.environment;
        try
        {
            say("Building what is not cached yet, and starting …");
            await stack.UpAsync();
            await stack.PreparedAsync();
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns as soon as the API answers; bots need <see cref="PreparedAsync"/> too.</summary>
    public async Task UpAsync()
    {
        up?.Dispose();
        up = Start(["up", "--json", .. arguments]);
        var said = JsonNode.Parse(await up.StandardOutput.ReadLineAsync() ?? "{}");
        ControlPlane = said?["addresses"]?["api"] is { } address
            ? new Uri(new Uri((string)address!), "/")
            : throw new InvalidOperationException($"up did not start: {said?["error"]}");
    }

    public async Task PreparedAsync()
    {
        while (!(bool)(await StatusAsync())["prepared"]!)
        {
            await Task.Delay(250);
        }
    }

    public Task DownAsync() => RunAsync("down");

    /// <summary>What a program on the one machine says; as root there.</summary>
    public async Task<string> OnMachineAsync(string script, params string[] arguments)
    {
        var machines = await DockerAsync("ps", "--filter", $"label=launchpad.home={home}", "--format", "{{.Names}}");
        return await DockerAsync(["exec", machines.Split('\n')[0], "bash", "-c", script, "bench", .. arguments]);
    }

    private static async Task<string> DockerAsync(params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true })!;
        var said = await docker.StandardOutput.ReadToEndAsync();
        await docker.WaitForExitAsync();
        return docker.ExitCode == 0 ? said.Trim() : throw new InvalidOperationException($"docker {arguments[0]} ended with {docker.ExitCode}.");
    }

    /// <summary>The pocket cloud, the host of the functions, and the app that it runs.</summary>
    public async Task<int[]> ProcessesAsync()
    {
        var host = (int)(await StatusAsync())["children"]!["control-plane"]!;
        var threads = Directory.EnumerateDirectories($"/proc/{host}/task");
        return
        [
            up!.Id, host,
            .. threads.SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, null)),
        ];
    }

    public async Task<DemoReport> DemoAsync() =>
        JsonSerializer.Deserialize((await RunAsync("demo", "--json")).Trim().Split('\n')[^1], DemoJson.Default.DemoReport)!;

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down", "--erase");
        up?.Dispose();
    }

    private async Task<JsonNode> StatusAsync() => JsonNode.Parse(await RunAsync("status", "--json"))!;

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}.");
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments, "--home", home]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
