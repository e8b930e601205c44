using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Bench;

/// <summary>Starts over HTTP: a functions app in a process of its own, whose answer comes after the commit.</summary>
public static class HttpStarts
{
    private const int Connections = 256;
    private const int Goal = 8000;
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    [Function("Start")]
    public static async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Nothing), request?.HttpContext.RequestAborted ?? default);
        return Results.Accepted($"/status/{id}");
    }

    [Function(nameof(Nothing))]
    public static Task<int> Nothing([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(context is null ? 0 : 1);

    internal static async Task<int> ServeAsync(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        await builder.Build().RunAsync();
        return 0;
    }

    internal static async Task<Row[]> MeasureAsync(string directory, int total, TimeSpan idleWindow, double flush, Action<string> say)
    {
        var started = Stopwatch.GetTimestamp();
        using var server = StartServer(directory);
        try
        {
            var address = await ListeningAsync(server);
            await PostAsync(address, 1, 1);
            var cold = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var (idle, memory) = await IdleAsync(server.Id, idleWindow);
            await PostAsync(address, Connections, total / 2);
            var busy = Ticks(server.Id);
            var (perSecond, saturated) = await PostAsync(address, Connections, total);
            say($"  processor time of one start, its orchestration included: {(Ticks(server.Id) - busy) * 10_000 / total:0} µs.");
            var (_, paced) = await PostAsync(address, Connections, total, Goal);
            return
            [
                Row.AtLeast($"G4 starts over HTTP, {Connections} connections", perSecond, flush, Goal),
                Row.AtMost($"G4 starts over HTTP, {Goal:N0}/s asked for: p99", paced, flush, 20),
                Row.AtMost("starts over HTTP, as many as it can: p99", saturated, flush, 50),
                Row.AtMost("G8 cold start to the first answer", cold, flush, 800),
                new Row("G8 idle CPU", idle, "%", null, null, 1, idle <= 1),
                new Row("G8 idle memory", memory, "MB", null, null, 150, memory <= 150),
            ];
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static Process StartServer(string directory)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(HttpStarts).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Durable__Directory"] = directory;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        return Process.Start(start)!;
    }

    private static async Task<IPEndPoint> ListeningAsync(Process server)
    {
        while (await server.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                _ = server.StandardOutput.ReadToEndAsync();
                return new(IPAddress.Loopback, new Uri(line[(at + Listening.Length)..]).Port);
            }
        }

        throw new InvalidOperationException("The functions app ended before it listened.");
    }

    /// <summary>Plain sockets: the client shares the processors with what it measures.</summary>
    /// <param name="rate">How many a second; each one's time counts from when it was due, sent or not. 0: as many as it can.</param>
    private static async Task<(double PerSecond, double P99)> PostAsync(IPEndPoint address, int connections, int total, int rate = 0)
    {
        var request = Encoding.ASCII.GetBytes($"POST /api/start HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n\r\n");
        var times = new double[total];
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(connections, total)).Select(async _ =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address);
            var buffer = new byte[4096];
            for (int i; (i = Interlocked.Increment(ref next)) < total;)
            {
                var begun = rate == 0 ? Stopwatch.GetTimestamp() : started + (i * Stopwatch.Frequency / rate);
                if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), begun) is { TotalMilliseconds: >= 1 } early)
                {
                    await Task.Delay(early);
                }

                await socket.SendAsync(request);
                await ReadAsync(socket, buffer);
                times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        }));
        return (total / Stopwatch.GetElapsedTime(started).TotalSeconds, Load.Percentile(times, 0.99));
    }

    /// <summary>An answer without a body: it ends with its head.</summary>
    private static async Task ReadAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        do
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            length += read > 0 ? read : throw new IOException("The server closed the connection.");
        }
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8));

        if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 202"u8) || buffer.AsSpan(0, length).IndexOf("Content-Length: 0"u8) < 0)
        {
            throw new IOException($"The answer is not what was expected: {Encoding.ASCII.GetString(buffer, 0, length)}");
        }
    }

    private static async Task<(double Percent, double Megabytes)> IdleAsync(int process, TimeSpan window)
    {
        await Task.Delay(Settling);
        var before = Ticks(process);
        await Task.Delay(window);
        var pages = long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
        return ((Ticks(process) - before) / window.TotalSeconds, pages * Environment.SystemPageSize / 1_000_000);
    }

    /// <summary>User and system time, in hundredths of a second as the kernel counts them: per second of the clock, percent.</summary>
    private static double Ticks(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        return double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
