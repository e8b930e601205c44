extern alias vm;

using System.Diagnostics;
using System.Text;
using Launchpad.Processes;
using Launchpad.Shared.Vms;
using Renci.SshNet;
using Command = vm::Launchpad.Vm.Command;
using StepLog = vm::Launchpad.Vm.StepLog;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>The program as it ships, waiting for a document that never ends: it goes on exactly as long as somebody listens.</summary>
public sealed class HangUpTests : IAsyncLifetime
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "program", "launchpad-vm");

    private readonly Sshd _sshd = new();

    [Fact]
    public async Task The_program_ends_when_nobody_reads_any_more_what_it_says()
    {
        using var program = Process.Start(new ProcessStartInfo(s_program, ["facts"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.False(program.HasExited, "It ended while somebody was listening.");

        program.StandardOutput.Close();

        await program.WaitForExitAsync().WaitAsync(s_soon);
        Assert.Equal(1, program.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_ssh_it_ends_with_its_command_though_sshd_lets_no_signal_through(bool closesConnection)
    {
        await File.WriteAllTextAsync(_sshd.PathOf("authorized"), $"restrict,command=\"/bin/bash {_sshd.PathOf("entry")}\" ");
        await File.AppendAllTextAsync(_sshd.PathOf("authorized"), await File.ReadAllTextAsync(_sshd.PathOf("client.pub")));

        // Its document comes from a pipe that stays open, so that only its output can tell it anything.
        await File.WriteAllTextAsync(_sshd.PathOf("entry"), $"""
            cd {_sshd.PathOf("")}
            [ -p never ] || mkfifo never
            echo $$ >program.pid
            exec {s_program} facts 0<>never
            """);
        using var client = await ConnectAsync();
        using var command = client.CreateCommand("anything");
        _ = command.ExecuteAsync();
        await Sshd.EventuallyAsync(() => IsRunning(), s_soon);

        if (closesConnection)
        {
            client.Disconnect();
        }
        else
        {
            command.CancelAsync();
            command.Dispose();
        }

        await Sshd.EventuallyAsync(() => !IsRunning(), s_soon);
    }

    [Fact]
    public async Task Nothing_that_the_program_started_outlives_it()
    {
        var running = Command.RunAsync("/usr/bin/sleep", ["60"]);
        await Task.Delay(TimeSpan.FromMilliseconds(300));

        Command.KillAll();

        Assert.False((await running.WaitAsync(s_soon)).Ok);
    }

    [Fact]
    public async Task A_process_is_ended_with_its_whole_group()
    {
        using var leader = Process.Start(new ProcessStartInfo("/usr/bin/setsid", ["/bin/sh", "-c", "sleep 60 & echo $!; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        var child = await leader.StandardOutput.ReadLineAsync();

        vm::Launchpad.Vm.Libc.KillGroup(leader.Id);

        await leader.WaitForExitAsync().WaitAsync(s_soon);
        var commandLine = $"/proc/{child}/cmdline";
        await Sshd.EventuallyAsync(() => !File.Exists(commandLine) || File.ReadAllText(commandLine).Length == 0, s_soon);
    }

    [Fact]
    public void A_sign_of_life_follows_no_result()
    {
        using var output = new StringWriter();
        var log = new StepLog(output);

        log.Alive();
        log.Fail(new(VmErrorCode.Busy, "busy", Retryable: true));
        log.Alive();

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal("""{"event":"alive"}""", lines[0]);
    }

    [Fact]
    public async Task Steps_beyond_the_bound_are_dropped_and_the_result_is_not()
    {
        using var output = new StringWriter();
        var log = new StepLog(output, stepsMax: 2);
        for (var step = 0; step < 5; step++)
        {
            await log.StepAsync($"step-{step}", () => Task.FromResult<string?>("done"));
        }

        log.Fail(new(VmErrorCode.Busy, "busy", Retryable: true));

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains("result", lines[2], StringComparison.Ordinal);
    }

    public Task InitializeAsync() => _sshd.InitializeAsync();

    public Task DisposeAsync() => _sshd.DisposeAsync();

    private bool IsRunning()
    {
        var pid = File.Exists(_sshd.PathOf("program.pid")) ? File.ReadAllText(_sshd.PathOf("program.pid")).Trim() : "";
        var commandLine = $"/proc/{pid}/cmdline";
        return pid.Length > 0 && File.Exists(commandLine)
            && File.ReadAllText(commandLine).Contains("launchpad-vm", StringComparison.Ordinal);
    }

    private async Task<SshClient> ConnectAsync()
    {
        using var key = new PrivateKeyFile(new MemoryStream(Encoding.ASCII.GetBytes(_sshd.ClientKey)));
        var client = new SshClient("127.0.0.1", _sshd.Port, _sshd.User, key);
        client.HostKeyReceived += (_, shown) => shown.CanTrust = true;
        await client.ConnectAsync(CancellationToken.None);
        return client;
    }
}
