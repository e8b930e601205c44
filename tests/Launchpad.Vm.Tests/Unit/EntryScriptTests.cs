using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>The script that sshd runs instead of what it is asked to run, by itself.</summary>
public sealed class EntryScriptTests
{
    [Fact]
    public async Task Whatever_stands_anywhere_in_a_command_is_refused()
    {
        foreach (var command in EntryCommands.Payloads.SelectMany(EntryCommands.With))
        {
            using var script = Process.Start(new ProcessStartInfo("sh", [Path.Combine(AppContext.BaseDirectory, "tenant", "launchpad-vm-entry")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                Environment = { ["SSH_ORIGINAL_COMMAND"] = command },
            })!;
            script.StandardInput.Close();
            var answer = await script.StandardOutput.ReadToEndAsync();
            await script.WaitForExitAsync();
            Assert.True(answer.StartsWith(EntryCommands.Refusal, StringComparison.Ordinal), $"{command} was answered with {script.ExitCode}: {answer}");
        }

        Assert.False(File.Exists("/tmp/canary"));
    }
}

/// <summary>Payloads in every place of a command where somebody could put one.</summary>
internal static class EntryCommands
{
    public const string Refusal = $$"""{"event":"result","ok":false,"error":{"code":"{{VmErrorCode.InvalidRequest}}",""";

    private static readonly string s_hash = new('0', 64);

    /// <summary>Those that a command can carry.</summary>
    public static IEnumerable<string> Payloads => Unit.Payloads.All.Where(payload => payload.Length > 0 && !payload.Contains('\0'));

    public static IReadOnlyList<string> With(string payload) =>
    [
        payload,
        $"launchpad-vm {payload}",
        $"launchpad-vm {s_hash} {payload}",
        $"launchpad-vm {payload} facts",
        $"launchpad-vm install {payload}",
        $"launchpad-vm {s_hash} facts {payload}",
        $"launchpad-vm install {s_hash}{payload}",
    ];
}
