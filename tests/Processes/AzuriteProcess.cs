using System.Diagnostics;

namespace Launchpad.Processes;

/// <summary>The storage emulator as a child process. It ends with this one at the latest.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    public const string Here = "127.0.0.1";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private AzuriteProcess(Process process, int blobPort, int queuePort, int tablePort)
    {
        (this.process, BlobPort, QueuePort, TablePort) = (process, blobPort, queuePort, tablePort);
        AppDomain.CurrentDomain.ProcessExit += Kill;
    }

    public int BlobPort { get; }

    public int QueuePort { get; }

    public int TablePort { get; }

    /// <param name="blobHost">The address where blobs are served.</param>
    /// <param name="accounts">In the place of the one that it has always; none to keep that.</param>
    public static async Task<AzuriteProcess> StartAsync(string blobHost, IEnumerable<(string Name, string Key)> accounts)
    {
        var (blob, queue, table) = (FreePort.Take(), FreePort.Take(), FreePort.Take());
        ProcessStartInfo start = new(FindProgram()) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--blobHost", blobHost,
            "--queueHost", Here, "--tableHost", Here, "--blobPort", $"{blob}", "--queuePort", $"{queue}", "--tablePort", $"{table}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        if (string.Join(';', accounts.Select(account => $"{account.Name}:{account.Key}")) is { Length: > 0 } known)
        {
            start.Environment["AZURITE_ACCOUNTS"] = known;
        }

        var started = new AzuriteProcess(Process.Start(start)!, blob, queue, table);
        await started.AnswersAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        Kill(null, EventArgs.Empty);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task AnswersAsync()
    {
        using CancellationTokenSource timeout = new(StartMax);
        var ready = 0;
        while (ready < 3 && await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            ready += line.Contains("successfully list", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.True(ready is 3, "Azurite did not start: " + (ready < 3 ? await process.StandardError.ReadToEndAsync(timeout.Token) : ""));
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    private void Kill(object? sender, EventArgs e) => process.Kill(entireProcessTree: true);

    private static string FindProgram()
    {
        var program = Environment.GetEnvironmentVariable("LAUNCHPAD_AZURITE")
            ?? Repository.File("infra", "local", "npm", "node_modules", ".bin", "azurite");
        return File.Exists(program)
            ? program
            : throw new InvalidOperationException(
                $"There is no Azurite at {program}: run npm ci in infra/local/npm, or set LAUNCHPAD_AZURITE to the program.");
    }
}
