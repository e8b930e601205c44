using System.Diagnostics;
using Launchpad.Local.Processes;

namespace Launchpad.Local.Stacks;

/// <summary>tools/control-plane on the services of a stack, with the settings that an operator gives it on Azure.</summary>
internal sealed class OperatorProgram(UpArguments up, Ports ports, Terminal terminal)
{
    /// <returns>What it said.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(PlainEnvironment.Find("dotnet", "install the .NET 10 SDK"), [ControlPlaneProgram.OperatorPath, .. arguments])
        {
            RedirectStandardOutput = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in PlainEnvironment.Copy().Concat(ControlPlaneProgram.Surroundings(up.Home, ports)).Concat(up.Settings))
        {
            start.Environment[name] = value;
        }

        using var program = Process.Start(start)!;
        var said = new List<string>();
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            said.Add(line);
            terminal.Say(line);
        }

        await program.WaitForExitAsync();
        return program.ExitCode == 0
            ? said
            : throw new StackException($"`{arguments[0]}` ended with exit code {program.ExitCode}; what it said is above.");
    }
}
