using System.Diagnostics;

namespace Launchpad.Local;

/// <summary>The Docker daemon that carries the machines, through its command line client: argument lists only.</summary>
public sealed class Docker(string socket)
{
    private const string SystemSocket = "/var/run/docker.sock";

    /// <summary>The daemon that DOCKER_HOST names, else the system's.</summary>
    public static Docker Default => new(
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { } host && host.StartsWith("unix://", StringComparison.Ordinal)
            ? host["unix://".Length..]
            : SystemSocket);

    public string Socket { get; } = socket;

    public async Task<DockerResult> TryRunAsync(IEnumerable<string> arguments, string? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("docker", ["--host", "unix://" + Socket, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var killed = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        }

        process.StandardInput.Close();
        var result = new DockerResult(await output, (await errors).Trim());
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return result with { ExitCode = process.ExitCode };
    }

    /// <summary>Standard output without its last newline; a failure is an exception with what the client said.</summary>
    public async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var list = arguments.ToList();
        var result = await TryRunAsync(list, input: null, cancellationToken);
        return result.ExitCode == 0
            ? result.Output.TrimEnd('\n')
            : throw new DockerException($"docker {list.FirstOrDefault()}: {result.Errors}");
    }

    /// <summary>Whether a daemon answers on the socket.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        File.Exists(Socket) && (await TryRunAsync(["version", "--format", "{{.Server.Version}}"], null, cancellationToken)).ExitCode == 0;
}

/// <summary>What one run of the client wrote, and how it ended.</summary>
public sealed record DockerResult(string Output, string Errors, int ExitCode = 0);

/// <summary>The daemon refused, with its own words.</summary>
public sealed class DockerException(string message) : Exception(message);
