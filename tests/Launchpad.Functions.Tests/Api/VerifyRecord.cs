using Launchpad.Processes;

namespace Launchpad.Functions.Tests.Api;

/// <summary>The customer's own script.</summary>
internal static class VerifyRecord
{
    public static readonly string Path = Repository.File("tools", "verify-record");

    public static Task<(int Code, string Said)> RunAsync(string input, params string[] arguments) => Script.RunAsync(Path, input, arguments);
}
