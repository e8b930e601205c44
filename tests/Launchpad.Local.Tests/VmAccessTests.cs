using System.Collections.Immutable;
using System.Text.Json;
using Launchpad.Processes;
using Launchpad.Shared;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Local.Tests;

/// <summary>A machine spoken to with the key that the vault has: a real SSH server, and the pocket cloud's vault.</summary>
[Collection(ManagedIdentity.Collection)]
public sealed class VmAccessTests(TestCloud cloud) : IClassFixture<TestCloud>, IAsyncLifetime
{
    private const string Answer = """{"event":"result","ok":true,"value":{"lines":[]}}""";

    private const string Name = "op_1-work";
    private const string Started =
        """{"name":"op_1-work","action":"start","call":{"verb":"pair-browser","request":{"deployment":"dep_1","request":"req_1"}},"waitSeconds":18}""";

    private readonly Sshd _sshd = new();
    private readonly string _id = $"vm_{Guid.NewGuid():n}";
    private VmProgram _program = null!;
    private VmAccess _access = null!;
    private Vm _vm = null!;

    [Fact]
    public async Task Ten_verbs_take_one_read_of_the_vault_and_one_handshake()
    {
        using var reads = new Counted("launchpad.vault.reads");
        using var handshakes = new Counted("launchpad.ssh.handshakes");
        for (var verb = 0; verb < 10; verb++)
        {
            await AskAsync();
        }

        Assert.Equal((1, 1), (reads.Total, handshakes.Total));
    }

    [Fact]
    public async Task A_key_is_asked_for_again_when_its_time_is_over()
    {
        var access = Access(TimeSpan.FromMilliseconds(200));
        using var reads = new Counted("launchpad.vault.reads");
        await AskAsync(access);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await AskAsync(access);
        Assert.Equal(2, reads.Total);
    }

    [Fact]
    public async Task A_key_that_the_machine_refuses_is_forgotten_and_the_next_attempt_has_the_new_one()
    {
        await AskAsync();
        var other = Access(TimeSpan.FromMinutes(5));
        await other.EraseKeysAsync(_id, default);
        await LetInAsync((await other.EnsureKeysAsync(_id, default)).Client);

        // The connection that stands was let in with the old one.
        await _sshd.StopAsync();
        await _sshd.StartAsync();
        var refused = await Assert.ThrowsAsync<VmFailedException>(() => AskAsync());
        Assert.Equal((VmErrorCode.AccessDenied, true), (refused.Code, refused.Retryable));

        await AskAsync();
    }

    [Fact]
    public async Task An_erased_key_opens_nothing_any_more()
    {
        await AskAsync();
        await _access.EraseKeysAsync(_id, default);
        Assert.Equal("vm-key-missing", (await Assert.ThrowsAsync<PermanentException>(() => AskAsync())).Code);
    }

    [Fact]
    public async Task A_job_is_started_once_asked_about_without_what_it_is_to_do_and_collected_by_its_name()
    {
        await DoAsync(new JobResult(Name, false));
        Assert.False((await LookAsync(isBegun: false)).Ended);
        Assert.Equal(Started, await SaidAsync());

        await DoAsync(new JobResult(Name, false));
        var under = await LookAsync(isBegun: true);
        Assert.Equal((false, null, null), (under.Ended, under.Result, under.Error));
        Assert.Equal("""{"name":"op_1-work","action":"poll","waitSeconds":18}""", await SaidAsync());

        var value = JsonSerializer.SerializeToElement(new PairBrowserResult("req\u001b_1"), VmJson.Default.PairBrowserResult);
        await DoAsync(new JobResult(Name, true, value));
        Assert.Equal("req_1", (await LookAsync(isBegun: true)).Result!.Request);

        await DoAsync(new JobResult(Name, true, null, new(VmErrorCode.BotFailed, "no", Retryable: true)));
        Assert.Equal((true, VmErrorCode.BotFailed), await LookAsync(isBegun: true) is var failed ? (failed.Ended, failed.Error!.Code) : default);

        await DoAsync(new JobResult(Name, true));
        await new VmJobs(_access).CollectAsync(_vm, Name, default);
        Assert.Equal("""{"name":"op_1-work","action":"collect","waitSeconds":0}""", (await SaidAsync()).Split('\n')[^1]);
    }

