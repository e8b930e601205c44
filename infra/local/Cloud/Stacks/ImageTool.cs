using System.Diagnostics;
using System.Globalization;
using Launchpad.Local.Processes;

namespace Launchpad.Local.Stacks;

/// <summary>Has the image pipeline put the tenant image into the registry: built, signed, and only if it is not there yet.</summary>
internal sealed class ImageTool(string image, CloudContext cloud, Terminal terminal)
{
    public async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(ControlPlaneProgram.ImagesPath))
        {
            throw new StackException($"{ControlPlaneProgram.ImagesPath} is not built: build the solution, or say --image none.");
        }

        var registry = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{cloud.Ports.Registry}");
        var start = new ProcessStartInfo(
            PlainEnvironment.Find("dotnet", "install the .NET 10 SDK"),
            [
                ControlPlaneProgram.ImagesPath, "ensure", image, "--registry", registry, "--cache", cloud.Home.Cache,
                "--docker-host", "unix://" + cloud.Docker.Socket,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var tool = Process.Start(start)!;
        using var stopped = cancellationToken.Register(() => tool.Kill(entireProcessTree: true));
        tool.OutputDataReceived += (_, _) => { };
        tool.ErrorDataReceived += (_, line) => Show(line.Data);
        tool.BeginOutputReadLine();
        tool.BeginErrorReadLine();
        await tool.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return tool.ExitCode == 0 ? "ready" : throw new StackException($"The image {image} is not available; see above.");
    }

    private void Show(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            terminal.Say("images | " + line);
        }
    }
}
