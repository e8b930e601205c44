using System.Net;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>A browser that opens the bot for the first time waits for a word from the bot's own host. This is that word, spoken with the
/// bot's own program.</summary>
internal static class PairBrowser
{
    public static async Task<PairBrowserResult> RunAsync(PairBrowserRequest request)
    {
        using var docker = new DockerEngine();
        var container = await Container.FindAsync(docker, request.Deployment) ?? throw Health.NotFound(request.Deployment);
        try
        {
            var (exitCode, output) = await docker.ExecAsync(
                container.Id, [.. container.Config.Entrypoint ?? [], "devices", "approve", request.Request, "--json"]);
            return exitCode == 0 ? new PairBrowserResult(request.Request) : throw Explain(exitCode, output);
        }
        catch (DockerException error) when (error.Status == HttpStatusCode.Conflict)
        {
            throw new VmFailure(VmErrorCode.NotRunning, "The bot is not running.", retryable: true);
        }
    }

    private static VmFailure Explain(int exitCode, string output) =>
        output.Contains("No pending device request", StringComparison.Ordinal)
            ? new(
                VmErrorCode.BrowserUnknown, "No browser waits with this id. Reload the bot's page and use the id that it shows then.",
                retryable: false)
            : new(VmErrorCode.BotFailed, $"The bot's program ended with {exitCode} when it was told to let the browser in.", retryable: true);
}
