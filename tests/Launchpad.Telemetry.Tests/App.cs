using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Launchpad.Telemetry.Tests;

/// <summary>The app of these tests, run by the functions host in processes of their own.</summary>
internal sealed class App : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private App(Process process) => _process = process;

    public HttpClient Http { get; private set; } = null!;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static async Task<App> StartAsync(string storage, params (string Name, string Value)[] settings)
    {
        var built = typeof(App).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Built").Value!;
        var (host, folder) = (string.Format(null, built, "Launchpad.Host"), string.Format(null, built, "Launchpad.Telemetry.App"));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(host, "Launchpad.Host.dll"), "--app", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["AzureWebJobsStorage"] = storage;
        start.Environment["AzureFunctionsJobHost__extensions__durableTask__hubName"] = $"hub{Guid.NewGuid():N}";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var app = new App(Process.Start(start)!);
        app.Http = new HttpClient { BaseAddress = await app.ListensAsync(), Timeout = TimeSpan.FromSeconds(60) };
        return app;
    }

    /// <summary>Asks it to end, and says how long that took.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var asked = Stopwatch.GetTimestamp();
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(patience.Token);
        Assert.Equal(0, _process.ExitCode);
        return Stopwatch.GetElapsedTime(asked);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<Uri> ListensAsync()
    {
        var address = new TaskCompletionSource<Uri>();
        _process.ErrorDataReceived += (_, line) => Write(line.Data);
        _process.OutputDataReceived += (_, line) =>
        {
            Write(line.Data);
            if (line.Data is null)
            {
                address.TrySetException(new InvalidOperationException("The host ended before it listened:\n" + Output));
            }
            else if (line.Data.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                address.TrySetResult(new(line.Data[(at + Listening.Length)..]));
            }
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        return await address.Task.WaitAsync(TimeSpan.FromSeconds(90));
    }

    private void Write(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
