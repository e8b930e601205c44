using System.Net;
using System.Net.Sockets;
using Launchpad.Processes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Local.Tests;

/// <summary>The pocket cloud inside the test process: real sockets on free ports, a home of its own, no child processes.</summary>
public sealed class TestCloud : IAsyncLifetime, IDisposable
{
    private static readonly byte[] TokenKey = [.. Enumerable.Repeat((byte)7, 32)];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("launchpad-cloud-");
    private Cloud? _cloud;

    public TestCloud()
    {
        var home = new Home(Path.Combine(_directory.FullName, "home"), Path.Combine(_directory.FullName, "cache"));
        // The official credential keeps its tokens for the whole process, so every cloud of this process must take them.
        File.WriteAllBytes(home.KeyPath("identity"), TokenKey);
        Context = new CloudContext(home, FreePorts(), TimeProvider.System, NullLoggerFactory.Instance)
        {
            Site = Path.Combine(_directory.FullName, "site", "dist"),
        };
        Client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Trust.Accepts(certificate, chain, errors, Context),
            },
        });
    }

    public CloudContext Context { get; }

    public Ports Ports => Context.Ports;

    /// <summary>Trusts the pocket CA and nothing else.</summary>
    public HttpClient Client { get; }

    public static Uri Address(int port, string path = "/", bool https = false) =>
        new($"{(https ? "https" : "http")}://localhost:{port}{path}");

    public Task InitializeAsync() => StartAsync();

    public async Task StartAsync() => _cloud = await Cloud.StartAsync(Context, Cloud.Services(Context), CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }

        Dispose();
    }

    public void Dispose()
    {
        Client.Dispose();
        Context.Certificates.Dispose();
        if (_directory.Exists)
        {
            _directory.Delete(recursive: true);
            _directory.Refresh();
        }
    }

    /// <summary>Ports that were free a moment ago.</summary>
    public static Ports FreePorts() => new()
    {
        Slot = Ports.LastSlot,
        ControlPlane = FreePort.Take(),
        Site = FreePort.Take(),
        Admin = FreePort.Take(),
        Stripe = FreePort.Take(),
        Models = FreePort.Take(),
        Machines = FreePort.Take(),
        Backups = FreePort.Take(),
        KeyVault = FreePort.Take(),
        ResourceManager = FreePort.Take(),
        FrontDoor = FreePort.Take(),
        Mail = FreePort.Take(),
        Registry = FreePort.Take(),
        Blob = FreePort.Take(),
        Queue = FreePort.Take(),
        Table = FreePort.Take(),
        AzuriteBlob = FreePort.Take(),
        AzuriteQueue = FreePort.Take(),
        AzuriteTable = FreePort.Take(),
        RegistryBackend = FreePort.Take(),
    };
}
