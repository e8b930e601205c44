using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Launchpad.Processes;

/// <summary>A real OpenSSH server on loopback, with its own port, keys and log.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="port">Null for any that is free.</param>
public sealed class Sshd(string address = "127.0.0.1", int? port = null) : IAsyncLifetime
{
    private const string Program = "/usr/sbin/sshd";

    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("launchpad-sshd-").FullName;
    private readonly StringBuilder _log = new();
    private Process? _process;

    public int Port { get; } = port ?? FreePort.Take();

    public string User { get; } = Environment.UserName;

    public string ClientKey => File.ReadAllText(PathOf("client"));

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public string PathOf(string name) => Path.Combine(_directory, name);

    public async Task InitializeAsync()
    {
        Assert.True(File.Exists(Program), $"There is no {Program}: the package openssh-server is needed for these tests.");
        if (Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory("/run/sshd");
        }

        if (!File.Exists(PathOf("host")))
        {
            await GenerateKeyAsync("host");
            await GenerateKeyAsync("client");
            File.Copy(PathOf("client.pub"), PathOf("authorized"));
        }

        // HOME is not the user's, so that nobody's shell start-up files take part in the tests.
        await File.WriteAllTextAsync(PathOf("config"), $"""
            ListenAddress {address}:{Port}
            HostKey {PathOf("host")}
            AuthorizedKeysFile {PathOf("authorized")}
            PidFile none
            StrictModes no
            UsePAM no
            UseDNS no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            SetEnv HOME={_directory}
            LogLevel VERBOSE
            """);
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Program, ["-D", "-e", "-f", PathOf("config")]) { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        await EventuallyAsync(() => Log.Contains($"Server listening on {address}", StringComparison.Ordinal), s_startMax);
    }

    /// <summary>Ends the server and every session of it.</summary>
    public async Task StopAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
        ClearLog();
    }

    public void ClearLog()
    {
        lock (_log)
        {
            _log.Clear();
        }
    }

    public async Task GenerateKeyAsync(string name, string type = "ed25519", string passPhrase = "")
    {
        File.Delete(PathOf(name));
        await RunAsync("/usr/bin/ssh-keygen", "-q", "-t", type, "-N", passPhrase, "-f", PathOf(name));
    }

    public Task<string> FingerPrintAsync(string name) => RunAsync("/usr/bin/ssh-keygen", "-l", "-E", "sha256", "-f", PathOf(name + ".pub"));

    public static async Task EventuallyAsync(Func<bool> condition, TimeSpan max)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < max, "It did not happen in time.");
            await Task.Delay(10);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
