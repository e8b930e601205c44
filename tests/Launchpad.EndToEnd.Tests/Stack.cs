using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Launchpad.Local;
using Launchpad.Local.Demo;
using Launchpad.Local.ResourceManager;

// Most of the time is waiting: each stack has its tests one after the other, and the stacks run side by side.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace Launchpad.EndToEnd.Tests;

/// <summary>The whole product as `./launchpad up` starts it: real processes, a home of its own, killed and started again as a test
/// wishes.</summary>
public sealed class Stack(int slot, string image) : IAsyncDisposable
{
    private const string HomeLabel = "launchpad.home";

    public const string MasterKey = "master-key-of-the-end-to-end-tests";
    private const string StorageKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(15);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Launchpad.Local.dll");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("launchpad-e2e-");
    private readonly HttpClient admin = new() { Timeout = TimeSpan.FromSeconds(150) };
    private readonly HashSet<string> overlooked = [];
    private Process? up;

    public Ports Ports { get; } = Ports.ForSlot(slot);

    public string Home => Path.Combine(folder.FullName, "home");

    public string CaPath => Path.Combine(Home, "tls", "ca.pem");

    public Uri ControlPlane => new($"http://127.0.0.1:{Ports.ControlPlane}/");

    public static CancellationToken Within(double minutes) => new CancellationTokenSource(TimeSpan.FromMinutes(minutes)).Token;

    public TableClient Table(string name) => new(
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={StorageKey};"
        + $"TableEndpoint=http://127.0.0.1:{Ports.Table}/devstoreaccount1;", name);

    /// <summary>Starts, or starts again: what a kill left is adopted. Returns once bots can be started.</summary>
    /// <param name="settings">`NAME=VALUE` for the control plane.</param>
    public async Task UpAsync(params string[] settings)
    {
        var arguments = new List<string>
        {
            "up", "--json", "--home", Home, "--slot", $"{slot}", "--image", image,
            "--set", $"AzureFunctionsJobHost__MasterKey={MasterKey}", "--set", "Rollouts__HealthWindow=00:00:03",
        };
        foreach (var setting in settings)
        {
            arguments.AddRange(["--set", setting]);
        }

        up = Start(arguments);
        up.ErrorDataReceived += (_, line) => Keep(line.Data);
        up.BeginErrorReadLine();
        var said = await up.StandardOutput.ReadLineAsync(new CancellationTokenSource(StartMax).Token);
        if (said is null || !(bool)JsonNode.Parse(said)!["ok"]!)
        {
            var log = await File.ReadAllTextAsync(LogPath);
            await DisposeAsync();
            throw new InvalidOperationException($"up did not start: {log}");
        }

        while (!(bool)(await StatusAsync())["prepared"]!)
        {
            await Task.Delay(500);
        }
    }

    public async Task<JsonNode> StatusAsync()
    {
        using var status = Start(["status", "--json", "--home", Home]);
        status.BeginErrorReadLine();
        var said = await status.StandardOutput.ReadToEndAsync();
        await status.WaitForExitAsync();
        return JsonNode.Parse(said)!;
    }

    /// <summary>`demo --json` on this stack.</summary>
    public async Task<DemoReport> DemoAsync()
    {
        using var demo = Start(["demo", "--json", "--home", Home]);
        demo.ErrorDataReceived += (_, line) => Keep(line.Data);
        demo.BeginErrorReadLine();
        var said = await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();
        return demo.ExitCode == 0
            ? JsonSerializer.Deserialize(said.Trim().Split('\n')[^1], DemoJson.Default.DemoReport)!
            : throw new InvalidOperationException($"demo ended with {demo.ExitCode}: {await File.ReadAllTextAsync(LogPath)}");
    }

    public async Task<int> ControlPlanePidAsync() => (int)(await StatusAsync())["children"]!["control-plane"]!;

    public async Task KillControlPlaneAsync() => await SignalAsync(await ControlPlanePidAsync(), "KILL");

    /// <summary>As a power switch would, for this one process: what it started goes on.</summary>
    public async Task KillPocketCloudAsync()
    {
        up!.Kill();
        await up.WaitForExitAsync();
    }

