using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Launchpad.Processes;

/// <summary>The storage emulator as a child process, which forgets what it was given when it ends.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(60);

    private readonly int _blobPort = FreePort.Take();
    private readonly int _queuePort = FreePort.Take();
    private readonly int _tablePort = FreePort.Take();
    private Process? _process;

    /// <summary>Where blobs are served; for a store that is reached from elsewhere than this machine.</summary>
    public string BlobHost { get; init; } = "127.0.0.1";

    public Uri Tables => new($"http://127.0.0.1:{_tablePort}/{Account}");

    public Uri Blobs => new($"http://{BlobHost}:{_blobPort}/{Account}");

    public Uri Queues => new($"http://127.0.0.1:{_queuePort}/{Account}");

    public string ConnectionString => ConnectionStringWith(Key);

    public string AccountName { get; } = Account;

    public string AccountKey { get; } = Key;

    public string ConnectionStringWith(string key) => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};"
        + $"BlobEndpoint={Blobs};QueueEndpoint={Queues};TableEndpoint={Tables};";

    public async Task InitializeAsync()
    {
        ProcessStartInfo start = new(FindProgram()) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--blobHost", BlobHost,
            "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1", "--blobPort", $"{_blobPort}", "--queuePort", $"{_queuePort}",
            "--tablePort", $"{_tablePort}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        _process = Process.Start(start)!;
        using CancellationTokenSource timeout = new(s_startMax);
        var ready = 0;
        while (ready < 3 && await _process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            ready += line.Contains("successfully list", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.True(ready is 3, "Azurite did not start: " + (ready < 3 ? await _process.StandardError.ReadToEndAsync(timeout.Token) : ""));
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = _process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

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

[CollectionDefinition(Name)]
public sealed class StorageCollection : ICollectionFixture<Azurite>
{
    public const string Name = "storage";
}
