using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Launchpad.Host.Tests;

/// <summary>The functions host with the sample app under it, as processes of their own, started the way an operator starts them.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ExitMax = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private HostProcess(SampleFolder folder, string app)
    {
        Folder = folder;
        // A session of its own, as a service has: signals to its group do not reach the tests. Ctrl-C means something to it, wherever the
        // tests were started from.
        var program = Path.Combine(AppContext.BaseDirectory, "Launchpad.Host.dll");
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "setsid", "dotnet", program, "--app", app])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Nothing here runs for so long that it would pay.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in folder.Settings)
        {
            start.Environment[name] = value;
        }

        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, said) => Take(said.Data);
        _process.ErrorDataReceived += (_, said) => Take(said.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public SampleFolder Folder { get; }

    public HttpClient Http { get; private set; } = null!;

    public Uri Address => Http.BaseAddress!;

    public int Id => _process.Id;

    /// <summary>What both processes have said.</summary>
    public IReadOnlyList<string> Log => [.. _lines];

    public static async Task<HostProcess> StartAsync(SampleFolder folder, string? app = null)
    {
        var host = Launch(folder, app ?? SampleFolder.App);
        try
        {
            var ended = host._process.WaitForExitAsync();
            if (await Task.WhenAny(host._address.Task, ended).WaitAsync(StartMax) == ended)
            {
                throw new InvalidOperationException("The host ended before it listened:\n" + string.Join('\n', host.Log));
            }

            host.Http = new() { BaseAddress = new(await host._address.Task), Timeout = TimeSpan.FromMinutes(2) };
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Without waiting until it listens: perhaps it never will.</summary>
    public static HostProcess Launch(SampleFolder folder, string app) => new(folder, app);

    public void Signal(string name) => Kill($"-{name}", Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>As a terminal does it: to every process of the group.</summary>
    public void SignalGroup(string name) => Kill($"-{name}", "--", $"-{Id.ToString(CultureInfo.InvariantCulture)}");

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(ExitMax);
        return _process.ExitCode;
    }

    /// <summary>The process that runs the app now.</summary>
    public async Task<int> WorkerAsync() => (await AdminAsync("/admin/host/status")).GetProperty("workerProcessId").GetInt32();

    public async Task KillWorkerAsync()
    {
        var worker = await WorkerAsync();
        Kill("-KILL", worker.ToString(CultureInfo.InvariantCulture));
        await Eventually.TrueAsync(async () => await WorkerAsync() != worker, "the app is started again");
    }

    public async Task<JsonElement> AdminAsync(string path)
    {
        using var response = await SendAsync("GET", path, SampleFolder.MasterKey);
        Assert.Equal(200, (int)response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? key = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var response = await SendAsync("GET", path);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
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

    private static void Kill(params string[] arguments)
    {
        using var kill = Process.Start("kill", arguments);
        kill.WaitForExit();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(line[(at + Listening.Length)..]);
        }
    }
}
