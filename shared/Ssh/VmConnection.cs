using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Vms;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Launchpad.Shared.Ssh;

/// <summary>One authenticated connection to a VM whose host key was checked before anything was sent.</summary>
internal sealed class VmConnection : IDisposable
{
    private readonly PrivateKeyFile _key;
    private readonly PrivateKeyAuthenticationMethod _method;
    private readonly SshClient _client;
    private bool _isRefused;

    private VmConnection(VmEndpoint vm, string clientKeyPem, VmOptions options)
    {
        using var pem = new MemoryStream(Encoding.ASCII.GetBytes(clientKeyPem));
        _key = new PrivateKeyFile(pem);
        _method = new PrivateKeyAuthenticationMethod(options.User, _key);
        _client = new SshClient(new ConnectionInfo(vm.Address, vm.Port, options.User, _method) { Timeout = options.ConnectTimeout })
        {
            // A machine that stops answering in the middle is noticed long before the longest thing it may be asked for would be over.
            KeepAliveInterval = options.KeepAlive,
        };

        // Without a handler SSH.NET trusts any host.
        _client.HostKeyReceived += (_, shown) =>
        {
            shown.CanTrust = CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(shown.FingerPrintSHA256), Encoding.ASCII.GetBytes(vm.HostKeySha256));
            _isRefused = !shown.CanTrust;
        };
    }

    public static async Task<VmConnection> OpenAsync(VmEndpoint vm, string clientKeyPem, VmOptions options, CancellationToken ct)
    {
        var connection = new VmConnection(vm, clientKeyPem, options);
        try
        {
            await connection._client.ConnectAsync(ct);
            return connection;
        }
        catch (Exception error) when (error is SshException or SocketException or IOException)
        {
            var failure = connection.Explain(error, vm);
            connection.Dispose();
            throw failure;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public SshCommand CreateCommand(string constant) => _client.CreateCommand(constant, Encoding.UTF8);

    public void Dispose()
    {
        _client.Dispose();
        _method.Dispose();
        _key.Dispose();
    }

    private VmFailedException Explain(Exception error, VmEndpoint vm) => error switch
    {
        _ when _isRefused => new(
            VmErrorCode.HostKeyMismatch,
            $"{vm.Address} showed another host key than the one it was given. Nothing was sent. It is not the VM that was created.",
            retryable: false,
            error),
        // A VM that is still booting may refuse its user for a moment.
        SshAuthenticationException =>
            new(VmErrorCode.AccessDenied, $"{vm.Address} did not accept the control plane's key.", retryable: true, error),
        _ =>
            new(VmErrorCode.ConnectionFailed, $"{vm.Address}:{vm.Port} cannot be reached: {error.Message}", retryable: true, error),
    };
}
