using System.Diagnostics;

namespace Launchpad.Processes;

/// <summary>A program of this repository that a person runs.</summary>
internal static class Script
{
    public static async Task<(int Code, string Said)> RunAsync(string path, string input, params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            await script.StandardInput.WriteAsync(input);
            script.StandardInput.Close();
        }
        catch (IOException)
        {
            // It refused before it read.
        }

        var said = await script.StandardOutput.ReadToEndAsync() + await script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        return (script.ExitCode, said.Trim());
    }
}
