using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Local;
using Launchpad.Local.Demo;

// Most of the time is waiting: each stack has its tests one after the other, and the stacks run side by side.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Launchpad.EndToEnd.Tests;

/// <summary>The whole product as `./launchpad up` starts it: real processes, a home of its own, killed and started again as a test
/// wishes.</summary>
public sealed partial class Stack(int slot, string image) : IAsyncDisposable
{
    public const string MasterKey = "master-key-of-the-end-to-end-tests";
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(15);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Launchpad.Local.dll");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("launchpad-e2e-");
    private readonly HttpClient admin = new() { Timeout = TimeSpan.FromSeconds(150) };
    private Process? up;

    public Ports Ports { get; } = Ports.ForSlot(slot);

    public string Home => Path.Combine(folder.FullName, "home");

    public string CaPath => Path.Combine(Home, "tls", "ca.pem");

    public Uri ControlPlane => new($"http://127.0.0.1:{Ports.ControlPlane}/");

    /// <summary>What a browser is pointed at.</summary>
    public Uri Site => new($"http://localhost:{Ports.Site}/");

    public static CancellationToken Within(double minutes) => new CancellationTokenSource(TimeSpan.FromMinutes(minutes)).Token;

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

        await PreparedAsync();
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

    /// <summary>Another app takes the place of the one that runs, under the same host.</summary>
    public async Task ForgetAsync()
    {
        await Processes.SignalAsync(await Processes.ChildOfAsync(await ControlPlanePidAsync()), "KILL");
        for (var ct = Within(1); ; await Task.Delay(200, ct))
        {
            try
            {
                using var answer = await admin.GetAsync(new Uri(ControlPlane, "api/plans"), ct);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It is not there yet.
            }
        }
    }

    /// <summary>As a power switch would, for this one process: what it started goes on.</summary>
    public async Task KillPocketCloudAsync()
    {
        up!.Kill();
        await up.WaitForExitAsync();
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

    /// <summary>Looks where `status` does: a process each time would take what the start itself needs.</summary>
    private async Task PreparedAsync()
    {
        var record = Path.Combine(Home, "run", "cloud.json");
        while (!(bool)JsonNode.Parse(await File.ReadAllTextAsync(record))!["prepared"]!)
        {
            Assert.False(up!.HasExited, "up ended before bots could be started");
            await Task.Delay(500);
        }
    }

    private string LogPath => Path.Combine(folder.FullName, "up.log");

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
