using System.Text;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Launchpad.Vm.Tests.Unit;
using Renci.SshNet;

namespace Launchpad.Vm.Tests;

/// <summary>What the control plane's key can do on a VM, and what a stranger's host can do to the control plane.</summary>
[Collection(MachineCollection.Name)]
public sealed class EntryTests(Machine machine)
{
    private static readonly string s_hash = new('0', 64);

    /// <summary>Every payload in every place of a command is tried on the script alone (<see cref="Unit.EntryScriptTests"/>). Here each comes
    /// over the wire once, through sshd and what a login shell makes of it.</summary>
    [Fact]
    public void Nothing_but_the_program_can_be_run()
    {
        using var client = Connect();
        foreach (var (payload, number) in EntryCommands.Payloads.Select((payload, number) => (payload, number)))
        {
            var commands = EntryCommands.With(payload);
            var command = commands[number % commands.Count];
            var answer = client.RunCommand(command);
            Assert.True(
                answer.Result.StartsWith(EntryCommands.Refusal, StringComparison.Ordinal),
                $"{command} was answered with {answer.ExitStatus}: {answer.Result}{answer.Error}");
        }

        Assert.Contains(VmErrorCode.InvalidRequest, client.RunCommand("facts").Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_payload_left_its_canary() => Assert.Equal("", await machine.OnVmAsync("ls /tmp/canary 2>/dev/null || true"));

    [Fact]
    public void A_program_that_is_not_there_is_said_to_be_missing()
    {
        using var client = Connect();
        var answer = client.RunCommand($"launchpad-vm {s_hash} facts");
        Assert.Equal(127, answer.ExitStatus);
        Assert.Contains(VmErrorCode.ProgramMissing, answer.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_what_it_was_announced_as_is_not_kept()
    {
        using var client = Connect();
        using var command = client.CreateCommand($"launchpad-vm install {s_hash}");
        var execution = command.ExecuteAsync();
        await using (var input = command.CreateInputStream())
        {
            await input.WriteAsync(Encoding.ASCII.GetBytes("#!/bin/sh\nid\n"));
        }

        await execution;
        Assert.Contains(VmErrorCode.ProgramRejected, command.Result, StringComparison.Ordinal);
        Assert.DoesNotContain(s_hash, await machine.OnVmAsync("ls -A /opt/launchpad"), StringComparison.Ordinal);
        Assert.DoesNotContain("incoming", await machine.OnVmAsync("ls -A /opt/launchpad"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_host_key_is_refused_before_the_client_shows_its_own()
    {
        var stranger = machine.Endpoint with { HostKeySha256 = SshKeyPair.Generate().Sha256 };
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => FactsAsync(stranger, machine.Client));
        Assert.Equal((VmErrorCode.HostKeyMismatch, false), (failure.Code, failure.Retryable));
    }

    /// <summary>Azure's agent waits for the file, and reads nothing of it but the fingerprint.</summary>
    [Fact]
    public async Task What_the_cloud_looks_for_under_the_name_of_another_key_is_the_one_key_there_is()
    {
        var seen = await machine.OnVmAsync("ssh-keygen -lf /etc/ssh/ssh_host_rsa_key.pub; sshd -T | grep ^hostkey; ls /etc/ssh/ssh_host_*_key");
        Assert.Contains($"SHA256:{machine.Endpoint.HostKeySha256} ", seen, StringComparison.Ordinal);
        Assert.EndsWith("\nhostkey /etc/ssh/ssh_host_ecdsa_key\n/etc/ssh/ssh_host_ecdsa_key\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_client_key_is_not_let_in()
    {
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => FactsAsync(machine.Endpoint, SshKeyPair.Generate()));
        Assert.Equal(VmErrorCode.AccessDenied, failure.Code);
    }

    [Fact]
    public async Task A_VM_that_is_not_there_may_be_tried_again()
    {
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => FactsAsync(machine.Endpoint with { Port = 23 }, machine.Client));
        Assert.Equal((VmErrorCode.ConnectionFailed, true), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task A_request_that_the_VM_refuses_is_not_retryable()
    {
        var failure = await Assert.ThrowsAsync<VmFailedException>(() => machine.HealthAsync("dep_01; reboot"));
        Assert.Equal((VmErrorCode.InvalidRequest, false), (failure.Code, failure.Retryable));
        failure = await Assert.ThrowsAsync<VmFailedException>(() => machine.HealthAsync("dep_01NOBODY"));
        Assert.Equal((VmErrorCode.NotFound, false), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_kept()
    {
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FactsAsync(machine.Endpoint, machine.Client, impatient.Token));
    }

    private Task<FactsResult> FactsAsync(VmEndpoint vm, SshKeyPair key, CancellationToken ct = default) =>
        machine.Program.RunAsync<FactsRequest, FactsResult>(vm, key.PrivateKeyPem, VmVerb.Facts, new FactsRequest(), null, ct);

    private SshClient Connect()
    {
        var key = new PrivateKeyFile(new MemoryStream(Encoding.ASCII.GetBytes(machine.Client.PrivateKeyPem)));
        var user = machine.Options.User;
        var method = new PrivateKeyAuthenticationMethod(user, key);
        var client = new SshClient(new ConnectionInfo(machine.Endpoint.Address, machine.Endpoint.Port, user, method));
        client.HostKeyReceived += (_, shown) => shown.CanTrust = shown.FingerPrintSHA256 == machine.Endpoint.HostKeySha256;
        client.Connect();
        return client;
    }
}
