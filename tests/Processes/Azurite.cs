using System.Security.Cryptography;

namespace Launchpad.Processes;

/// <summary>A storage account of the emulator, which forgets what it was given when the tests have ended. Those of one host share a child
/// process, each with an account of its own: a process takes a second of the processor before it answers, and several until it is fast.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string First = "devstoreaccount1";
    private const string FirstKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int SharedMax = 200;

    private static readonly SemaphoreSlim Turn = new(1);
    private static AzuriteProcess? shared;
    private static int taken;

    private AzuriteProcess? process;

    /// <summary>True for what asks much and for long: a process serves one request at a time.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Where blobs are served; for a store that is reached from elsewhere than this machine.</summary>
    public string BlobHost { get; init; } = AzuriteProcess.Here;

    public Uri Tables => new($"http://{AzuriteProcess.Here}:{process!.TablePort}/{AccountName}");

    public Uri Blobs => new($"http://{BlobHost}:{process!.BlobPort}/{AccountName}");

    public Uri Queues => new($"http://{AzuriteProcess.Here}:{process!.QueuePort}/{AccountName}");

    public string ConnectionString => ConnectionStringWith(AccountKey);

    public string AccountName { get; private set; } = First;

    public string AccountKey { get; private set; } = FirstKey;

    public string ConnectionStringWith(string key) => $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={key};"
        + $"BlobEndpoint={Blobs};QueueEndpoint={Queues};TableEndpoint={Tables};";

    public async Task InitializeAsync()
    {
        if (IsAlone || BlobHost != AzuriteProcess.Here)
        {
            process = await AzuriteProcess.StartAsync(BlobHost, accounts: []);
            return;
        }

        await Turn.WaitAsync();
        try
        {
            shared ??= await AzuriteProcess.StartAsync(BlobHost, Enumerable.Range(0, SharedMax).Select(Account));
            Assert.True(taken < SharedMax, "Too many tests have an account of the emulator's: raise the maximum.");
            (AccountName, AccountKey) = Account(taken++);
            process = shared;
        }
        finally
        {
            Turn.Release();
        }
    }

    public async Task DisposeAsync()
    {
        if (process is not null && process != shared)
        {
            await process.DisposeAsync();
        }
    }

    private static (string Name, string Key) Account(int number) =>
        ($"account{number:D3}", Convert.ToBase64String(SHA512.HashData([(byte)number])));
}

[CollectionDefinition(Name)]
public sealed class StorageCollection : ICollectionFixture<Azurite>
{
    public const string Name = "storage";
}
