using Azure;
using Azure.Data.Tables;

namespace Launchpad.Standins.Tests.Tables;

/// <summary>A table of its own for every test.</summary>
[Collection(StorageCollection.Name)]
public abstract class TableTests(Azurite azurite) : IAsyncLifetime
{
    private protected Azurite Azurite { get; } = azurite;

    private protected TableClient Table { get; } =
        new TableServiceClient(azurite.ConnectionString).GetTableClient("t" + Guid.NewGuid().ToString("N"));

    public async Task InitializeAsync() => await Table.CreateAsync();

    public async Task DisposeAsync() => await Table.DeleteAsync();

    private protected static async Task<RequestFailedException> FailsAsync(int status, string code, Func<Task> call)
    {
        var failed = await Assert.ThrowsAnyAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (failed.Status, failed.ErrorCode));
        return failed;
    }
}
