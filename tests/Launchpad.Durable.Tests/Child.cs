using System.Diagnostics;

namespace Launchpad.Durable.Tests;

/// <summary>A process that runs <see cref="CrashChild"/>.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private Child(Process process) => this.process = process;

    public int Id => process.Id;

    public static Child Start(string mode, string directory, string? argument = null, string? preload = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var each in new[] { typeof(CrashChild).Assembly.Location, mode, directory, argument })
        {
            if (each is not null)
            {
                start.ArgumentList.Add(each);
            }
        }

        start.Environment["DOTNET_TieredPGO"] = "0";
        if (preload is not null)
        {
            start.Environment["LD_PRELOAD"] = preload;
        }

        return new(Process.Start(start)!);
    }

    public async Task<string> LineAsync(string word)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith(word, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new EndOfStreamException(
            $"The child ended without a word of \"{word}\": {await process.StandardError.ReadToEndAsync(patience.Token)}");
    }

    public async Task<List<string>> LinesAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var lines = new List<string>();
        while (lines.Count < count && await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    public async Task<List<string>> RestAsync()
    {
        using var patience = new CancellationTokenSource(Patience * 10);
        return [.. (await process.StandardOutput.ReadToEndAsync(patience.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public Task<string> ErrorAsync() => process.StandardError.ReadToEndAsync();

    /// <summary>Waits until the kernel says that the process is stopped; false when it ends instead.</summary>
    public async Task<bool> FrozenAsync()
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            try
            {
                var stat = await File.ReadAllTextAsync($"/proc/{process.Id}/stat");
                if (stat[stat.LastIndexOf(')') + 2] is var state and ('T' or 'Z'))
                {
                    return state == 'T';
                }
            }
            catch (IOException)
            {
                return false;
            }

            await Task.Delay(5);
        }

        throw new TimeoutException("The child was never frozen.");
    }

    public void Kill() => process.Kill();

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }
}
