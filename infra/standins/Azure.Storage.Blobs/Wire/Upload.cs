using System.Text;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs.Wire;

/// <summary>Stores content as a block blob: in one request when its length is known and moderate, else block by block.</summary>
internal sealed class Upload(BlobService service, Uri blob, BlobUploadOptions options)
{
    private const long SingleMax = 256L << 20;
    private const int BlockSize = 8 << 20;

    public async ValueTask<Response<BlobContentInfo>> RunAsync(Stream content, bool async, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var response = content.CanSeek && content.Length - content.Position <= SingleMax
            ? await PutAsync(content, async, cancellationToken).ConfigureAwait(false)
            : await PutBlocksAsync(content, async, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(new BlobContentInfo(response), response);
    }

    private async ValueTask<Response> PutAsync(Stream content, bool async, CancellationToken cancellationToken)
    {
        var message = service.Request(RequestMethod.Put, blob);
        message.Request.Headers.SetValue("x-ms-blob-type", "BlockBlob");
        message.Request.Content = RequestContent.Create(content);
        Describe(message);
        return await service.SendAsync(message, async, cancellationToken, 201).ConfigureAwait(false);
    }

    private async ValueTask<Response> PutBlocksAsync(Stream content, bool async, CancellationToken cancellationToken)
    {
        // Blocks of an upload that failed stay uncommitted for a week; ids of its own keep two uploads of one blob apart.
        var upload = Guid.NewGuid().ToString("N");
        List<string> ids = [];
        var buffer = new byte[BlockSize];
        while (await FillAsync(content, buffer, async, cancellationToken).ConfigureAwait(false) is > 0 and var length)
        {
            var id = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{upload}-{ids.Count:D8}"));
            var block = service.Request(RequestMethod.Put, blob, ("comp", "block"), ("blockid", id));
            block.Request.Content = RequestContent.Create(buffer, 0, length);
            BlobService.Set(block, "x-ms-lease-id", options?.Conditions?.LeaseId);
            await service.SendAsync(block, async, cancellationToken, 201).ConfigureAwait(false);
            ids.Add(id);
        }

        XElement list = new("BlockList", ids.Select(id => new XElement("Latest", id)));
        var commit = service.Request(RequestMethod.Put, blob, ("comp", "blocklist"));
        commit.Request.Headers.SetValue("Content-Type", "application/xml");
        commit.Request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(list.ToString(SaveOptions.DisableFormatting)));
        Describe(commit);
        return await service.SendAsync(commit, async, cancellationToken, 201).ConfigureAwait(false);
    }

    private static async ValueTask<int> FillAsync(Stream content, byte[] buffer, bool async, CancellationToken cancellationToken) => async
        ? await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)
        : content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);

    private void Describe(HttpMessage message)
    {
        var headers = options?.HttpHeaders;
        BlobService.Set(message, "x-ms-blob-content-type", headers?.ContentType);
        BlobService.Set(message, "x-ms-blob-content-md5", headers?.ContentHash is { } hash ? Convert.ToBase64String(hash) : null);
        BlobService.Set(message, "x-ms-blob-content-encoding", headers?.ContentEncoding);
        BlobService.Set(message, "x-ms-blob-content-language", headers?.ContentLanguage);
        BlobService.Set(message, "x-ms-blob-content-disposition", headers?.ContentDisposition);
        BlobService.Set(message, "x-ms-blob-cache-control", headers?.CacheControl);
        BlobService.Apply(message, options?.Metadata);
        BlobService.Apply(message, options?.Conditions);
    }
}
