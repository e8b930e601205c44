using System.Diagnostics;

namespace Launchpad.Local.Machines;

/// <summary>The image that machines boot from: built by infra/local/machine/build.sh when the checkout or the machine is new.</summary>
public sealed class MachineImage(Home home, string dockerSocket, ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _building = new(1);
    private string? _name;

    public void Dispose() => _building.Dispose();

    /// <summary>The image's name, once it is there. A failed build is tried again by the next caller.</summary>
    public async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        await _building.WaitAsync(cancellationToken);
        try
        {
            return _name ??= await BuildAsync(cancellationToken);
        }
        finally
        {
            _building.Release();
        }
    }

    private async Task<string> BuildAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(Home.Repository, "infra", "local", "machine", "build.sh"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LAUNCHPAD_CACHE"] = home.Cache;
        start.Environment["DOCKER_HOST"] = "unix://" + dockerSocket;
        using var build = Process.Start(start)!;
        using var stopped = cancellationToken.Register(() => build.Kill(entireProcessTree: true));
        var said = "";
        build.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                said = text;
                log.LogInformation("{Line}", text);
            }
        };
        build.BeginErrorReadLine();
        var name = await build.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await build.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return build.ExitCode == 0
            ? name.Trim()
            : throw new InvalidOperationException($"The machine image could not be built: {said} (exit code {build.ExitCode})");
    }
}
