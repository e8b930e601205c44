using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Vms;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Launchpad.Shared.Ssh;

/// <summary>One authenticated connection to a VM whose host key was checked before anything was sent. Several commands share it.</summary>
internal sealed class VmConnection : IDisposable
{
    private static readonly Counter<long> s_handshakes =
        Telemetry.Meter.CreateCounter<long>("launchpad.ssh.handshakes", "{handshake}", "Connections to machines that were opened.");

    private readonly SshClient _client;
    private volatile bool _isRefused;

    private VmConnection(VmEndpoint vm, VmOptions options, PrivateKeyAuthenticationMethod method)
    {
        _client = new SshClient(new ConnectionInfo(vm.Address, vm.Port, options.User, method) { Timeout = options.ConnectTimeout })
        {
            // It is not answered: it keeps the way open, and finds out that nobody is there any more. Who is there and says nothing is
            // noticed by those who wait for it.
            KeepAliveInterval = options.KeepAlive,
        };

        // Without a handler SSH.NET trusts any host. It asks again whenever the keys are exchanged anew.
        _client.HostKeyReceived += (_, shown) =>
        {
            shown.CanTrust = CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(shown.FingerPrintSHA256), Encoding.ASCII.GetBytes(vm.HostKeySha256));
            _isRefused = !shown.CanTrust;
        };
    }

    public bool IsConnected
    {
        get
        {
            try
            {
                return _client.IsConnected;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <exception cref="VmFailedException">Whatever the reason.</exception>
    public static async Task<VmConnection> OpenAsync(VmEndpoint vm, string clientKeyPem, VmOptions options)
    {
        VmConnection? connection = null;
        try
        {
            // Only in memory, and no longer than it takes to be let in.
            using var key = Read(clientKeyPem);
            using var method = new PrivateKeyAuthenticationMethod(options.User, key);
            connection = new VmConnection(vm, options, method);
            await connection._client.ConnectAsync(CancellationToken.None);
            s_handshakes.Add(1);
            return connection.IsConnected
                ? connection
                : throw new SshConnectionException("the connection was closed while the keys were exchanged");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A hostile server can make the client throw anything.
            var failure = Explain(error, connection is { _isRefused: true });
            connection?.Dispose();
            throw failure;
        }
    }

    public SshCommand CreateCommand(string constant) => _client.CreateCommand(constant, Encoding.UTF8);

    /// <summary>What became of a command.</summary>
    public VmFailedException Explain(Exception error) => error as VmFailedException ?? (_isRefused ? Refused(error) : new(
        VmErrorCode.ConnectionFailed,
        $"The connection to the machine broke: {error.Message}. Running the same again goes on from there.",
        retryable: true,
        error));

    public void Dispose()
    {
        try
        {
            _client.Dispose();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The peer may be breaking it off at the same moment, which the client does not expect.
        }
    }

    private static PrivateKeyFile Read(string pem)
    {
        try
        {
            using var stream = new MemoryStream(Encoding.ASCII.GetBytes(pem));
            return new PrivateKeyFile(stream);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What was read may be quoted by the client's exception, and it may be a key after all.
            throw new VmFailedException(VmErrorCode.AccessDenied, "The key to the machine is no private key.", retryable: false);
        }
    }

    // Customers read it: where the machine is stands in its row.
    private static VmFailedException Explain(Exception error, bool isRefused) => error switch
    {
        VmFailedException known => known,
        _ when isRefused => Refused(error),
        // A VM that is still booting may refuse its user for a moment.
        SshAuthenticationException =>
            new(VmErrorCode.AccessDenied, "The machine did not accept the control plane's key.", retryable: true, error),
        _ =>
            new(VmErrorCode.ConnectionFailed, $"The machine cannot be reached: {error.Message}", retryable: true, error),
    };

    private static VmFailedException Refused(Exception error) => new(
        VmErrorCode.HostKeyMismatch,
        "The machine showed another host key than the one it was given. Nothing was sent. It is not the one that was created.",
        retryable: false,
        error);
}
