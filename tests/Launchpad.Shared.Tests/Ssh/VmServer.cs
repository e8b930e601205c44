using System.Security.Cryptography;
using Launchpad.Processes;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Tests.Ssh;

/// <summary>A real sshd that lets one key in, to one forced command, as a VM does. What that command does is the test's own.</summary>
public sealed class VmServer : IAsyncLifetime
{
    public const string Answer = """result '{"request":"done"}'""";

    private const string Read = "cat >/dev/null; ";

    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    public Sshd Sshd { get; } = new();

    public SshKeyPair Client { get; init; } = SshKeyPair.Generate();

    public string ProgramSha256 { get; private set; } = "";

    /// <summary>Connections that were let in since the log was cleared, and commands that were run on them.</summary>
    public (int Connections, int Commands) Used => (Count("Accepted publickey for"), Count("Starting session: forced-command"));

    public async Task InitializeAsync()
    {
        await Sshd.InitializeAsync();
        var program = RandomNumberGenerator.GetBytes(33 << 20);
        ProgramSha256 = Convert.ToHexStringLower(SHA256.HashData(program));
        await File.WriteAllBytesAsync(PathOf("program"), program);
        await File.WriteAllTextAsync(PathOf("entry"), $$"""
            cd {{PathOf("")}}
            line() { printf '%s\n' "$1"; }
            step() { line '{"event":"step","name":"'"$1"'","state":"started","ms":0}'; }
            result() { line '{"event":"result","ok":true,"value":'"$1"'}'; }
            . ./behaviour
            """);
        await File.WriteAllTextAsync(
            PathOf("authorized"), $"restrict,command=\"/bin/bash {PathOf("entry")}\" {Client.PublicKey}\n");
        await File.AppendAllTextAsync(PathOf("config"), "\nMaxSessions 4\n");
        await RestartAsync();
    }

    public Task DisposeAsync() => Sshd.DisposeAsync();

    public string PathOf(string name) => Sshd.PathOf(name);

    public async Task RestartAsync()
    {
        await Sshd.StopAsync();
        await Sshd.StartAsync();
    }

    public async Task<VmEndpoint> EndpointAsync() =>
        new("127.0.0.1", Sshd.Port, (await Sshd.FingerPrintAsync("host")).Split(' ')[1]["SHA256:".Length..]);

    /// <summary>A shell script: what every verb does from now on, after it has read its document.</summary>
    public Task DoAsync(string script) => DoUnreadAsync(Read + script);

    public Task DoUnreadAsync(string script) => File.WriteAllTextAsync(PathOf("behaviour"), script + "\n");

    public VmProgram Program(Action<VmOptions>? change = null)
    {
        var options = new VmOptions { ProgramPath = PathOf("program"), User = Sshd.User };
        change?.Invoke(options);
        return new VmProgram(Options.Create(options));
    }

    public async Task<string> AskAsync(
        VmProgram program, VmEndpoint? at = null, string? key = null, Action<VmStep>? step = null, CancellationToken ct = default)
    {
        var answer = await program.RunAsync<PairBrowserRequest, PairBrowserResult>(
            at ?? await EndpointAsync(), key ?? Client.PrivateKeyPem, VmVerb.PairBrowser, new("dep_1", "req_1"),
            step is null ? null : new Steps(step), ct).WaitAsync(Soon, CancellationToken.None);
        return answer.Request;
    }

    public Task<VmFailedException> FailsAsync(
        VmProgram program, VmEndpoint? at = null, string? key = null, Action<VmStep>? step = null) =>
        Assert.ThrowsAsync<VmFailedException>(() => AskAsync(program, at, key, step));

    /// <summary>Whether the process whose id the command wrote to a file is gone.</summary>
    public async Task IsGoneAsync(string pidFile)
    {
        var pid = (await File.ReadAllTextAsync(PathOf(pidFile))).Trim();
        await Sshd.EventuallyAsync(() => !Directory.Exists($"/proc/{pid}"), Soon);
    }

    private int Count(string text) => Sshd.Log.Split(text).Length - 1;

    private sealed class Steps(Action<VmStep> report) : IProgress<VmStep>
    {
        public void Report(VmStep value) => report(value);
    }
}

[CollectionDefinition(Name)]
public sealed class VmServerCollection : ICollectionFixture<VmServer>
{
    public const string Name = "vm-server";
}
