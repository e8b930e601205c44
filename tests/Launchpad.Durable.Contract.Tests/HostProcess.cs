using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Contract;

/// <summary>The functions host with this assembly as its app, and the official client of the durable extension in it.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const int LinesMax = 20_000;
    private const int LastLines = 200;
    private const int MessageBytesMax = 32 * 1024 * 1024;

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private GrpcChannel? _channel;
    private bool _disposed;

    private HostProcess(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var outputs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string[] program = [Path.Combine(outputs, "Launchpad.Host", configuration, "Launchpad.Host.dll"), "--app", AppContext.BaseDirectory];
        var start = new ProcessStartInfo("dotnet", program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The host ended:\n" + Output));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public DurableTaskClient Client { get; private set; } = null!;

    /// <summary>What it said last.</summary>
    public string Output => string.Join('\n', _lines.TakeLast(LastLines));

    public bool HasSaid(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    public static async Task<HostProcess> StartAsync(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var host = new HostProcess(settings);
        try
        {
            using var http = new HttpClient { BaseAddress = await host._address.Task.WaitAsync(TimeSpan.FromSeconds(90)) };
            host.Connect(JsonElement.Parse(await http.GetStringAsync(new Uri("api/connection", UriKind.Relative))));
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it, as -9 does; its worker goes with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await (Client?.DisposeAsync() ?? ValueTask.CompletedTask);
        _channel?.Dispose();
    }

    private void Connect(JsonElement connection)
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Durable-TaskHub", connection.GetProperty("taskHubName").GetString());
        _channel = GrpcChannel.ForAddress(connection.GetProperty("rpcBaseUrl").GetString()!, new GrpcChannelOptions
        {
            HttpClient = http,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageBytesMax,
            MaxSendMessageSize = MessageBytesMax,
        });
        Client = new GrpcDurableTaskClient(
            "contract", new GrpcDurableTaskClientOptions { Channel = _channel, EnableEntitySupport = true }, NullLogger.Instance);
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (_lines.Count > LinesMax)
        {
            _lines.TryDequeue(out _);
        }

        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at && line.Contains("FunctionsHost", StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        }
    }
}
