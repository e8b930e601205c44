using System.Diagnostics;
using Launchpad.Processes;

namespace Launchpad.Functions.Tests.Api;

/// <summary>The customer's own script.</summary>
internal static class VerifyRecord
{
    public static readonly string Path = Repository.File("tools", "verify-record");

    public static async Task<(int Code, string Said)> RunAsync(string input, params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await script.StandardInput.WriteAsync(input);
        script.StandardInput.Close();
        var said = await script.StandardOutput.ReadToEndAsync() + await script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        return (script.ExitCode, said.Trim());
    }
}
