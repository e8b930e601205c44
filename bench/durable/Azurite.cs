using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Launchpad.Bench;

/// <summary>The storage emulator, on free ports.</summary>
public sealed class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Azurite(string npm, string? folder, int[] ports)
    {
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint={Endpoint(ports[0])};QueueEndpoint={Endpoint(ports[1])};TableEndpoint={Endpoint(ports[2])};";
        _process = Process.Start(new ProcessStartInfo("node",
        [
            Path.Combine(npm, "azurite", "dist", "src", "azurite.js"),
            .. folder is null ? ["--inMemoryPersistence"] : new[] { "--location", folder },
            "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--blobPort", Text(ports[0]), "--queuePort", Text(ports[1]),
            "--tablePort", Text(ports[2]),
        ])
        {
            RedirectStandardOutput = true,
        })!;
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    public string ConnectionString { get; }

    /// <param name="npm">The folder of the node modules, where the emulator is.</param>
    /// <param name="folder">Where it keeps what it is given; null when that is nowhere but in memory.</param>
    public static async Task<Azurite> StartAsync(string npm, string? folder)
    {
        int[] ports = [Loopback.FreePort(), Loopback.FreePort(), Loopback.FreePort()];
        var azurite = new Azurite(npm, folder, ports);
        using var patience = new CancellationTokenSource(StartMax);
        foreach (var port in ports)
        {
            await Loopback.AnswersAsync(port, patience.Token);
        }

        return azurite;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Endpoint(int port) => $"http://127.0.0.1:{Text(port)}/{Account}";

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static class Loopback
    {
        public static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        public static async Task AnswersAsync(int port, CancellationToken cancellation)
        {
            while (true)
            {
                try
                {
                    using var socket = new TcpClient();
                    await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
                    return;
                }
                catch (SocketException)
                {
                    await Task.Delay(50, cancellation);
                }
            }
        }
    }
}