    public static async Task SignalAsync(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until the control plane froze itself after the event it was told, or until <paramref name="other"/> is true and it
    /// did not freeze a moment later either: the last events of a saga follow what can be seen of its end.</summary>
    public static async Task<bool> FreezesAsync(int pid, Func<Task<bool>> other, CancellationToken ct)
    {
        while (!await IsFrozenAsync(pid, ct))
        {
            if (await other())
            {
                await Task.Delay(500, ct);
                return await IsFrozenAsync(pid, ct);
            }

            await Task.Delay(20, ct);
        }

        return true;
    }

    /// <summary>The one process that this one has started.</summary>
    public static async Task<int> ChildOfAsync(int pid)
    {
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
        {
            if (await File.ReadAllTextAsync(Path.Combine(thread, "children")) is { Length: > 0 } children)
            {
                return int.Parse(children.Split(' ')[0], null);
            }
        }

        throw new InvalidOperationException($"Process {pid} has started no other.");
    }

    private static async Task<bool> IsFrozenAsync(int pid, CancellationToken ct)
    {
        try
        {
            return (await File.ReadAllTextAsync($"/proc/{pid}/stat", ct)).Split(')')[^1].TrimStart()[0] == 'T';
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
    }

    /// <summary>False while the control plane is being started.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            using var answer = await admin.GetAsync(new Uri(ControlPlane, "api/health"), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Customer NewCustomer() => Customer.Of(ControlPlane);

    /// <summary>Runs a timer now, as an operator who does not want to wait would.</summary>
    public async Task FireAsync(string timer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(ControlPlane, $"admin/functions/{timer}"))
        {
            Content = JsonContent.Create(new { input = (object?)null }),
        };
        request.Headers.Add("x-functions-key", MasterKey);
        using var answer = await admin.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    public async Task SetFaultsAsync(params object[] rules)
    {
        using var answer = await admin.PutAsJsonAsync(new Uri($"http://127.0.0.1:{Ports.Admin}/faults"), new { seed = 1, rules });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>How often the rules that are set now struck.</summary>
    public async Task<int> FaultHitsAsync()
    {
        using var report = JsonDocument.Parse(await admin.GetStringAsync(new Uri($"http://127.0.0.1:{Ports.Admin}/faults")));
        return report.RootElement.GetProperty("rules").EnumerateArray().Sum(rule => rule.GetProperty("hits").GetInt32());
    }

    public async Task<IReadOnlyList<(string Service, string Method, string Path)>> SeenCallsAsync()
    {
        using var report = JsonDocument.Parse(await admin.GetStringAsync(new Uri($"http://127.0.0.1:{Ports.Admin}/faults")));
        return
        [
            .. report.RootElement.GetProperty("calls").EnumerateArray().Select(call => (
                call.GetProperty("service").GetString()!, call.GetProperty("method").GetString()!, call.GetProperty("path").GetString()!)),
        ];
    }

    /// <summary>From the vault, as the control plane itself reads it.</summary>
    public async Task<string> SecretAsync(string name)
    {
        using var vault = await AuthorizedAsync(Ports.KeyVault, "https://vault.azure.net");
        return (string)(await vault.Http.GetFromJsonAsync<JsonNode>($"secrets/{name}?api-version=7.6"))!["value"]!;
    }

    /// <summary>How many cores the region has; as an operator asks Azure for more.</summary>
    public async Task SetCoresAsync(int cores)
    {
        using var arm = await AuthorizedAsync(Ports.ResourceManager, Arm.Audience);
        using var answer = await arm.Http.PutAsJsonAsync(
            $"subscriptions/{Arm.Subscription}/providers/Microsoft.Compute/locations/{Arm.Location}/providers/Microsoft.Quota/quotas/cores"
            + "?api-version=2023-02-01",
            new { properties = new { limit = new { limitObjectType = "LimitValue", value = cores } } });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<BotDoor> AuthorizedAsync(int port, string resource)
    {
        using var identity = new HttpRequestMessage(
            HttpMethod.Get, $"http://127.0.0.1:{Ports.Admin}/msi/token?api-version=2019-08-01&resource={resource}");
        var header = await File.ReadAllBytesAsync(Path.Combine(Home, "cloud", "identity-header.key"));
        identity.Headers.Add("X-IDENTITY-HEADER", Convert.ToHexStringLower(header));
        using var granted = await admin.SendAsync(identity);
        var token = (string)(await granted.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
        var service = new BotDoor(new Uri($"https://localhost:{port}/"), CaPath);
        service.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return service;
    }

    /// <summary>Waits until no orchestration goes on.</summary>
    public async Task SettledAsync()
    {
        for (var ct = Within(2); ; await Task.Delay(200, ct))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ControlPlane, "admin/instances?status=Running,Pending"));
            request.Headers.Add("x-functions-key", MasterKey);
            using var answer = await admin.SendAsync(request, ct);
            answer.EnsureSuccessStatusCode();
            if ((await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!["instances"]!.AsArray().Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>The engine's own account of an instance.</summary>
    public async Task<JsonNode> InstanceAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ControlPlane, $"admin/instances/{id}"));
        request.Headers.Add("x-functions-key", MasterKey);
        using var answer = await admin.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>Containers of this stack on the host: its machines.</summary>
    public async Task<string[]> MachinesAsync() =>
        Lines(await DockerAsync("ps", "--filter", $"label={HomeLabel}={Home}", "--format", "{{.Names}}"));

    /// <summary>Runs a program on a machine as root, as an operator with a console would.</summary>
    public static Task<string> OnMachineAsync(string machine, params string[] command) => DockerAsync(["exec", machine, .. command]);

    /// <summary>From now on, those that machines run do not count.</summary>
    public async Task OverlookBotsAsync()
    {
        overlooked.Clear();
        overlooked.UnionWith(await BotsAsync());
    }

    /// <summary>What every machine runs for deployments: one entry per container.</summary>
    public async Task<IReadOnlyList<string>> BotsAsync()
    {
        var bots = new List<string>();
        foreach (var machine in await MachinesAsync())
        {
            bots.AddRange(Lines(await OnMachineAsync(
                machine, "docker", "ps", "-a", "--filter", "label=launchpad.deployment", "--format", "{{.Label \"launchpad.deployment\"}}")));
        }

        return [.. bots.Where(bot => !overlooked.Contains(bot))];
    }

    public static async Task<string> DockerAsync(params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (docker.StandardOutput.ReadToEndAsync(), docker.StandardError.ReadToEndAsync());
        await docker.WaitForExitAsync();
        return docker.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException($"docker {arguments[0]}: {await error}");
    }

    public async ValueTask DisposeAsync()
    {
        string[] erase = Environment.GetEnvironmentVariable("LAUNCHPAD_KEEP") is null ? ["--erase"] : [];
        using (var down = Start(["down", "--home", Home, .. erase]))
        {
            down.BeginErrorReadLine();
            await down.StandardOutput.ReadToEndAsync();
            await down.WaitForExitAsync();
        }

        admin.Dispose();
        up?.Dispose();
        if (erase is not [] && Directory.Exists(folder.FullName))
        {
            folder.Delete(recursive: true);
        }
    }

    private string LogPath => Path.Combine(folder.FullName, "up.log");

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Process Start(IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private void Keep(string? line)
    {
        lock (folder)
        {
            File.AppendAllText(LogPath, line + "\n");
        }
    }
}

/// <summary>One stack for all tests of a collection, which leave it as they found it.</summary>
public abstract class StackFixture(int slot) : IAsyncLifetime
{
    public Stack Stack { get; } = new(slot, image: "tiny");

    public Task InitializeAsync() => Stack.UpAsync();

    public async Task DisposeAsync() => await Stack.DisposeAsync();
}

/// <summary>A test that counts what machines run: a bot that an earlier test failed over is not its own.</summary>
public abstract class OnSharedStackTests(StackFixture fixture) : IAsyncLifetime
{
    private protected readonly Stack stack = fixture.Stack;

    public async Task InitializeAsync()
    {
        await stack.SetFaultsAsync();
        await stack.OverlookBotsAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

[CollectionDefinition(Name)]
public sealed class OnOneStack : ICollectionFixture<OnOneStack.Fixture>
{
    public const string Name = "one stack";

    public sealed class Fixture() : StackFixture(slot: 7);
}

/// <summary>Beside the others, because changes of version mostly wait.</summary>
[CollectionDefinition(Name)]
public sealed class OnRolloutStack : ICollectionFixture<OnRolloutStack.Fixture>
{
    public const string Name = "rollout stack";

    public sealed class Fixture() : StackFixture(slot: 9);
}
