using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace Launchpad.Bench;

/// <summary>The bench's app under its host: two processes, as an operator has them.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private const int LinesMax = 20;

    private readonly Process _host;
    private readonly HttpClient _http;
    private readonly ConcurrentQueue<string> _said = new();

    private BenchHost(Process host, string address)
    {
        _host = host;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(new Uri(address), "api/"),
            Timeout = TimeSpan.FromMinutes(20),
        };
        _ = ReadOnAsync();
    }

    /// <summary>Output folders of one build lie beside each other: bin/project/configuration.</summary>
    public static string Output(string project)
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(own, "..", "..", project, Path.GetFileName(own)));
    }

    public static async Task<BenchHost> StartAsync(string storage, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(Output("Launchpad.Host"), "Launchpad.Host.dll"), "--app", Output("Launchpad.Bench.App")])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["AzureWebJobsStorage"] = storage;
        start.Environment["AzureFunctionsJobHost__logging__logLevel__Launchpad.Host"] = "Information";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var host = Process.Start(start)!;
        while (await host.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                return new(host, line[(at + Listening.Length)..]);
            }
        }

        throw new InvalidOperationException("The host ended before it listened; its standard error is above.");
    }

    /// <summary>Has the app run a load, and tells what it measured.</summary>
    public async Task<T> LoadAsync<T>(string load)
    {
        using var answer = await _http.PostAsync(new Uri(load, UriKind.Relative), null);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{load} was answered {(int)answer.StatusCode}. The host said last:\n{string.Join('\n', _said)}");
        }

        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    /// <summary>Milliseconds of a start over HTTP, each when the one before has ended.</summary>
    public async Task<double[]> StartsAsync(int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            using var answer = await _http.PostAsync(new Uri("hello", UriKind.Relative), null);
            times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            answer.EnsureSuccessStatusCode();
            await Task.Delay(250);
        }

        return times;
    }

    /// <summary>Of both processes together, over a while in which nothing is asked of them.</summary>
    public async Task<(double CpuPercent, double Megabytes)> IdleAsync(TimeSpan settling, TimeSpan window)
    {
        await Task.Delay(settling);
        int[] both = [_host.Id, .. Children()];
        var before = both.Sum(Ticks);
        await Task.Delay(window);
        return ((both.Sum(Ticks) - before) / window.TotalSeconds, both.Sum(Resident));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        // Not asked to end: over Azurite that takes longer than many a row, and the kernel ends the worker with it.
        _host.Kill();
        await _host.WaitForExitAsync();
        _host.Dispose();
    }

    // The pipe must not fill up, and what was said last explains a failure.
    private async Task ReadOnAsync()
    {
        while (await _host.StandardOutput.ReadLineAsync() is { } line)
        {
            _said.Enqueue(line);
            while (_said.Count > LinesMax)
            {
                _said.TryDequeue(out _);
            }
        }
    }

    private IEnumerable<int> Children() => Directory.EnumerateDirectories($"/proc/{_host.Id}/task")
        .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    /// <summary>User and system time, in hundredths of a second as the kernel counts them: per second of the clock, percent.</summary>
    private static double Ticks(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        return double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static double Resident(int process) =>
        double.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture)
        * Environment.SystemPageSize / 1_000_000;
}
