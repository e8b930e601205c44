using System.Globalization;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>One query as pages: the service names the next row in headers, and that pair is the continuation token.</summary>
internal sealed class Pages<T>(
    TableService service, string path, string filter, int? maxPerPage, string select, Func<JsonElement, T> read,
    CancellationToken cancellationToken)
{
    private const string NextPrefix = "x-ms-continuation-";

    public AsyncPageable<T> Async() => new AsyncQuery(this);

    public Pageable<T> Sync() => new Query(this);

    private async ValueTask<Page<T>> GetAsync(string continuation, int? size, bool async, CancellationToken cancel)
    {
        var message = service.Request(RequestMethod.Get, path);
        var top = (size ?? maxPerPage)?.ToString(CultureInfo.InvariantCulture);
        (string Name, string Value)[] options = [("$top", top), ("$select", select), ("$filter", filter), .. Next(continuation)];
        foreach (var (name, value) in options.Where(option => option.Value is not null))
        {
            message.Request.Uri.AppendQuery(name, value);
        }

        var response = await service.SendAsync(message, async, cancel, 200).ConfigureAwait(false);
        using var document = JsonDocument.Parse(response.Content.ToMemory());
        T[] values = [.. document.RootElement.GetProperty("value").EnumerateArray().Select(read)];
        return Page<T>.FromValues(values, Continuation(response), response);
    }

    private static string Continuation(Response response)
    {
        var headers = response.Headers;
        if (headers.TryGetValue(NextPrefix + "NextTableName", out var table))
        {
            return table;
        }

        if (!headers.TryGetValue(NextPrefix + "NextPartitionKey", out var partition) || string.IsNullOrEmpty(partition))
        {
            return null;
        }

        return headers.TryGetValue(NextPrefix + "NextRowKey", out var row) ? $"{partition} {row}" : $"{partition} ";
    }

    private IEnumerable<(string Name, string Value)> Next(string continuation)
    {
        if (string.IsNullOrEmpty(continuation))
        {
            yield break;
        }

        if (path is TableServiceClient.TablesPath)
        {
            yield return ("NextTableName", continuation);
            yield break;
        }

        // The service encodes both parts, so that neither holds a blank.
        var parts = continuation.Split(' ', 2);
        yield return ("NextPartitionKey", parts[0]);
        if (parts is [_, { Length: > 0 } row])
        {
            yield return ("NextRowKey", row);
        }
    }

    private sealed class AsyncQuery(Pages<T> pages) : AsyncPageable<T>(pages.CancellationToken)
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string continuationToken = null, int? pageSizeHint = null)
        {
            var next = continuationToken;
            do
            {
                var page = await pages.GetAsync(next, pageSizeHint, async: true, CancellationToken).ConfigureAwait(false);
                yield return page;
                next = page.ContinuationToken;
            }
            while (!string.IsNullOrEmpty(next));
        }

        public override async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken, cancellationToken);
            string next = null;
            do
            {
                var page = await pages.GetAsync(next, null, async: true, both.Token).ConfigureAwait(false);
                foreach (var value in page.Values)
                {
                    yield return value;
                }

                next = page.ContinuationToken;
            }
            while (!string.IsNullOrEmpty(next));
        }
    }

    private sealed class Query(Pages<T> pages) : Pageable<T>(pages.CancellationToken)
    {
        public override IEnumerable<Page<T>> AsPages(string continuationToken = null, int? pageSizeHint = null)
        {
            var next = continuationToken;
            do
            {
                var page = pages.GetAsync(next, pageSizeHint, async: false, CancellationToken).Completed();
                yield return page;
                next = page.ContinuationToken;
            }
            while (!string.IsNullOrEmpty(next));
        }
    }

    private CancellationToken CancellationToken => cancellationToken;
}