    [Fact]
    public async Task A_job_that_the_machine_lost_is_collected_and_started_again_in_the_same_look()
    {
        await DoAsync(new JobResult(Name, true, null, new(VmErrorCode.JobLost, "gone", Retryable: true)));
        var lost = await LookAsync(isBegun: true);
        Assert.Equal(VmErrorCode.JobLost, lost.Error!.Code);
        Assert.Equal(
            """{"name":"op_1-work","action":"poll","waitSeconds":18}""" + '\n' + """{"name":"op_1-work","action":"collect","waitSeconds":0}"""
                + '\n' + Started,
            await SaidAsync());
    }

    public async Task InitializeAsync()
    {
        await _sshd.InitializeAsync();
        await File.WriteAllTextAsync(_sshd.PathOf("program"), "any");
        await File.WriteAllTextAsync(_sshd.PathOf("entry"), $"cat >>{_sshd.PathOf("document")}; echo >>{_sshd.PathOf("document")}; cat {_sshd.PathOf("answer")}\n");
        await File.WriteAllTextAsync(_sshd.PathOf("answer"), Answer + "\n");
        var fingerprint = (await _sshd.FingerPrintAsync("host")).Split(' ')[1]["SHA256:".Length..];
        _vm = new(
            Tier.Shared, _id, VmStatus.Ready, "Standard_B1ms", 1024, ImmutableSortedDictionary<string, int>.Empty,
            DateTimeOffset.UtcNow, "127.0.0.1", fingerprint);
        _program = new VmProgram(Options.Create(VmOptions(TimeSpan.FromMinutes(5))));
        _access = Access(TimeSpan.FromMinutes(5));
        await LetInAsync((await _access.EnsureKeysAsync(_id, default)).Client);
    }

    public async Task DisposeAsync()
    {
        _program.Dispose();
        await _sshd.DisposeAsync();
    }

    private VmAccess Access(TimeSpan keepKey) =>
        new(new SecretVault(ManagedIdentity.SecretClient(cloud)), _program, Options.Create(VmOptions(keepKey)));

    private VmOptions VmOptions(TimeSpan keepKey) =>
        new() { ProgramPath = _sshd.PathOf("program"), User = _sshd.User, SshPort = _sshd.Port, KeepKey = keepKey };

    private Task LetInAsync(SshKeyPair client) => File.WriteAllTextAsync(
        _sshd.PathOf("authorized"), $"restrict,command=\"/bin/bash {_sshd.PathOf("entry")}\" {client.PublicKey}\n");

    private async Task AskAsync(VmAccess? access = null) => Assert.Empty((await (access ?? _access)
        .RunAsync<LogsRequest, LogsResult>(_vm, VmVerb.Logs, new("dep_1"), default)).Lines);

    private Task<VmJob<PairBrowserResult>> LookAsync(bool isBegun) => new VmJobs(_access).LookAsync<PairBrowserRequest, PairBrowserResult>(
        _vm, Name, isBegun, VmVerb.PairBrowser, () => Task.FromResult(new PairBrowserRequest("dep_1", "req_1")), null, default);

    private Task DoAsync(JobResult answer)
    {
        var value = JsonSerializer.SerializeToElement(answer, VmJson.Default.JobResult);
        var line = JsonSerializer.Serialize(new VmLine(VmLine.Result, Ok: true, Value: value), VmJson.Default.VmLine);
        return File.WriteAllTextAsync(_sshd.PathOf("answer"), line + "\n");
    }

    /// <summary>Everything that was asked since this was asked last, a line each.</summary>
    private async Task<string> SaidAsync()
    {
        var said = await File.ReadAllTextAsync(_sshd.PathOf("document"));
        File.Delete(_sshd.PathOf("document"));
        return said.TrimEnd('\n');
    }
}
