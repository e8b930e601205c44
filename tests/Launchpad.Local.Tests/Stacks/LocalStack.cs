using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Tests.Stacks;

/// <summary>The program Launchpad.Local as a person runs it: verbs, processes, signals, a home and a cache of its own.</summary>
public sealed class LocalStack : IAsyncDisposable
{
    private static readonly Lock Choosing = new();
    private static readonly HashSet<int> Chosen = [];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("launchpad-stack-");
    private readonly StringBuilder _said = new();
    private Process? _up;

    public LocalStack()
    {
        Slot = ChooseSlot();
        Ports = Ports.ForSlot(Slot);
        Home = new Home(Path.Combine(_directory.FullName, "home"), Path.Combine(_directory.FullName, "cache"));
    }

    public int Slot { get; }

    public Ports Ports { get; }

    public Home Home { get; }

    /// <summary>What the person sees.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Returns the JSON line that says that everything answers.</summary>
    public async Task<JsonNode> UpAsync(params string[] options)
    {
        var ready = new TaskCompletionSource<string?>();
        _up = Start(["up", "--slot", $"{Slot}", "--json", .. options]);
        _up.OutputDataReceived += (_, line) => ready.TrySetResult(line.Data);
        _up.ErrorDataReceived += (_, line) => Hear(line.Data);
        _up.BeginOutputReadLine();
        _up.BeginErrorReadLine();
        var said = await ready.Task.WaitAsync(Patience);
        return said is null ? throw new InvalidOperationException("up ended: " + Said) : JsonNode.Parse(said)!;
    }

    /// <summary>Runs a verb to its end.</summary>
    public async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await errors);
    }

    public async Task<JsonNode> StatusAsync() => JsonNode.Parse((await RunAsync("status", "--json")).Output)!;

    /// <summary>As a service manager does. Not with the interrupt of Ctrl-C: whoever runs the tests in the background has that ignored, and
    /// children inherit it.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_up!.Id}"]);
        using var patience = new CancellationTokenSource(Patience);
        await _up.WaitForExitAsync(patience.Token);
        return _up.ExitCode;
    }

    public async Task KillAsync()
    {
        _up!.Kill();
        await _up.WaitForExitAsync();
    }

    /// <summary>Waits for words that are on their way.</summary>
    public async Task HearsAsync(string words)
    {
        var watch = Stopwatch.StartNew();
        while (!Said.Contains(words, StringComparison.Ordinal))
        {
            Assert.True(watch.Elapsed < Patience, $"'{words}' was not said: {Said}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_up is { HasExited: false })
        {
            await StopAsync();
        }

        await RunAsync("down");
        _up?.Dispose();
        _directory.Delete(recursive: true);
        lock (Choosing)
        {
            Chosen.Remove(Slot);
        }
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Cloud).Assembly.Location, .. arguments, "--home", Home.Root])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LAUNCHPAD_CACHE"] = Home.Cache;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private void Hear(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }

    // From the last slot down, past those of stacks that run on this machine.
    private static int ChooseSlot()
    {
        lock (Choosing)
        {
            var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
            var slot = Enumerable.Range(1, Ports.LastSlot).Reverse()
                .First(slot => !Chosen.Contains(slot) && !AllPorts(Ports.ForSlot(slot)).Any(taken.Contains));
            Chosen.Add(slot);
            return slot;
        }
    }

    private static IEnumerable<int> AllPorts(Ports ports) => typeof(Ports).GetProperties()
        .Where(property => property.PropertyType == typeof(int) && property.Name != nameof(Ports.Slot))
        .Select(property => (int)property.GetValue(ports)!);
}
