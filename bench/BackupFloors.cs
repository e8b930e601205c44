using System.Diagnostics;
using System.Security.Cryptography;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Launchpad.Local;
using Launchpad.Local.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Bench;

/// <summary>A store that takes whatever comes and keeps nothing: a backup into it is what the machine does alone.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly WebApplication server;

    private Sink(WebApplication server) => this.server = server;

    /// <param name="socket">Where it listens.</param>
    public static async Task<Sink> StartAsync(string socket)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ListenUnixSocket(socket);
        });
        var server = builder.Build();
        server.Run(async call =>
        {
            await call.Request.Body.CopyToAsync(Stream.Null);
            call.Response.StatusCode = StatusCodes.Status201Created;
        });
        await server.StartAsync();
        return new(server);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

/// <summary>What the store takes for as much as an archive of the bench has, from a client on the same machine and with nothing in
/// between.</summary>
internal static class StoreFloor
{
    private const int Blocks = 64;
    private const int BlockSize = 8 << 20;

    public static async Task<double> RunAsync()
    {
        var container = new BlobContainerClient(
            new Uri($"http://127.0.0.1:{Ports.ForSlot(0).AzuriteBlob}/{StorageService.Account}/bench"),
            new StorageSharedKeyCredential(StorageService.Account, StorageService.AccountKey));
        await container.CreateAsync();
        var blob = container.GetAppendBlobClient("archive");
        await blob.CreateAsync();
        var block = RandomNumberGenerator.GetBytes(BlockSize);
        var since = Stopwatch.GetTimestamp();
        for (var n = 0; n < Blocks; n++)
        {
            await blob.AppendBlockAsync(new MemoryStream(block));
        }

        var ms = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        await container.DeleteAsync();
        return ms;
    }
}
