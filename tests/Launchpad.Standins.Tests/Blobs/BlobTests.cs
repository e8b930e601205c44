using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Launchpad.Standins.Tests.Blobs;

[Collection(StorageCollection.Name)]
public sealed class BlobTests(Azurite azurite) : IAsyncLifetime
{
    private readonly BlobContainerClient _container =
        new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("c" + Guid.NewGuid().ToString("N"));

    public async Task InitializeAsync() => await _container.CreateIfNotExistsAsync();

    public async Task DisposeAsync() => await _container.DeleteIfExistsAsync();

    [Fact]
    public async Task A_blob_is_overwritten_only_when_one_says_so()
    {
        var blob = _container.GetBlobClient("a");

        BlobContentInfo first = await blob.UploadAsync(BinaryData.FromString("one"));
        await FailsAsync(409, "BlobAlreadyExists", () => blob.UploadAsync(BinaryData.FromString("two")));
        BlobContentInfo second = await blob.UploadAsync(BinaryData.FromString("three"), overwrite: true);
        BlobDownloadResult read = await blob.DownloadContentAsync();

        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal(("three", second.ETag), (read.Content.ToString(), read.Details.ETag));
        Assert.Equal("35d6d33467aae9a2e3dccb4b6b027878", Convert.ToHexStringLower(second.ContentHash));
    }

