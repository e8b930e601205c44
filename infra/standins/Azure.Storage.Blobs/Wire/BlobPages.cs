using System.Globalization;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs.Wire;

/// <summary>The blobs of a container as pages.</summary>
internal sealed class BlobPages(
    BlobService service, Uri container, BlobTraits traits, BlobStates states, string prefix, CancellationToken cancellationToken)
{
    private static readonly (Enum Flag, string Name)[] s_includes =
    [
        (BlobStates.Snapshots, "snapshots"), (BlobTraits.Metadata, "metadata"), (BlobStates.Uncommitted, "uncommittedblobs"),
        (BlobTraits.CopyStatus, "copy"), (BlobStates.Deleted, "deleted"), (BlobTraits.Tags, "tags"), (BlobStates.Version, "versions"),
    ];

    public AsyncPageable<BlobItem> Async() => new AsyncListing(this, cancellationToken);

    public Pageable<BlobItem> Sync() => new Listing(this, cancellationToken);

    private async ValueTask<Page<BlobItem>> GetAsync(string marker, int? size, bool async, CancellationToken cancel)
    {
        var wanted = s_includes.Where(include => traits.Has(include.Flag) || states.Has(include.Flag));
        var includes = string.Join(',', wanted.Select(include => include.Name));
        var message = service.Request(RequestMethod.Get, container,
            ("restype", "container"), ("comp", "list"), ("prefix", prefix), ("marker", marker),
            ("maxresults", size?.ToString(CultureInfo.InvariantCulture)), ("include", includes is "" ? null : includes));
        var response = await service.SendAsync(message, async, cancel, 200).ConfigureAwait(false);
        var xml = XDocument.Load(response.ContentStream).Root;
        BlobItem[] items = [.. xml.Element("Blobs").Elements("Blob").Select(BlobItem.Of)];
        var next = xml.Element("NextMarker")?.Value;
        return Page<BlobItem>.FromValues(items, string.IsNullOrEmpty(next) ? null : next, response);
    }

    private sealed class AsyncListing(BlobPages pages, CancellationToken cancellationToken) : AsyncPageable<BlobItem>(cancellationToken)
    {
        public override IAsyncEnumerable<Page<BlobItem>> AsPages(string continuationToken = null, int? pageSizeHint = null) =>
            AsPages(continuationToken, pageSizeHint, CancellationToken);

        public override async IAsyncEnumerator<BlobItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken, cancellationToken);
            await foreach (var page in AsPages(null, null, both.Token).ConfigureAwait(false))
            {
                foreach (var item in page.Values)
                {
                    yield return item;
                }
            }
        }

        private async IAsyncEnumerable<Page<BlobItem>> AsPages(
            string next, int? size, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            do
            {
                var page = await pages.GetAsync(next, size, async: true, cancel).ConfigureAwait(false);
                yield return page;
                next = page.ContinuationToken;
            }
            while (next is not null);
        }
    }

    private sealed class Listing(BlobPages pages, CancellationToken cancellationToken) : Pageable<BlobItem>(cancellationToken)
    {
        public override IEnumerable<Page<BlobItem>> AsPages(string continuationToken = null, int? pageSizeHint = null)
        {
            var next = continuationToken;
            do
            {
                var page = pages.GetAsync(next, pageSizeHint, async: false, CancellationToken).Completed();
                yield return page;
                next = page.ContinuationToken;
            }
            while (next is not null);
        }
    }
}

internal static class Flags
{
    /// <summary>False for a flag of another enum, so that one table can hold both.</summary>
    public static bool Has(this Enum value, Enum flag) => flag.GetType() == value.GetType() && value.HasFlag(flag);
}
