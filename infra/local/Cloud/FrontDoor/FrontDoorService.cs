using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Launchpad.Local.Machines;
using Launchpad.Local.ResourceManager;

namespace Launchpad.Local.FrontDoor;

/// <summary>DNS and the public internet on one port: https://{name}.localhost reaches whatever the record set of the name points to.
/// It ends TLS, so that a browser needs to trust one CA only, and begins it anew towards the machine under the same name; what is
/// said inside, HTTP, WebSockets, streams, passes as bytes.</summary>
public sealed class FrontDoorService(CloudContext cloud, ResourceManagerService resources) : CloudService, IAsyncDisposable
{
    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(10);
    private static readonly List<SslApplicationProtocol> Http1 = [SslApplicationProtocol.Http11];

    private readonly ILogger _log = cloud.Loggers.CreateLogger<FrontDoorService>();
    private PortForward? _listening;

    public override string Name => "frontdoor";

    public override int Port(Ports ports) => ports.FrontDoor;

    // It listens for itself: what comes in is not for the web server.
    public override IReadOnlyList<int> AllPorts(Ports ports) => [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = new PortForward(PortForward.Bind(new IPEndPoint(IPAddress.Loopback, Port(cloud.Ports))), ServeAsync, _log);
        return Task.CompletedTask;
    }

    public override Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _listening?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        await using var visitor = new SslStream(new NetworkStream(client));
        try
        {
            await visitor.AuthenticateAsServerAsync(Welcome, this, cancellationToken).WaitAsync(HandshakeMax, cancellationToken);
        }
        catch (Exception refused) when (refused is AuthenticationException or TimeoutException)
        {
            // A browser that does not trust the CA yet hangs up here; it has said so to its user.
            return;
        }

        var host = visitor.TargetHostName;
        var name = host.EndsWith("." + Arm.Zone, StringComparison.OrdinalIgnoreCase) ? host[..^(Arm.Zone.Length + 1)] : "";
        if (resources.Dns.Resolve(name) is not { } address)
        {
            var asked = host.Length > 0 ? host : "no name at all";
            await Page.AnswerAsync(
                visitor, 404, "There is nothing at this address", $"No DNS record leads from {asked} to a machine.", cancellationToken);
            return;
        }

        try
        {
            await using var machine = await ConnectAsync(host, new IPEndPoint(address, resources.MachinePorts.Https), cancellationToken);
            await RelayAsync(visitor, machine, cancellationToken);
        }
        catch (Unreachable silent)
        {
            var why = $"{host} leads to {address}, and nobody answered there: {silent.Message}";
            await Page.AnswerAsync(visitor, 502, "The machine does not answer", why, cancellationToken);
        }
    }

    private static ValueTask<SslServerAuthenticationOptions> Welcome(
        SslStream stream, SslClientHelloInfo hello, object? door, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificate = ((FrontDoorService)door!).CertificateFor(hello.ServerName),
            ApplicationProtocols = Http1,
        });

    private System.Security.Cryptography.X509Certificates.X509Certificate2 CertificateFor(string name) => cloud.Certificates.For(name);

    private static async Task<SslStream> ConnectAsync(string host, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(HandshakeMax);
        Socket? socket = null;
        try
        {
            socket = await PortForward.ConnectAsync(endpoint, patience.Token);
            var machine = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await machine.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    ApplicationProtocols = Http1,
                    // On this hop only: the machine's Caddy signs with a CA of its own that nobody outside the machine knows. Which
                    // machine it is, the record set has said, and the bytes stay on loopback. On Azure a visitor speaks to Caddy
                    // itself, whose certificate is from ACME.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                },
                patience.Token);
            return machine;
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested
            && failed is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            socket?.Dispose();
            throw new Unreachable(failed is OperationCanceledException ? "it took too long" : failed.Message);
        }
    }

    // Whoever ends first has said all it had to say: HTTP has no use for half a connection.
    private static async Task RelayAsync(SslStream visitor, SslStream machine, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var there = visitor.CopyToAsync(machine, over.Token);
        var back = machine.CopyToAsync(visitor, over.Token);
        if (await Task.WhenAny(there, back) == back && back.IsCompletedSuccessfully)
        {
            await visitor.ShutdownAsync();
        }

        await over.CancelAsync();
        await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class Unreachable(string message) : Exception(message);
}
