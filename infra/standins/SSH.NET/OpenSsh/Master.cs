using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Renci.SshNet.Common;

namespace Renci.SshNet.OpenSsh;

/// <summary>
/// One authenticated connection: an ssh process whose control socket lets every command have a session of its own. It offers the
/// algorithms that SSH.NET offers, in the same order of preference.
/// </summary>
internal sealed partial class Master : IDisposable
{
    public const string ControlSocket = "control";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(3);

    private readonly PrivateDirectory _directory;
    private readonly Process _ssh;
    private readonly Task<string> _errors;
    private readonly SemaphoreSlim _sessions;
    private readonly ConcurrentBag<ControlConnection> _idle = [];
    private readonly ConcurrentBag<ControlConnection> _spent = [];
    private readonly int _attempts;
    private readonly CancellationTokenSource _disposed = new();

    private Master(PrivateDirectory directory, Process ssh, Task<string> errors, ConnectionInfo target)
    {
        _directory = directory;
        _ssh = ssh;
        _errors = errors;
        _sessions = new SemaphoreSlim(target.MaxSessions);
        _attempts = target.RetryAttempts;
    }

    public event Action<SshConnectionException>? Lost;

    public bool IsConnected => !_disposed.IsCancellationRequested && !_ssh.HasExited;

    private string Socket => _directory.File(ControlSocket);

    public static async Task<Master> ConnectAsync(
        ConnectionInfo target, TimeSpan keepAlive, Func<HostKeyEventArgs, bool> trusts, CancellationToken cancellationToken)
    {
        if (!HostName().IsMatch(target.Host) && !IPAddress.TryParse(target.Host, out _))
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        if (!UserName().IsMatch(target.Username))
        {
            throw new SshAuthenticationException("Permission denied (publickey).");
        }

        var directory = PrivateDirectory.Create();
        try
        {
            using HostKeyQuestion question = new(directory);
            var keys = WriteKeys(directory, target);
            var ssh = Program.Start(Arguments(target, keepAlive, directory, question, keys));
            var errors = ReadErrorsAsync(ssh.StandardError, question, trusts);
            Master master = new(directory, ssh, errors, target);
            try
            {
                await master.AuthenticatedAsync(question, cancellationToken).ConfigureAwait(false);

                // ssh needs them once; from here on they are nowhere but in the caller's memory.
                keys.ForEach(File.Delete);
                _ = master.WatchAsync();
                return master;
            }
            catch
            {
                master.Dispose();
                throw;
            }
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Starts a command; waits while as many sessions are open as the server allows on one connection.</summary>
    public Channel Open(byte[] command)
    {
        _sessions.Wait(_disposed.Token);
        try
        {
            var connection = _idle.TryTake(out var used) ? used : new ControlConnection(Socket);
            return new Channel(this, connection, command, _attempts);
        }
        catch (SocketException gone)
        {
            _sessions.Release();
            throw new SshConnectionException("Client not connected.", gone);
        }
    }

    /// <summary>
    /// Takes a connection back for the next command. It is never closed while ssh runs: ssh ends itself when a control connection goes away
    /// on which the server has refused to open a session.
    /// </summary>
    public void Return(ControlConnection connection, bool isUsable)
    {
        (isUsable ? _idle : _spent).Add(connection);
        _sessions.Release();
        if (_disposed.IsCancellationRequested)
        {
            connection.Dispose();
        }
    }

    public void Dispose()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        _disposed.Cancel();
        if (!_ssh.HasExited)
        {
            _ssh.Kill();
            _ssh.WaitForExit();
        }

        foreach (var connection in _idle.Concat(_spent))
        {
            connection.Dispose();
        }

        _directory.Dispose();
    }

    private static List<string> WriteKeys(PrivateDirectory directory, ConnectionInfo target)
    {
        var files = target.AuthenticationMethods.OfType<PrivateKeyAuthenticationMethod>().SelectMany(method => method.KeyFiles)
            .OfType<PrivateKeyFile>();
        return [.. files.Select((file, index) => directory.Write($"key{index}", file.Text.Span))];
    }

    private static IEnumerable<string> Arguments(
        ConnectionInfo target, TimeSpan keepAlive, PrivateDirectory directory, HostKeyQuestion question, List<string> keys)
    {
        var timeout = target.Timeout == Timeout.InfiniteTimeSpan ? 0 : Math.Max(1, (int)Math.Ceiling(target.Timeout.TotalSeconds));
        var alive = keepAlive == Timeout.InfiniteTimeSpan ? 0 : Math.Max(1, (int)Math.Ceiling(keepAlive.TotalSeconds));
        string[] options =
        [
            "KnownHostsCommand=" + question.Command,
            "HostKeyAlgorithms=ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256",
            "KexAlgorithms=curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
                + "diffie-hellman-group16-sha512,diffie-hellman-group14-sha256",
            $"ConnectTimeout={timeout}",
            $"ServerAliveInterval={alive}",
        ];
        return
        [
            .. options.SelectMany(Program.Option),
            .. keys.SelectMany(key => new[] { "-i", key }),
            "-M", "-N", "-T",
            "-S", directory.File(ControlSocket),
            "-p", target.Port.ToString(CultureInfo.InvariantCulture),
            "-l", target.Username,
            "--", target.Host,
        ];
    }

    private static Task<string> ReadErrorsAsync(StreamReader errors, HostKeyQuestion question, Func<HostKeyEventArgs, bool> trusts) =>
        Task.Run(async () =>
        {
            StringBuilder rest = new();
            Exception? handlerFailed = null;
            while (await errors.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                try
                {
                    if (question.TryAnswer(line, trusts) || rest.Length > 4096)
                    {
                        continue;
                    }
                }
                catch (Exception failed) when (handlerFailed is null)
                {
                    // The handler's exception is the caller's; it is thrown from Connect when ssh has ended.
                    handlerFailed = failed;
                    continue;
                }

                rest.Append(line).Append('\n');
            }

            return handlerFailed is null ? rest.ToString() : throw handlerFailed;
        });

    /// <summary>ssh creates its control socket when, and only when, the server has accepted a key.</summary>
    private async Task AuthenticatedAsync(HostKeyQuestion question, CancellationToken cancellationToken)
    {
        while (!File.Exists(Socket))
        {
            if (_ssh.HasExited)
            {
                throw Failure.Of(await _errors.WaitAsync(cancellationToken).ConfigureAwait(false), question.WasRefused);
            }

            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WatchAsync()
    {
        await _ssh.WaitForExitAsync().ConfigureAwait(false);
        if (!_disposed.IsCancellationRequested)
        {
            Lost?.Invoke(Failure.Aborted());
        }
    }

    [GeneratedRegex(@"^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?$")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,254}$")]
    private static partial Regex UserName();
}