    [Fact]
    public async Task Conditions_guard_every_change()
    {
        var blob = _container.GetBlobClient("a");
        BlobContentInfo first = await blob.UploadAsync(BinaryData.FromString("one"));
        BlobRequestConditions unchanged = new() { IfMatch = first.ETag };
        await blob.UploadAsync(BinaryData.FromString("two"), new BlobUploadOptions { Conditions = unchanged });

        await FailsAsync(
            412, "ConditionNotMet", () => blob.UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions { Conditions = unchanged }));
        await FailsAsync(412, "ConditionNotMet", () => blob.DeleteIfExistsAsync(conditions: unchanged));
        await FailsAsync(412, "ConditionNotMet", () => blob.GetPropertiesAsync(unchanged));
        Assert.Equal("two", blob.DownloadContent().Value.Content.ToString());
    }

    [Fact]
    public async Task Metadata_and_headers_are_kept_with_the_content()
    {
        var blob = _container.GetBlobClient("a");
        await blob.UploadAsync(BinaryData.FromString("{}"), new BlobUploadOptions
        {
            HttpHeaders = new() { ContentType = "application/json", CacheControl = "no-store" },
            Metadata = new Dictionary<string, string> { ["owner"] = "acc_1", ["sha256"] = "ab cd" },
        });

        BlobProperties properties = await blob.GetPropertiesAsync();
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["owner"] = "acc_2" });
        BlobItem listed = await _container.GetBlobsAsync(BlobTraits.Metadata).SingleAsync();

        Assert.Equal(("application/json", "no-store", 2L), (properties.ContentType, properties.CacheControl, properties.ContentLength));
        Assert.Equal(("acc_1", "ab cd"), (properties.Metadata["owner"], properties.Metadata["SHA256"]));
        Assert.Equal("acc_2", Assert.Single(listed.Metadata).Value);
        Assert.Equal((2L, "application/json"), (listed.Properties.ContentLength, listed.Properties.ContentType));
    }

    [Fact]
    public async Task What_is_absent_is_absent()
    {
        var blob = _container.GetBlobClient("none");
        var nowhere = new BlobContainerClient(azurite.ConnectionString, "nowhere");

        await FailsAsync(404, "BlobNotFound", () => blob.DownloadContentAsync());
        await FailsAsync(404, "BlobNotFound", () => blob.GetPropertiesAsync());
        await FailsAsync(404, "BlobNotFound", () => blob.DeleteAsync());
        await FailsAsync(404, "ContainerNotFound", () => nowhere.GetBlobClient("a").UploadAsync(BinaryData.FromString("x")));
        Assert.False(await blob.ExistsAsync());
        Assert.False(await blob.DeleteIfExistsAsync());
        Assert.False(await nowhere.GetBlobClient("a").ExistsAsync());
        Assert.False(await nowhere.ExistsAsync());
        Assert.False(await nowhere.DeleteIfExistsAsync());
        Assert.True(await _container.ExistsAsync());
        Assert.Null(await _container.CreateIfNotExistsAsync());
    }

    [Theory]
    [InlineData("acc_1/dep_2/2031-01-01T00:00:00Z.tar.zst")]
    [InlineData("it's a \"name\" with spaces & grün 漢字 +%?#=;.txt")]
    [InlineData("a//b")]
    public async Task Any_name_is_found_again(string name)
    {
        var blob = _container.GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromString(name));

        var listed = await _container.GetBlobsAsync(prefix: name[..3]).ToListAsync();

        Assert.Equal(name, Assert.Single(listed).Name);
        Assert.Equal((name, _container.Name, azurite.AccountName), (blob.Name, blob.BlobContainerName, blob.AccountName));
        Assert.Equal(name, (await _container.GetBlobClient(listed[0].Name).DownloadContentAsync()).Value.Content.ToString());
        Assert.True(await blob.DeleteIfExistsAsync());
    }

    [Fact]
    public async Task A_listing_has_a_prefix_and_pages()
    {
        foreach (var name in Enumerable.Range(0, 7).Select(n => $"x/{n}").Append("y"))
        {
            await _container.GetBlobClient(name).UploadAsync(BinaryData.FromString(name));
        }

        var pages = await _container.GetBlobsAsync(prefix: "x/").AsPages(pageSizeHint: 3).ToListAsync();
        var rest = await _container.GetBlobsAsync(prefix: "x/").AsPages(pages[0].ContinuationToken, 10).ToListAsync();

        Assert.Equal([3, 3, 1], pages.Select(page => page.Values.Count));
        Assert.Equal(["x/3", "x/4", "x/5", "x/6"], rest.Single().Values.Select(blob => blob.Name));
        Assert.Equal(8, _container.GetBlobs().Count());
    }

    [Fact]
    public async Task A_stream_of_unknown_length_goes_up_in_blocks_and_comes_down_whole()
    {
        var content = RandomNumberGenerator.GetBytes((20 << 20) + 17);
        var blob = _container.GetBlobClient("big");

        await blob.UploadAsync(new Forward(content));
        await FailsAsync(409, "BlobAlreadyExists", () => blob.UploadAsync(new Forward(content)));

        using BlobDownloadStreamingResult down = await blob.DownloadStreamingAsync();
        Assert.Equal(content.Length, down.Details.ContentLength);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(down.Content));
        BlobDownloadResult part = await blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(9, 100) });
        Assert.Equal(content[9..109], part.Content.ToArray());
    }

    [Fact]
    public void The_synchronous_members_do_the_same()
    {
        BlobClient blob = new(new Uri(_container.Uri + "/sync"), new StorageSharedKeyCredential(azurite.AccountName, azurite.AccountKey));
        using MemoryStream content = new([1, 2, 3]);

        blob.Upload(content, overwrite: true);

        Assert.True(blob.Exists());
        Assert.Equal(3, blob.GetProperties().Value.ContentLength);
        using var down = blob.DownloadStreaming().Value;
        Assert.Equal(1, down.Content.ReadByte());
        Assert.True(_container.DeleteBlobIfExists("sync"));
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        BlobContainerClient container = new(azurite.ConnectionStringWith(Convert.ToBase64String(new byte[64])), _container.Name);

        await FailsAsync(403, "AuthorizationFailure", () => container.GetBlobClient("a").UploadAsync(BinaryData.FromString("x")));
    }

    private static async Task FailsAsync(int status, string code, Func<Task> call)
    {
        var failed = await Assert.ThrowsAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (failed.Status, failed.ErrorCode));
    }

    /// <summary>Like a pipe: it can only be read on, and does not know its length.</summary>
    private sealed class Forward(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
    }
}
